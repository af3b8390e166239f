import { describe, expect, it } from '@jest/globals';
import { normalise } from '../../../src/config/normalise.ts';
import type { View } from '../../../src/lease/view.ts';
import type { LeaseChange } from '../../../src/server/lease-rules.ts';
import { judgeLease } from '../../../src/server/lease-rules.ts';
import { ABSENT, HOUR, held, MALFORMED, NOW } from '../lease/leases.ts';

const REF = 'refs/lazyspec/leases/rfc/RFC-001';
const config = normalise({ coordination: {} });
const ADA = {
  account: 'ada',
  isAdministrator: false,
  owns: (agent: string) => agent.split('/')[0] === 'ada',
};
const ROOT = { account: 'root', isAdministrator: true, owns: (agent: string) => agent === 'root' };

/** A lease of ada, of now, for an hour, with something else about it. */
const mine = (lease = {}, committed = NOW) => held({ agent: 'ada', ...lease }, committed);

function why(change: Partial<LeaseChange>, pusher = ADA, policy = {}): string | undefined {
  const { coordination } = config;
  if (!coordination) throw new TypeError('no coordination');
  const law = { policy: { ...coordination, ...policy }, types: config.types };
  return judgeLease(
    { ref: REF, old: ABSENT, next: { view: mine(), isAlone: true }, arrivedFor: 0, ...change },
    pusher,
    { ...law, now: NOW, program: 'lazyspec-lease' },
  )?.message;
}
const next = (view: Exclude<View, { state: 'absent' }>, isAlone = true) => ({
  next: { view, isAlone },
});

describe('a claim', () => {
  it('passes for an agent of the pusher', () => {
    expect(why({})).toBeUndefined();
    expect(why(next(mine({ agent: 'ada/laptop' })))).toBeUndefined();
  });

  it('is refused in the name of another, unless by an administrator', () => {
    const bobs = next(held({ agent: 'bob' }, NOW));
    expect(why(bobs)).toContain("'bob' is no agent of 'ada'");
    expect(why(bobs, ROOT)).toBeUndefined();
  });

  it.each([
    ['one second left', NOW + 1, undefined],
    ['none left', NOW, 'over before it began'],
    ['all that is allowed', NOW + 24 * HOUR + 300, undefined],
    ['a second more', NOW + 24 * HOUR + 301, 'longer than max_lease_duration'],
  ])('with %s', (_, expires, expected) => {
    const said = why(next(mine({ expires })));
    if (expected) expect(said).toContain(expected);
    else expect(said).toBeUndefined();
    expect(why(next(mine({ expires })), ROOT)).toBe(said);
  });

  it('may be dated ahead by max_clock_skew, and not more, in neither of its dates', () => {
    expect(why(next(mine({}, NOW + 300)))).toBeUndefined();
    expect(why(next(mine({}, NOW + 301)))).toContain("in the server's future");
    expect(why(next(mine({ acquired: NOW }, NOW + 301)))).toContain("in the server's future");
    expect(why(next(mine({ acquired: NOW + 301 })))).toContain("in the server's future");
  });

  it('has to be a lease and nothing else, from administrators as well', () => {
    for (const pusher of [ADA, ROOT]) {
      expect(why(next(MALFORMED), pusher)).toContain('is no lease');
      expect(why(next(mine(), false), pusher)).toContain('more than lease.json');
      expect(why(next(mine({ agent: 'ada/\u200b' })), pusher)).toContain('do not show');
    }
  });

  it.each([
    'refs/lazyspec/leases/rfc/rfc-001',
    'refs/lazyspec/leases/rfc/RFC-001-title',
    'refs/lazyspec/leases/rfc/RFC-001.md',
    'refs/lazyspec/leases/RFC/RFC-001',
    'refs/lazyspec/leases/rfc/STORY-001',
    'refs/lazyspec/leases/rfc/RFC-word',
    'refs/lazyspec/leases/rfc',
    'refs/lazyspec/leases/rfc/RFC-001/x',
  ])('at %s is of no document, for administrators as well', (ref) => {
    expect(why({ ref })).toContain('the lease of no document');
    expect(why({ ref }, ROOT)).toContain('the lease of no document');
  });

  it('of a singleton passes', () => {
    expect(why({ ref: 'refs/lazyspec/leases/convention/CONVENTION' })).toBeUndefined();
  });
});

describe('in place of a lease that is there', () => {
  it('one’s own is renewed, live or expired, as any agent of one’s own', () => {
    expect(why({ old: mine() })).toBeUndefined();
    expect(why({ old: mine({ expires: NOW - HOUR }, NOW - 9 * HOUR) })).toBeUndefined();
    expect(why({ old: mine({ agent: 'ada/other' }) })).toBeUndefined();
  });

  it('that of another is taken over once the clock allows it', () => {
    const old = (ago: number) => held({ expires: NOW - ago }, NOW - ago - HOUR);
    expect(why({ old: old(-HOUR) })).toContain("'agent-a' cannot be taken over yet");
    expect(why({ old: old(120) })).toContain('cannot be taken over yet');
    expect(why({ old: old(121) })).toBeUndefined();
  });

  it('that of another is taken over once it has been here for its whole time', () => {
    const old = held({ expires: NOW + 9 * HOUR, ttl: HOUR });
    expect(why({ old, arrivedFor: HOUR + 120 })).toContain('cannot be taken over yet');
    expect(why({ old, arrivedFor: HOUR + 121 })).toBeUndefined();
    const over = held({ expires: NOW - HOUR }, NOW - 2 * HOUR);
    expect(why({ old: over }, ADA, { takeover: 'observed' })).toContain('cannot be taken over yet');
  });

  it('one from the future is refused as such', () => {
    const old = held({}, NOW + HOUR);
    expect(why({ old })).toContain('the clocks disagree');
  });

  it('a malformed one is replaced by administrators only', () => {
    const roots = next(held({ agent: 'root' }, NOW));
    expect(why({ old: MALFORMED })).toContain('malformed');
    expect(why({ old: MALFORMED, ...roots }, ROOT)).toBeUndefined();
    expect(why({ old: held(), ...roots }, ROOT)).toBeUndefined();
  });
});

describe('a removal', () => {
  const gone = { next: undefined };

  it('is for whose lease it is, live or expired, and for administrators', () => {
    expect(why({ ...gone, old: mine() })).toBeUndefined();
    const expired = held({ expires: NOW - 9 * HOUR }, NOW - 10 * HOUR);
    expect(why({ ...gone, old: expired })).toContain("held by 'agent-a', not by 'ada'");
    expect(why({ ...gone, old: expired }, ROOT)).toBeUndefined();
  });

  it('of a malformed lease, or of what is no document, is for administrators', () => {
    for (const ref of [REF, 'refs/lazyspec/leases/rfc', 'refs/lazyspec/leases/rfc/x/y']) {
      expect(why({ ...gone, ref, old: MALFORMED })).toMatch(/malformed|of no document/);
      expect(why({ ...gone, ref, old: MALFORMED }, ROOT)).toBeUndefined();
    }
  });
});
