/**
 * Whether the remote takes our refs, and really compares before it swaps: tried on a scratch ref,
 * through the port that leases go through. Most of it can be refused by git on this side already,
 * by what the remote has just said; only two swaps at once show that the remote compares as well.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LazyspecError } from '../errors.ts';
import type { RefStore, SwapOutcome } from '../git/ref-store.ts';
import type { Remote } from '../git/remote.ts';
import { remoteFailure } from '../git/remote-failure.ts';
import { notShown } from '../lease/failures.ts';
import type { Finding } from './finding.ts';
import { failed, ok, warning } from './finding.ts';

/** Where scratch refs are, one for each run of doctor. */
export const PROBE_REFS = 'refs/lazyspec/probe/';

export interface Side {
  store: RefStore;
  remote: Remote;
}

/** A remote whose lock is busy is asked again so many times. */
const RETRIES = 5;
/** Seconds after which a probe's run is over, however it ended. */
const OLD = 3600;

/**
 * @param cleaning the same, but not cut off when the run is interrupted
 * @param now seconds since 1970
 * @throws {LazyspecError} CANCELLED, once the scratch ref is gone
 */
export async function checkSwaps(side: Side, cleaning: Side, now: number): Promise<Finding[]> {
  const ref = `${PROBE_REFS}${randomBytes(12).toString('hex')}`;
  const findings: Finding[] = [];
  let gone = false;
  try {
    const finding = await probe(side, ref, now);
    gone = finding.state === 'ok';
    findings.push(finding);
  } finally {
    if (!gone) findings.push(...(await removeProbe(cleaning, ref)));
  }
  return findings;
}

async function probe({ remote, store }: Side, ref: string, now: number): Promise<Finding> {
  const { name } = remote;
  const commits = ['one', 'two', 'three'].map((content) => ({
    author: 'lazyspec-hooks doctor',
    time: now,
    message: 'probe',
    content: `${content} ${ref}\n`,
  }));
  const [one = '', two = '', three = ''] = await store.write(commits);
  const swap = (expected: string | undefined, next: string | undefined) =>
    patiently(() => remote.swap([{ ref, expected, next }]));

  const created = await swap(undefined, one);
  const isAnswer = created.kind === 'applied' || created.kind === 'refused';
  if (!isAnswer) return notTaken(name, 'a new ref', created);
  await remote.fetch([ref]);
  const [found] = await store.read([ref]);
  if (created.kind === 'refused') {
    return found ? takenAllTheSame(name, created) : notTaken(name, 'a new ref', created);
  }
  if (!found) {
    // No look would find it.
    await swap(one, undefined);
    const { message, remedy = '', details } = notShown(name);
    return failed(CHECK, message, remedy, { details: details.slice(1) });
  }

  const again = await swap(undefined, two);
  if (again.kind !== 'stale') return notStale(name, 'a ref that was there was made anew', again);

  const both = await Promise.all([swap(one, two), swap(one, three)]);
  const winners = [two, three].filter((_, index) => both[index]?.kind === 'applied');
  if (winners.length > 1) return unsafe(name, 'two changes of one ref at once were both taken');
  const [winner] = winners;
  if (!winner) return notTaken(name, 'a changed ref', both[0]);

  const wrong = await swap(one, undefined);
  if (wrong.kind !== 'stale') return notStale(name, 'a ref that had changed was removed', wrong);

  const removed = await swap(winner, undefined);
  if (removed.kind !== 'applied') return notTaken(name, 'the removal of a ref', removed);
  return ok('compare-and-swap', `'${name}' takes leases, and compares before it swaps`);
}

async function patiently(swap: () => Promise<SwapOutcome>): Promise<SwapOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await swap();
    if (outcome.kind !== 'contended' || attempt > RETRIES) return outcome;
    await sleep(50 * attempt * Math.random());
  }
}

const CHECK = 'compare-and-swap';

