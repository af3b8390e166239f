/** What became of a write that the remote did not plainly take. */
import { LazyspecError } from '../errors.ts';
import { isBeforeWriting } from '../git/push-outcome.ts';
import type { RefChange, SwapOutcome } from '../git/ref-store.ts';
import { remoteFailure } from '../git/remote-failure.ts';
import type { Engine } from './engine.ts';
import { damagedClone, indeterminate, remoteRefused } from './failures.ts';

/** Milliseconds for finding out what became of a write; somebody has waited for it already. */
const SECOND_LOOK_DEADLINE = 15_000;

/**
 * Finds out what became of a swap that was not plainly applied. @returns whether it was, after all
 * @throws {LazyspecError} when there is nothing to try again
 */
export async function settled(
  engine: Engine,
  outcome: Exclude<SwapOutcome, { kind: 'applied' }>,
  changes: readonly RefChange[],
): Promise<boolean> {
  if (outcome.kind === 'stale' || outcome.kind === 'contended') return false;
  if (outcome.kind === 'cancelled') {
    throw new LazyspecError('CANCELLED', 'interrupted; nothing was changed');
  }
  if (outcome.kind === 'damaged') throw damagedClone(outcome.detail);
  if (outcome.kind === 'refused' && isBeforeWriting(outcome.reason)) {
    throw remoteRefused(engine.remote.name, outcome);
  }
  if (outcome.kind === 'unreachable') {
    throw remoteFailure(outcome.code, engine.remote.name, outcome.detail.split('\n'));
  }
  if (outcome.kind === 'unknown' && outcome.cancelled) {
    throw indeterminate(engine.remote.name, 'interrupted during the write');
  }
  const refs = changes.map(({ ref }) => ref);
  let found: Map<string, string>;
  try {
    await engine.remote.fetch(refs, SECOND_LOOK_DEADLINE);
    found = new Map((await engine.store.read(refs)).map(({ ref, oid }) => [ref, oid]));
  } catch (error) {
    const detail =
      'detail' in outcome ? outcome.detail : [outcome.reason, ...outcome.details].join('\n');
    throw indeterminate(engine.remote.name, detail, error);
  }
  if (wasApplied(changes, found)) return true;
  const isUnchanged = changes.every(({ ref, expected }) => found.get(ref) === expected);
  if (outcome.kind === 'refused' && isUnchanged) throw remoteRefused(engine.remote.name, outcome);
  return false;
}

/**
 * Whether what the remote holds shows that a swap was applied. Others may have moved on since: one
 * commit of ours proves all of it, for it was all or nothing and no other write is that commit.
 * Deletions leave no trace; all gone is what was wanted, whoever did it.
 */
function wasApplied(changes: readonly RefChange[], found: ReadonlyMap<string, string>): boolean {
  const writes = changes.filter(({ next }) => next !== undefined);
  if (writes.length === 0) return changes.every(({ ref }) => !found.has(ref));
  return writes.some(({ ref, next }) => found.get(ref) === next);
}
