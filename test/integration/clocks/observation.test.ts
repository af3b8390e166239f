/**
 * Outlasting a lease by watching it, whatever its dates say: what counts as having watched, on a
 * machine whose clocks jump, run fast, or start anew.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Skew } from '../../helpers/clocks.ts';
import { now } from '../../helpers/leases.ts';
import type { Asking } from './asking.ts';
import { asking, GRACE, HOUR, plantLease, YEAR_2100 } from './asking.ts';

/** Watched for so long, a lease of an hour is outlasted. */
const ENOUGH = HOUR + GRACE + 60;
const TAKEN = 'took over from agent-b';

/** The clocks at the second, third … look, from the first one on; and what the last look allows. */
type Row = [what: string, looks: Skew[], outcome: string];

const ROWS: Row[] = [
  ['a second look at once', [{ wall: 1, uptime: 1 }], 'no'],
  ['just too short a time', [{ wall: HOUR, uptime: HOUR }], 'no'],
  ['long enough', [{ wall: ENOUGH, uptime: ENOUGH }], TAKEN],
  [
    'long enough in parts',
    [
      { wall: HOUR, uptime: HOUR },
      { wall: ENOUGH, uptime: ENOUGH },
    ],
    TAKEN,
  ],
  ['a wall clock that jumped ahead', [{ wall: 9 * HOUR, uptime: 60 }], 'no'],
  [
    'a wall clock that runs thrice as fast',
    [
      { wall: HOUR, uptime: HOUR / 3 },
      { wall: ENOUGH, uptime: ENOUGH / 3 },
    ],
    'no',
  ],
  ['a wall clock that runs slow', [{ wall: ENOUGH / 2, uptime: ENOUGH }], 'no'],
  ['a wall clock that stands still', [{ wall: 0, uptime: 9 * HOUR }], 'no'],
  ['a wall clock set back behind the first look', [{ wall: -HOUR, uptime: ENOUGH }], 'no'],
  [
    'the time after a clock was set back',
    [
      { wall: -HOUR, uptime: 60 },
      { wall: ENOUGH - HOUR, uptime: ENOUGH + 60 },
    ],
    TAKEN,
  ],
  ['a restart', [{ wall: ENOUGH, uptime: ENOUGH, boot: 'other' }], 'no'],
  [
    'the time after a restart',
    [
      { wall: 60, uptime: -1000, boot: 'other' },
      { wall: ENOUGH + 60, uptime: ENOUGH - 1000, boot: 'other' },
    ],
    TAKEN,
  ],
  ['a restart that shows in the uptime alone', [{ wall: ENOUGH, uptime: -100 }], 'no'],
];

describe.each(['clock', 'observed'] as const)('under takeover = "%s"', (policy) => {
  let world: Asking;

  beforeAll(async () => {
    world = await asking(`takeover = "${policy}"\n`);
  });
  afterAll(() => world.sandbox.dispose());

  /** A squatter: neither clock will ever say that the lease is over. */
  const squat = (ref: string) =>
    plantLease(world, ref, { committed: YEAR_2100, expires: YEAR_2100 + HOUR, ttl: HOUR });

  it.each(policy === 'clock' ? ROWS : ROWS.slice(0, 3))(
    'a lease dated 2100 is outlasted by %s only if that is its whole time',
    async (_, looks, outcome) => {
      const { id, ref } = world.next();
      await squat(ref);
      expect(await world.outcome('claim', id, '--force')).toBe('CLOCK_SKEW');
      for (const [index, skew] of looks.entries()) {
        world.clock.set(skew);
        const last = index === looks.length - 1;
        expect(await world.outcome('claim', id, '--force')).toBe(
          last && outcome === TAKEN ? TAKEN : 'CLOCK_SKEW',
        );
      }
    },
  );

  it('a lease that its holder writes again is watched anew', async () => {
    const { id, ref } = world.next();
    await squat(ref);
    await world.outcome('claim', id, '--force');
    world.clock.pass(ENOUGH);
    await squat(ref);
    expect(await world.outcome('claim', id, '--force')).toBe('CLOCK_SKEW');
    world.clock.pass(ENOUGH);
    expect(await world.outcome('claim', id, '--force')).toBe(TAKEN);
  });

  it('a gate, and a refused claim, are looks as well', async () => {
    const { id, ref } = world.next();
    await squat(ref);
    expect((await world.ask('gate', id)).ok).toBe(false);
    world.clock.pass(ENOUGH / 2);
    expect(await world.outcome('claim', id)).toBe('HELD_BY_OTHER');
    world.clock.pass(ENOUGH / 2);
    expect(await world.outcome('claim', id, '--force')).toBe(TAKEN);
  });
});

describe('an honest lease that is over', () => {
  it('is still watched for its whole time under takeover = "observed"', async () => {
    const world = await asking('takeover = "observed"\n');
    const { id, ref } = world.next();
    const written = now() - 9 * HOUR;
    await plantLease(world, ref, { committed: written, expires: written + HOUR, ttl: HOUR });
    expect(await world.outcome('claim', id, '--force')).toBe('NOT_EXPIRED');
    world.clock.pass(ENOUGH);
    expect(await world.outcome('claim', id, '--force')).toBe(TAKEN);
    await world.sandbox.dispose();
  });
});
