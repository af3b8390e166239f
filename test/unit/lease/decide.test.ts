import { describe, expect, it } from '@jest/globals';
import type { ClaimOptions, Decision, Write } from '../../../src/lease/decide.ts';
import {
  commitMessage,
  decideAdminRelease,
  decideClaim,
  decideHeartbeat,
  decideRelease,
} from '../../../src/lease/decide.ts';
import type { View } from '../../../src/lease/view.ts';
import { ABSENT, asker, HOUR, held, MALFORMED, NOW, POLICY } from './leases.ts';

const MINE = held({ agent: 'me' });
const MINE_EXPIRED = held({ agent: 'me' }, NOW - 5 * HOUR);
const OTHERS = held();
const OTHERS_EXPIRED = held({}, NOW - 5 * HOUR);
/** Expired, but the grace period is not over. */
const OTHERS_IN_GRACE = held({}, NOW - HOUR - POLICY.gracePeriod);
const SKEWED = held({}, NOW + POLICY.maxClockSkew + 1);

const claim = (view: View, options: Partial<ClaimOptions> = {}, observedFor = 0) =>
  decideClaim(view, asker('me'), { force: false, ...options }, observedFor);
const force = (view: View, observedFor = 0) => claim(view, { force: true }, observedFor);
const heartbeat = (view: View) => decideHeartbeat(view, asker('me'));
const release = (view: View) => decideRelease(view, 'me');
const adminRelease = (view: View, holder: string) => decideAdminRelease(view, holder);

function written(decision: Decision): Write {
  if (decision.action !== 'write') throw new Error(`${decision.action} is not a write`);
  return decision;
}

const FRESH = {
  action: 'write',
  expected: undefined,
  kind: 'claimed',
  lease: { agent: 'me', acquired: NOW, expires: NOW + HOUR, ttl: HOUR },
};
const renewed = (view: { commit: string; lease: { acquired: number } }) => ({
  action: 'write',
  expected: view.commit,
  kind: 'renewed',
  lease: { agent: 'me', acquired: view.lease.acquired, expires: NOW + HOUR, ttl: HOUR },
});
const takenOver = (view: { commit: string }) => ({
  action: 'write',
  expected: view.commit,
  kind: 'took over',
  tookOverFrom: 'agent-a',
  lease: { agent: 'me', acquired: NOW, expires: NOW + HOUR, ttl: HOUR },
});
const deleted = (view: { commit: string }) => ({ action: 'delete', expected: view.commit });
const refused = (code: string, view: View) => ({ action: 'refuse', code, view });

describe('claim', () => {
  it('creates a lease where there is none, and expects that there is none', () => {
    expect(claim(ABSENT)).toEqual(FRESH);
  });

  it.each([
    ['live', MINE],
    ['expired', MINE_EXPIRED],
  ])('renews my own %s lease', (_state, view) => {
    expect(claim(view)).toEqual(renewed(view));
  });

  it.each([
    ['live', OTHERS, false],
    ['in its grace period', OTHERS_IN_GRACE, false],
    ['expired', OTHERS_EXPIRED, true],
  ])('never takes the lease of another without force: %s', (_state, view, allowed) => {
    const decision = claim(view);
    expect(decision).toMatchObject(refused('HELD_BY_OTHER', view));
    expect(decision).toMatchObject({ takeover: { allowed } });
  });

  it('refuses a malformed lease', () => {
    expect(claim(MALFORMED)).toEqual(refused('MALFORMED_LEASE', MALFORMED));
  });
});

