/** Servers that no git is, behind the port that test/contract runs against real ones. */
import { describe, expect, it } from '@jest/globals';
import type { Side } from '../../../src/doctor/swaps.ts';
import { checkSwaps } from '../../../src/doctor/swaps.ts';
import { LazyspecError } from '../../../src/errors.ts';
import type { RefChange, RefStore, SwapOutcome } from '../../../src/git/ref-store.ts';

type Judge = (change: RefChange, now: string | undefined, call: number) => SwapOutcome;

const APPLIED: SwapOutcome = { kind: 'applied' };
const STALE: SwapOutcome = { kind: 'stale' };
const honest: Judge = ({ expected }, now) => (expected === now ? APPLIED : STALE);

/** A remote that keeps one ref, and judges changes of it as it is told to. */
function serverOf(judge: Judge): { side: Side; left: () => string | undefined } {
  let oid: string | undefined;
  let calls = 0;
  const store: Partial<RefStore> = {
    write: async (commits) => commits.map((_, index) => `commit-${index}`),
    read: async ([ref = '']) =>
      oid === undefined ? [] : [{ ref, oid, committed: 0, content: Buffer.alloc(0) }],
    remember: async () => {},
  };
  const remote: Side['remote'] = {
    name: 'origin',
    fetch: async () => {},
    async swap([change]) {
      if (!change) throw new TypeError('no change');
      const outcome = judge(change, oid, ++calls);
      if (outcome.kind === 'applied') oid = change.next;
      return outcome;
    },
  };
  return { side: { store: store as RefStore, remote }, left: () => oid };
}

async function found(judge: Judge) {
  const { side, left } = serverOf(judge);
  const findings = await checkSwaps(side, side, 0);
  return { findings, states: findings.map(({ check, state }) => `${check} ${state}`), left };
}

describe('the swaps of doctor', () => {
  it('are satisfied with a server that compares, also where its lock was busy', async () => {
    const busy: Judge = (change, now, call) =>
      call % 2 === 1 ? { kind: 'contended', detail: 'busy' } : honest(change, now, call);
    for (const judge of [honest, busy]) {
      const { states, left } = await found(judge);
      expect(states).toEqual(['compare-and-swap ok']);
      expect(left()).toBeUndefined();
    }
  });

  it.each<[string, Judge, string]>([
    ['makes a ref anew that is there', () => APPLIED, 'made anew'],
    [
      'takes two changes at once',
      (change, now, call) => (change.next && change.expected ? APPLIED : honest(change, now, call)),
      'both taken',
    ],
    [
      'removes a ref that has changed',
      (change, now, call) => (change.next ? honest(change, now, call) : APPLIED),
      'had changed was removed',
    ],
  ])('find a server out that %s, and clear away', async (_, judge, words) => {
    const { findings, left } = await found(judge);
    expect(findings[0]).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(words),
      remedy: expect.stringContaining('do not keep leases there'),
    });
    expect(left()).toBeUndefined();
  });

  it('say that a server takes a ref and no change of it', async () => {
    const { findings, left } = await found((change, now, call) =>
      change.expected && change.next
        ? { kind: 'refused', reason: 'no changes', details: ['remote: no changes'] }
        : honest(change, now, call),
    );
    expect(findings[0]?.message).toContain('refused a changed ref below refs/lazyspec: no changes');
    expect(left()).toBeUndefined();
  });

  it('are over when they are interrupted, once the ref is gone', async () => {
    const { side, left } = serverOf((change, now, call) =>
      call === 2 ? { kind: 'cancelled' } : honest(change, now, call),
    );
    const run = checkSwaps(side, side, 0);
    await expect(run).rejects.toThrow(LazyspecError);
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(left()).toBeUndefined();
  });
});
