/** `claim --force` by a clock that is right or wrong, of leases whose dates are honest or forged. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import type { Asking } from './asking.ts';
import { asking, GRACE, HOUR, plantLease, YEAR_2100 } from './asking.ts';

const TAKEN = 'took over from agent-b';
const DAY = 24 * HOUR;

/** Seconds from now, by a right clock. */
interface Lease {
  committed: number;
  expires: number;
  ttl?: number;
}

/** An honest lease of an hour, last written so long ago. */
const written = (ago: number): Lease => ({ committed: -ago, expires: HOUR - ago, ttl: HOUR });

type Row = [what: string, lease: Lease, ahead: number, clock: string, observed: string];

/** What `takeover = "clock"` and `takeover = "observed"` say to each, at first sight. */
const ROWS: Row[] = [
  ['a live lease, by a right clock', written(60), 0, 'NOT_EXPIRED', 'NOT_EXPIRED'],
  ['a lease in its grace period', written(HOUR + 60), 0, 'NOT_EXPIRED', 'NOT_EXPIRED'],
  ['a lease that is over', written(2 * HOUR), 0, TAKEN, 'NOT_EXPIRED'],
  [
    'a lease that is over, by a clock 1 h behind',
    written(2 * HOUR),
    -HOUR,
    'NOT_EXPIRED',
    'NOT_EXPIRED',
  ],
  [
    'a lease that is over, by a clock 3 h behind',
    written(2 * HOUR),
    -3 * HOUR,
    'CLOCK_SKEW',
    'CLOCK_SKEW',
  ],
  ['a live lease, by a clock 4 min behind', written(60), -240, 'NOT_EXPIRED', 'NOT_EXPIRED'],
  ['a live lease, by a clock 3 h behind', written(60), -3 * HOUR, 'CLOCK_SKEW', 'CLOCK_SKEW'],
  // What "clock" needs, and docs/protocol.md says so: clocks that agree within the grace period.
  ['a live lease, by a clock 1 min ahead', written(HOUR - 30), 60, 'NOT_EXPIRED', 'NOT_EXPIRED'],
  ['a live lease, by a clock 3 h ahead', written(60), 3 * HOUR, TAKEN, 'NOT_EXPIRED'],
  [
    'a lease forged to be written in 2100',
    { committed: YEAR_2100 - now(), expires: YEAR_2100 - now() + HOUR },
    0,
    'CLOCK_SKEW',
    'CLOCK_SKEW',
  ],
  [
    'a fresh lease forged to end in 2100',
    { committed: -60, expires: YEAR_2100 - now() },
    0,
    'NOT_EXPIRED',
    'NOT_EXPIRED',
  ],
  [
    'a lease of two days ago forged to end in 2100',
    { committed: -2 * DAY, expires: YEAR_2100 - now() },
    0,
    TAKEN,
    'NOT_EXPIRED',
  ],
  [
    'a lease forged to last a century',
    { committed: -2 * DAY, expires: YEAR_2100 - now(), ttl: 100 * 365 * DAY },
    0,
    TAKEN,
    'NOT_EXPIRED',
  ],
  [
    'a lease forged to be written long ago',
    { committed: -9 * DAY, expires: HOUR, ttl: HOUR },
    0,
    TAKEN,
    'NOT_EXPIRED',
  ],
  [
    'a live lease whose "ttl" says a second',
    { committed: -GRACE - 60, expires: HOUR, ttl: 1 },
    0,
    'NOT_EXPIRED',
    'NOT_EXPIRED',
  ],
];

describe.each(['clock', 'observed'] as const)('claim --force under takeover = "%s"', (policy) => {
  let world: Asking;

  beforeAll(async () => {
    world = await asking(`takeover = "${policy}"\n`);
  });
  afterAll(() => world.sandbox.dispose());

  it.each(ROWS)('of %s', async (_, { committed, expires, ttl }, ahead, clock, observed) => {
    const { id, ref } = world.next();
    const lease = await plantLease(world, ref, {
      committed: now() + committed,
      expires: now() + expires,
      ...(ttl && { ttl }),
    });
    world.clock.set({ wall: ahead });
    const wanted = policy === 'clock' ? clock : observed;
    expect(await world.outcome('claim', id, '--force')).toBe(wanted);
    const there = await world.sandbox.git(world.sandbox.remote, 'rev-parse', ref);
    expect(there === lease).toBe(wanted !== TAKEN);
  });
});