describe('claim --force', () => {
  it('creates a lease where there is none', () => {
    expect(force(ABSENT)).toEqual(FRESH);
  });

  it.each([
    ['live', MINE],
    ['expired', MINE_EXPIRED],
  ])('renews my own %s lease, and keeps acquired', (_state, view) => {
    expect(force(view)).toEqual(renewed(view));
  });

  it('swaps the lapsed lease of another for mine in one step', () => {
    expect(force(OTHERS_EXPIRED)).toEqual(takenOver(OTHERS_EXPIRED));
  });

  it.each([
    ['live', OTHERS],
    ['in its grace period', OTHERS_IN_GRACE],
  ])('refuses the lease of another that is %s, and says when', (_state, view) => {
    const decision = force(view);
    expect(decision).toMatchObject(refused('NOT_EXPIRED', view));
    expect(decision).toMatchObject({
      takeover: { allowed: false, byClockAfter: view.committed + HOUR + POLICY.gracePeriod },
    });
  });

  it('refuses a lease written in our future as CLOCK_SKEW', () => {
    expect(force(SKEWED)).toMatchObject(refused('CLOCK_SKEW', SKEWED));
  });

  it.each([
    ['live', OTHERS],
    ['written in our future', SKEWED],
  ])('takes what was watched for long enough, though it is %s', (_state, view) => {
    const wait = HOUR + POLICY.gracePeriod;
    expect(force(view, wait)).toMatchObject({ action: 'refuse' });
    expect(force(view, wait + 1)).toEqual(takenOver(view));
  });

  it('refuses a malformed lease, however long it was watched', () => {
    expect(force(MALFORMED, 1e9)).toEqual(refused('MALFORMED_LEASE', MALFORMED));
  });

  it('takes nothing of the other into the new lease', () => {
    const view = held({ note: 'theirs', unknown: { session: 'theirs' } }, NOW - 5 * HOUR);
    expect(written(force(view)).lease).toEqual(FRESH.lease);
  });
});

describe('heartbeat', () => {
  it.each([
    ['live', MINE],
    ['expired', MINE_EXPIRED],
  ])('renews my own %s lease', (_state, view) => {
    expect(heartbeat(view)).toEqual(renewed(view));
  });

  it.each([
    ['gone', ABSENT],
    ["another's", OTHERS],
    ["another's and expired", OTHERS_EXPIRED],
  ])('never creates: a lease that is %s is lost', (_state, view) => {
    expect(heartbeat(view)).toEqual(refused('LEASE_LOST', view));
  });

  it('refuses a malformed lease', () => {
    expect(heartbeat(MALFORMED)).toEqual(refused('MALFORMED_LEASE', MALFORMED));
  });
});

describe('release', () => {
  it.each([
    ['live', MINE],
    ['expired', MINE_EXPIRED],
  ])('deletes my own %s lease, and expects to find it', (_state, view) => {
    expect(release(view)).toEqual(deleted(view));
  });

  it.each([
    ['live', OTHERS],
    ['expired', OTHERS_EXPIRED],
  ])('never deletes the %s lease of another', (_state, view) => {
    expect(release(view)).toEqual(refused('NOT_HOLDER', view));
  });

  it('tells that there is none', () => {
    expect(release(ABSENT)).toEqual(refused('LEASE_NOT_FOUND', ABSENT));
  });

  it('refuses a malformed lease', () => {
    expect(release(MALFORMED)).toEqual(refused('MALFORMED_LEASE', MALFORMED));
  });
});

describe("an administrator's release", () => {
  it.each([
    ['live', OTHERS],
    ['expired', OTHERS_EXPIRED],
  ])('deletes exactly the %s lease that it saw', (_state, view) => {
    expect(adminRelease(view, 'agent-a')).toEqual(deleted(view));
  });

  it.each([
    ['another', 'agent-b'],
    ['another spelling', 'Agent-A'],
    ['the holder that nobody can read', '?'],
  ])('refuses where the holder is not the one named: %s', (_what, name) => {
    const refusal = { ...refused('NOT_HOLDER', OTHERS), expectedHolder: name };
    expect(adminRelease(OTHERS, name)).toEqual(refusal);
  });

  it('deletes my own lease when I am named', () => {
    expect(adminRelease(MINE, 'me')).toEqual(deleted(MINE));
  });

  it("removes a malformed lease whose holder is given as '?', and only then", () => {
    expect(adminRelease(MALFORMED, '?')).toEqual(deleted(MALFORMED));
    expect(adminRelease(MALFORMED, 'agent-a')).toEqual({
      ...refused('NOT_HOLDER', MALFORMED),
      expectedHolder: 'agent-a',
    });
  });

  it('tells that there is none', () => {
    expect(adminRelease(ABSENT, 'agent-a')).toEqual(refused('LEASE_NOT_FOUND', ABSENT));
  });
});