/** Something that should have been applied was not. @throws {LazyspecError} CANCELLED */
function notTaken(name: string, what: string, outcome: SwapOutcome | undefined): Finding {
  switch (outcome?.kind) {
    case 'refused':
      return failed(
        CHECK,
        `'${name}' refused ${what} below refs/lazyspec: ${outcome.reason}`,
        'Have whoever runs the remote allow refs/lazyspec/* to be created, changed and removed; or keep leases elsewhere: [coordination] remote.',
        { details: outcome.details },
      );
    case 'unreachable': {
      const { message, remedy = '', details } = remoteFailure(outcome.code, name, [outcome.detail]);
      return failed(CHECK, `writing fails: ${message}`, remedy, { details });
    }
    case 'cancelled':
      throw new LazyspecError('CANCELLED', 'interrupted');
    default: {
      const details = outcome && 'detail' in outcome ? [outcome.detail] : [];
      return failed(
        CHECK,
        `'${name}' did not take ${what}`,
        'Run doctor again. If it stays so, keep leases on another remote: [coordination] remote.',
        { details },
      );
    }
  }
}

function takenAllTheSame(
  name: string,
  { reason, details }: Extract<SwapOutcome, { kind: 'refused' }>,
): Finding {
  return warning(
    CHECK,
    `'${name}' makes a new ref, and then says that it does not: ${reason}`,
    'Leases work, because each write is looked at again, but slowly. Whoever runs the remote can see in its log what fails.',
    { details },
  );
}

/** Something that should have been stale was not. @throws {LazyspecError} CANCELLED */
function notStale(name: string, what: string, outcome: SwapOutcome): Finding {
  return outcome.kind === 'applied' ? unsafe(name, what) : notTaken(name, 'a swap', outcome);
}

function unsafe(name: string, what: string): Finding {
  return failed(
    CHECK,
    `'${name}' does not compare before it swaps: ${what}`,
    'Two could hold one document: do not keep leases there. Name another remote: [coordination] remote.',
  );
}

/** Removes what an unfinished probe has left. @returns what is to be said of it */
async function removeProbe({ remote, store }: Side, ref: string): Promise<Finding[]> {
  try {
    // A swap that was cut off on this side may still be applied on the other: stale, look again.
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      await remote.fetch([ref]);
      const [left] = await store.read([ref]);
      if (!left) return [];
      const change = { ref, expected: left.oid, next: undefined };
      const outcome = await patiently(() => remote.swap([change]));
      if (outcome.kind === 'applied') return [];
      // Or it was refused, and done all the same.
      if (outcome.kind !== 'stale' && attempt > 0) break;
    }
    // It stays there; only this clone's copy goes.
    const forgotten = { ref, expected: undefined, next: undefined };
    if (remote.name !== '.') await store.remember([forgotten]);
  } catch (error) {
    // Nothing can be removed where nothing can be reached; whether anything is there is unknown.
    if (error instanceof LazyspecError && error.code.startsWith('REMOTE_')) return [];
    throw error;
  }
  const remedy =
    remote.name === '.'
      ? `git update-ref -d ${ref}`
      : `git push --no-verify ${remote.name} :${ref}`;
  return [warning('leftovers', `the scratch ref ${ref} is still on '${remote.name}'`, remedy)];
}

/**
 * Removes the scratch refs of runs that were killed, as far as they were just fetched, and this
 * clone's copies of those that belong to runs of others.
 * @param now seconds since 1970
 */
export async function removeOldProbes({ remote, store }: Side, now: number): Promise<Finding[]> {
  const probes = await store.list(PROBE_REFS);
  let removed = 0;
  for (const { ref, oid, committed } of probes) {
    const change = { ref, expected: oid, next: undefined };
    if (now - (committed ?? 0) > OLD) {
      const outcome = await patiently(() => remote.swap([change]));
      if (outcome.kind === 'applied') removed += 1;
    } else if (remote.name !== '.') {
      await store.remember([change]);
    }
  }
  if (removed === 0) return [];
  return [ok('leftovers', `removed ${removed} scratch refs that earlier runs had left`)];
}
