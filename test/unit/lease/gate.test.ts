import { describe, expect, it } from '@jest/globals';
import type { GateQuestion } from '../../../src/lease/gate.ts';
import { isLive, judgeDocuments } from '../../../src/lease/gate.ts';
import type { View } from '../../../src/lease/view.ts';
import { ABSENT, HOUR, held, MALFORMED, NOW } from './leases.ts';

const document = (id: string, created = false) => ({
  id,
  type: 'rfc',
  paths: [`docs/rfcs/${id}.md`],
  commits: [],
  created,
});
const expiringAt = (expires: number) => held({ agent: 'me', expires });

function judge(view: View, question: Partial<GateQuestion> = {}, created = false) {
  const asked: GateQuestion = {
    agent: 'me',
    now: NOW,
    create: 'any',
    view: () => view,
    holdsAny: () => false,
    ...question,
  };
  return judgeDocuments([document('RFC-001', created)], asked)[0]?.verdict;
}

describe('a changed document', () => {
  it('passes with a live lease of mine', () => {
    expect(judge(expiringAt(NOW + HOUR))).toBe('pass');
  });

  it('passes in the very second in which my lease expires, and not in the next', () => {
    expect(judge(expiringAt(NOW))).toBe('pass');
    expect(judge(expiringAt(NOW - 1))).toBe('LEASE_EXPIRED');
  });

  it('is refused when another holds it, live or expired', () => {
    expect(judge(held({ expires: NOW + HOUR }))).toBe('HELD_BY_OTHER');
    expect(judge(held({ expires: NOW - HOUR }))).toBe('HELD_BY_OTHER');
  });

  it('is refused when the holder only looks like me', () => {
    expect(judge(held({ agent: 'Me' }))).toBe('HELD_BY_OTHER');
    expect(judge(held({ agent: 'me ' }))).toBe('HELD_BY_OTHER');
  });

  it('is refused when nobody claimed it, whatever else I hold', () => {
    expect(judge(ABSENT, { holdsAny: () => true })).toBe('NOT_CLAIMED');
  });

  it('is refused when its lease is malformed', () => {
    expect(judge(MALFORMED)).toBe('MALFORMED_LEASE');
  });

  it.each(['any', 'own', 'off'] as const)(
    'is judged the same under create = "%s", which is about new documents',
    (create) => {
      expect(judge(ABSENT, { create, holdsAny: () => true })).toBe('NOT_CLAIMED');
      expect(judge(held(), { create, holdsAny: () => true })).toBe('HELD_BY_OTHER');
    },
  );
});

describe('a new document', () => {
  const create = (view: View, question: Partial<GateQuestion>) => judge(view, question, true);

  it('passes under create = "any" when I hold any live lease', () => {
    expect(create(ABSENT, { create: 'any', holdsAny: () => true })).toBe('pass');
    expect(create(ABSENT, { create: 'any', holdsAny: () => false })).toBe('NOT_CLAIMED');
  });

  it('needs a lease on that very id under create = "own"', () => {
    expect(create(ABSENT, { create: 'own', holdsAny: () => true })).toBe('NOT_CLAIMED');
    expect(create(expiringAt(NOW), { create: 'own' })).toBe('pass');
  });

  it.each(['any', 'own'] as const)(
    'never passes under create = "%s" over a lease that does not let it',
    (rule) => {
      const question = { create: rule, holdsAny: () => true };
      expect(create(held(), question)).toBe('HELD_BY_OTHER');
      expect(create(MALFORMED, question)).toBe('MALFORMED_LEASE');
      expect(create(expiringAt(NOW - 1), question)).toBe('LEASE_EXPIRED');
    },
  );

  it('always passes under create = "off"', () => {
    for (const view of [ABSENT, held(), MALFORMED]) {
      expect(create(view, { create: 'off' })).toBe('pass');
    }
  });
});

describe('several documents', () => {
  it('are each judged by a lease of their own, and all are reported', () => {
    const views = new Map<string, View>([
      ['RFC-001', expiringAt(NOW)],
      ['RFC-002', held()],
      ['RFC-003', MALFORMED],
    ]);
    const verdicts = judgeDocuments(
      ['RFC-001', 'RFC-002', 'RFC-003', 'RFC-004'].map((id) => document(id)),
      {
        agent: 'me',
        now: NOW,
        create: 'any',
        view: ({ id }) => views.get(id) ?? ABSENT,
        holdsAny: () => true,
      },
    );
    expect(verdicts.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['RFC-001', 'pass'],
      ['RFC-002', 'HELD_BY_OTHER'],
      ['RFC-003', 'MALFORMED_LEASE'],
      ['RFC-004', 'NOT_CLAIMED'],
    ]);
    expect(verdicts[1]).toMatchObject({ paths: ['docs/rfcs/RFC-002.md'], view: held() });
  });

  it('are none, and nothing is refused', () => {
    const question = { agent: 'me', now: NOW, create: 'any' as const, holdsAny: () => false };
    expect(judgeDocuments([], { ...question, view: () => ABSENT })).toEqual([]);
  });
});

describe('isLive', () => {
  it('holds for a lease that can be read and has not expired', () => {
    expect(isLive(expiringAt(NOW), NOW)).toBe(true);
    expect(isLive(expiringAt(NOW - 1), NOW)).toBe(false);
    expect(isLive(ABSENT, NOW)).toBe(false);
    expect(isLive(MALFORMED, NOW)).toBe(false);
  });
});