describe('what is written', () => {
  it('tells people who, where and why, and nothing that is empty', () => {
    const who = asker('me', { host: 'ci-3', worktree: '~/w', branch: 'main' });
    const full = written(decideClaim(ABSENT, who, { force: false, note: 'why' }, 0)).lease;
    expect(full).toEqual({
      ...FRESH.lease,
      host: 'ci-3',
      worktree: '~/w',
      branch: 'main',
      note: 'why',
    });
    const nowhere = asker('me', { host: '', worktree: '', branch: '' });
    const bare = written(decideClaim(ABSENT, nowhere, { force: false, note: '' }, 0)).lease;
    expect(bare).toEqual(FRESH.lease);
  });

  it('says in a renewal where I am now, not where I was', () => {
    const view = held({ agent: 'me', host: 'old', branch: 'old' });
    const decision = decideHeartbeat(view, asker('me', { host: 'new' }));
    expect(written(decision).lease).toEqual({ ...renewed(view).lease, host: 'new' });
  });

  it('keeps note and unknown fields in a renewal', () => {
    const view = held({ agent: 'me', note: 'why', unknown: { session: 'xyz' } });
    const kept = { note: 'why', unknown: { session: 'xyz' } };
    expect(written(heartbeat(view)).lease).toMatchObject(kept);
    expect(written(claim(view)).lease).toMatchObject(kept);
    expect(written(claim(view, { note: 'other' })).lease.note).toBe('other');
  });

  it('bears none of the nonce it replaces', () => {
    expect(written(heartbeat(held({ agent: 'me', nonce: 'old' }))).lease.nonce).toBeUndefined();
  });
});

describe('how long a lease lasts', () => {
  const max = POLICY.maxLeaseDuration;
  const lengthOf = (decision: Decision) => {
    const { expires, ttl } = written(decision).lease;
    return { left: expires - NOW, ttl };
  };

  it('is what was asked for, up to the longest there is', () => {
    expect(lengthOf(claim(ABSENT, { ttl: 60 }))).toEqual({ left: 60, ttl: 60 });
    expect(lengthOf(claim(ABSENT, { ttl: max + 1 }))).toEqual({ left: max, ttl: max });
  });

  it('is capped even where the configured length is not', () => {
    const careless = asker('me', { policy: { ...POLICY, leaseDuration: 2 * max } });
    const decision = decideClaim(ABSENT, careless, { force: false }, 0);
    expect(lengthOf(decision)).toEqual({ left: max, ttl: max });
  });

  it('is renewed by the length that it was claimed for', () => {
    const view = held({ agent: 'me', ttl: 2 * HOUR });
    expect(lengthOf(heartbeat(view))).toEqual({ left: 2 * HOUR, ttl: 2 * HOUR });
    expect(lengthOf(claim(view))).toEqual({ left: 2 * HOUR, ttl: 2 * HOUR });
  });

  it('is renewed by the configured length where none was told', () => {
    const { ttl: _gone, ...lease } = held({ agent: 'me' }).lease;
    const view = { ...held(), lease };
    expect(lengthOf(heartbeat(view))).toEqual({ left: HOUR, ttl: HOUR });
  });

  it('never becomes shorter by a renewal that asks for no length', () => {
    const view = held({ agent: 'me', ttl: 60, expires: NOW + 5 * HOUR });
    expect(lengthOf(heartbeat(view))).toEqual({ left: 5 * HOUR, ttl: 60 });
    expect(lengthOf(claim(view))).toEqual({ left: 5 * HOUR, ttl: 60 });
  });

  it('becomes shorter when a shorter length is asked for', () => {
    const view = held({ agent: 'me', expires: NOW + 5 * HOUR });
    expect(lengthOf(claim(view, { ttl: 60 }))).toEqual({ left: 60, ttl: 60 });
  });

  it('is at most the longest there is, whatever the lease before said', () => {
    const view = held({ agent: 'me', ttl: 365 * 24 * HOUR, expires: 4_102_444_800 });
    expect(lengthOf(heartbeat(view))).toEqual({ left: max, ttl: max });
    const short = held({ agent: 'me', ttl: 60, expires: 4_102_444_800 });
    expect(lengthOf(heartbeat(short))).toEqual({ left: max, ttl: 60 });
  });
});

describe('the message of a lease commit', () => {
  it('says what happened', () => {
    const document = { id: 'RFC-001', type: 'rfc' };
    expect(commitMessage(written(claim(ABSENT)), document)).toBe('claim RFC-001');
    expect(commitMessage(written(heartbeat(MINE)), document)).toBe('renew RFC-001');
    const message = commitMessage(written(force(OTHERS_EXPIRED)), document);
    expect(message).toBe('take over RFC-001 from agent-a');
  });
});
