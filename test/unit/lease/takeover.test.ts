import { describe, expect, it } from '@jest/globals';
import type { Takeover, TakeoverPolicy } from '../../../src/lease/takeover.ts';
import { judgeTakeover } from '../../../src/lease/takeover.ts';
import type { HeldView } from '../../../src/lease/view.ts';
import { HOUR, held, POLICY } from './leases.ts';

const GRACE = POLICY.gracePeriod;
const MAX = POLICY.maxLeaseDuration;
const COMMITTED = 1_778_490_000;

function judge(
  view: HeldView,
  now: number,
  { observedFor = 0, ...policy }: Partial<TakeoverPolicy> & { observedFor?: number } = {},
): Takeover {
  return judgeTakeover(view, now, observedFor, { ...POLICY, ...policy });
}

/** Asserts that the clock alone allows a takeover after this second, and not in it. */
function expectByClockAfter(view: HeldView, second: number, policy: Partial<TakeoverPolicy> = {}) {
  expect(judge(view, second, policy)).toMatchObject({ allowed: false, byClockAfter: second });
  expect(judge(view, second + 1, policy)).toMatchObject({ allowed: true, byClockAfter: second });
}

function without(view: HeldView, field: 'ttl'): HeldView {
  const { [field]: _gone, ...lease } = view.lease;
  return { ...view, lease };
}

describe('takeover by the clock', () => {
  it('comes after ttl and grace period, counted from the commit', () => {
    const view = held({ ttl: HOUR, expires: COMMITTED + 60 }, COMMITTED);
    expectByClockAfter(view, COMMITTED + HOUR + GRACE);
  });

  it('comes after expiry and grace period where that is later', () => {
    const view = held({ ttl: HOUR, expires: COMMITTED + 3 * HOUR }, COMMITTED);
    expectByClockAfter(view, COMMITTED + 3 * HOUR + GRACE);
  });

  it('heeds an expiry as far away as a lease may last', () => {
    const view = held({ ttl: HOUR, expires: COMMITTED + MAX }, COMMITTED);
    expectByClockAfter(view, COMMITTED + MAX + GRACE);
  });

  it('ignores an expiry one second further away than a lease may last', () => {
    const view = held({ ttl: HOUR, expires: COMMITTED + MAX + 1 }, COMMITTED);
    expectByClockAfter(view, COMMITTED + HOUR + GRACE);
  });

  it('gives a squatter dated 2100 the ttl that was told, and no more', () => {
    const view = held({ ttl: 900, expires: 4_102_444_800 }, COMMITTED);
    expectByClockAfter(view, COMMITTED + 900 + GRACE);
  });

  it('gives a squatter dated 2100 who told no ttl the longest lease there is', () => {
    const view = without(held({ expires: 4_102_444_800 }, COMMITTED), 'ttl');
    expectByClockAfter(view, COMMITTED + MAX + GRACE);
  });

  it('takes the time from commit to expiry where no ttl was told', () => {
    const view = without(held({ expires: COMMITTED + 900 }, COMMITTED), 'ttl');
    expectByClockAfter(view, COMMITTED + 900 + GRACE);
  });

  it('takes the configured length where neither ttl nor expiry makes sense', () => {
    const atOnce = without(held({ expires: COMMITTED }, COMMITTED), 'ttl');
    expectByClockAfter(atOnce, COMMITTED + HOUR + GRACE);
    const before = without(held({ expires: COMMITTED - 10 * HOUR }, COMMITTED), 'ttl');
    expectByClockAfter(before, COMMITTED + HOUR + GRACE);
  });

  it('caps every ttl at the longest lease there is', () => {
    const view = held({ ttl: 365 * 24 * HOUR, expires: COMMITTED + HOUR }, COMMITTED);
    expectByClockAfter(view, COMMITTED + MAX + GRACE);
    const configured = without(held({ expires: COMMITTED }, COMMITTED), 'ttl');
    expectByClockAfter(configured, COMMITTED + MAX + GRACE, { leaseDuration: 2 * MAX });
  });

  it('adds the grace period that is configured', () => {
    const view = held({ ttl: HOUR, expires: COMMITTED + HOUR }, COMMITTED);
    expectByClockAfter(view, COMMITTED + HOUR, { gracePeriod: 0 });
    expectByClockAfter(view, COMMITTED + HOUR + 600, { gracePeriod: 600 });
  });
});

describe('a lease written in our future', () => {
  const skew = POLICY.maxClockSkew;

  it('is an ordinary one up to the clock skew that is tolerated', () => {
    const judged = judge(held({}, COMMITTED), COMMITTED - skew);
    expect(judged).toMatchObject({ skewed: false, byClockAfter: COMMITTED + HOUR + GRACE });
  });

  it('is skewed one second beyond that, and the clock never frees it', () => {
    const judged = judge(held({}, COMMITTED), COMMITTED - skew - 1);
    expect(judged).toMatchObject({ skewed: true, allowed: false, byClockAfter: undefined });
  });

  it('is freed by observation all the same', () => {
    const observedFor = HOUR + GRACE + 1;
    const judged = judge(held({}, COMMITTED), COMMITTED - skew - 1, { observedFor });
    expect(judged).toMatchObject({ skewed: true, allowed: true });
  });
});

describe('takeover by observation', () => {
  it('comes after ttl and grace period of watching, whatever the timestamps say', () => {
    const view = held({ ttl: HOUR, expires: 4_102_444_800 }, COMMITTED);
    const watched = HOUR + GRACE;
    expect(judge(view, COMMITTED, { observedFor: watched }).allowed).toBe(false);
    expect(judge(view, COMMITTED, { observedFor: watched + 1 }).allowed).toBe(true);
  });

  it('waits no longer than for the longest lease there is', () => {
    const view = held({ ttl: 365 * 24 * HOUR }, COMMITTED);
    expect(judge(view, COMMITTED, { observedFor: MAX + GRACE }).allowed).toBe(false);
    expect(judge(view, COMMITTED, { observedFor: MAX + GRACE + 1 }).allowed).toBe(true);
  });

  it('tells when it will be allowed', () => {
    const view = held({}, COMMITTED);
    const at = (observedFor: number) => judge(view, COMMITTED, { observedFor }).byObservationAfter;
    expect(at(0)).toBe(COMMITTED + HOUR + GRACE);
    expect(at(1_000)).toBe(COMMITTED + HOUR + GRACE - 1_000);
    expect(at(2 * HOUR)).toBe(COMMITTED);
  });
});

describe('takeover = "observed"', () => {
  const policy = { takeover: 'observed' as const };

  it('lets no clock allow it, however long ago the lease ran out', () => {
    const judged = judge(held({}, COMMITTED), COMMITTED + 1_000 * HOUR, policy);
    expect(judged).toMatchObject({ allowed: false, byClockAfter: undefined });
  });

  it('lets observation allow it', () => {
    const view = held({}, COMMITTED);
    const watched = HOUR + GRACE;
    expect(judge(view, COMMITTED, { ...policy, observedFor: watched }).allowed).toBe(false);
    expect(judge(view, COMMITTED, { ...policy, observedFor: watched + 1 }).allowed).toBe(true);
  });
});
