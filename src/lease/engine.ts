/**
 * Look, decide, swap; again if the look was out of date.
 *
 * Guarantees: each swap expects exactly what its decision was made from, so no lease is created,
 * moved or deleted that was not just seen. Several documents are one swap: all or none. Nothing
 * is reported as done that the remote did not confirm; what cannot be known is INDETERMINATE.
 *
 * Not guaranteed: that clocks agree (takeover.ts), or that whoever may push plays by the rules.
 */

import type { DocumentId } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import type { RefChange, RefStore, SwapOutcome } from '../git/ref-store.ts';
import type { Remote } from '../git/remote.ts';
import type { Observations } from '../state/observations.ts';
import type { Decision, Delete, Refusal, Write } from './decide.ts';
import { commitMessage } from './decide.ts';
import { contended, indeterminate, isUntaken, notShown, overTooSoon, untaken } from './failures.ts';
import { serializeRecord } from './record.ts';
import { settled } from './settled.ts';
import type { HeldView, View } from './view.ts';
import { leaseRef, viewOf } from './view.ts';

export interface Engine {
  store: RefStore;
  remote: Remote;
  observations: Observations;
  /** Seconds since 1970. */
  now: () => number;
  /** How often to try again after losing a race. */
  maxRetries: number;
  /** Waits some milliseconds; rejects where it is interrupted. */
  pause: (milliseconds: number) => Promise<unknown>;
  signal?: AbortSignal | undefined;
}

/** @param observedFor seconds that this clone has seen the view's commit, unchanged */
export type Decide = (view: View, document: DocumentId, observedFor: number) => Decision;

/** A push that fails in a way that nobody knows, over and over, is not mended by more of them. */
const UNKNOWN_RETRIES = 2;
/** Lost tries without a visible lease after which the remote counts as hiding leases. */
const UNSEEN_RETRIES = 3;

export type Executed = { refused: (Refusal & { document: DocumentId })[] } | { done: Done[] };

export interface Done {
  document: DocumentId;
  ref: string;
  decision: Write | Delete;
  /** The lease as it was written. */
  view?: HeldView | undefined;
}

/**
 * What this clone knows of the documents' leases; fresh only after a fetch.
 * @param after what is to happen before
 */
export async function look(
  engine: Engine,
  documents: readonly DocumentId[],
  after?: Promise<unknown>,
): Promise<Map<string, View>> {
  const views = new Map<string, View>(
    documents.map((document) => [leaseRef(document), { state: 'absent' }]),
  );
  for (const stored of await engine.store.read([...views.keys()], after)) {
    views.set(stored.ref, viewOf(stored));
  }
  return views;
}

/**
 * Brings about what `decide` wants for every document, or nothing at all.
 * Uncontended this is one connection: the swap is first tried on what this clone remembers.
 * @param fetchFirst look at the remote before deciding
 * @throws {LazyspecError} CONTENDED, REMOTE_*, INDETERMINATE, CANCELLED
 */
export async function execute(
  engine: Engine,
  documents: readonly DocumentId[],
  decide: Decide,
  fetchFirst: boolean,
): Promise<Executed> {
  if (documents.length === 0) return { done: [] };
  const tries: Tries = { lost: 0, unseen: 0, unknown: 0, over: false };
  try {
    return await swapUntilSettled(engine, documents, decide, fetchFirst, tries);
  } catch (error) {
    // Of a remote that was looked at after each of several broken connections enough is known.
    const doubt =
      isUntaken(error) && tries.doubt?.mayStillLand === 'broke' ? undefined : tries.doubt;
    if (doubt) throw indeterminate(engine.remote.name, doubt.detail, error);
    if (!tries.over || TOLD.has((error as LazyspecError).code)) throw error;
    throw overTooSoon(engine.remote.name, error);
  }
}

/** Failures that leave nothing to be said of a lease that was over too soon. */
const TOLD = new Set<unknown>(['LEASE_EXPIRED', 'INDETERMINATE']);

interface Tries {
  lost: number;
  /** Of these, how often a fresh look had shown no lease, and a push found one. */
  unseen: number;
  unknown: number;
  /** A write of ours was known of when the lease that it wrote was over. */
  over: boolean;
  /** What became of a write that was cut off on its way, and may land later. */
  doubt?: Extract<SwapOutcome, { kind: 'unknown' }> | undefined;
}

async function swapUntilSettled(
  engine: Engine,
  documents: readonly DocumentId[],
  decide: Decide,
  fetchFirst: boolean,
  tries: Tries,
): Promise<Executed> {
  const refs = documents.map(leaseRef);
  // With `remote = "."` what this clone holds is the truth.
  let fresh = engine.remote.name === '.';
  if (fetchFirst) fresh = await refresh(engine, refs);

  for (;;) {
    // 1. Look, and decide.
    const views = await look(engine, documents);
    const ages = fresh ? noteSighting(engine, views) : undefined;
    const decisions = documents.map((document, index) => {
      const ref = refs[index] ?? '';
      const view = views.get(ref) ?? { state: 'absent' };
      return { document, ref, decision: decide(view, document, ages?.get(ref) ?? 0) };
    });

    // 2. A refusal needs a fresh look to be final.
    const refused = decisions.filter(({ decision }) => decision.action === 'refuse');
    if (refused.length > 0) {
      if (fresh) return { refused: refused.map(asRefusal) };
      fresh = await refresh(engine, refs);
      continue;
    }

    // 3. One compare-and-swap of everything.
    const done = decisions as Done[];
    const committed = engine.now();
    const changes = await prepare(engine, done, committed);
    const outcome = await engine.remote.swap(changes);
    if (outcome.kind === 'applied' || (await settled(engine, outcome, changes))) {
      // What was cut off before expected another lease, and lands no more.
      tries.doubt = undefined;
      if (!isOver(done, engine.now())) {
        return { done: done.map((one, index) => withView(one, changes[index]?.next, committed)) };
      }
      // Whoever was stopped for so long may have lost again what the remote had taken.
      tries.over = true;
      tries.lost += 1;
      if (tries.lost > engine.maxRetries) throw overTooSoon(engine.remote.name);
      fresh = await refresh(engine, refs);
      continue;
    }
    if (outcome.kind === 'unknown' && outcome.mayStillLand && tries.doubt?.mayStillLand !== 'cut') {
      tries.doubt = outcome;
    }

    // 4. Somebody was faster, or a lock was busy: look again, a bounded number of times.
    await pauseAfter(outcome, changes, tries, fresh, engine);
    // An unknown outcome has been followed by a look already.
    fresh = outcome.kind === 'unknown' || (await refresh(engine, refs));
  }
}

/**
 * Counts a try that was lost, and waits longer after each. One that rested on a copy which was
 * not fresh has only found out that the copy is old: no race was lost.
 * @throws when it was the last
 */
async function pauseAfter(
  outcome: SwapOutcome,
  changes: readonly RefChange[],
  tries: Tries,
  fresh: boolean,
  engine: Engine,
): Promise<void> {
  if (fresh) tries.lost += 1;
  const isUnseen = outcome.kind === 'stale' && changes.every(({ expected }) => !expected);
  if (fresh && isUnseen) tries.unseen += 1;
  tries.unknown = outcome.kind === 'unknown' ? tries.unknown + 1 : 0;
  if (tries.unknown > UNKNOWN_RETRIES) throw untaken(engine.remote.name, outcome);
  // Fewer may be lost races: somebody claimed and released in between.
  const isHidden = tries.unseen >= UNSEEN_RETRIES && tries.unseen === tries.lost;
  if (tries.lost > engine.maxRetries && isHidden) {
    throw notShown(engine.remote.name);
  }
  if (tries.lost > engine.maxRetries) throw contended(engine.remote.name, tries.lost, outcome);
  // A race that was lost for the first time is looked at again at once.
  if (tries.lost > 1 || outcome.kind === 'contended') await backOff(tries.lost, engine);
}

function isOver(done: readonly Done[], now: number): boolean {
  return done.some(({ decision }) => decision.action === 'write' && decision.lease.expires < now);
}

async function refresh({ remote }: Engine, refs: readonly string[]): Promise<true> {
  await remote.fetch(refs);
  return true;
}

/**
 * Notes what a fresh look has shown. @returns seconds that each lease has been seen unchanged
 */
export function noteSighting(engine: Engine, views: Map<string, View>): Map<string, number> {
  const seen = new Map<string, string>();
  for (const [ref, view] of views) if (view.state !== 'absent') seen.set(ref, view.commit);
  return engine.observations.observe(seen, (ref) => views.has(ref));
}

function asRefusal({ document, decision }: { document: DocumentId; decision: Decision }) {
  return { ...(decision as Refusal), document };
}

function withView(done: Done, commit: string | undefined, committed: number): Done {
  const { decision } = done;
  if (decision.action !== 'write' || commit === undefined) return done;
  return { ...done, view: { state: 'held', commit, committed, lease: decision.lease } };
}

/**
 * Writes the lease commits, each with a nonce of its own; no ref points at them yet.
 * @param time of the commits, seconds since 1970
 */
async function prepare(
  { store }: Engine,
  done: readonly Done[],
  time: number,
): Promise<RefChange[]> {
  const writes = done.flatMap(({ document, decision }) =>
    decision.action === 'write' ? [{ document, decision }] : [],
  );
  // Loaded by whoever writes: a gate does not.
  const { randomBytes } = await import('node:crypto');
  const oids = await store.write(
    writes.map(({ document, decision }) => ({
      author: decision.lease.agent,
      time,
      message: `${commitMessage(decision, document)}\n`,
      content: serializeRecord({ ...decision.lease, nonce: randomBytes(16).toString('hex') }),
    })),
  );
  const next = oids[Symbol.iterator]();
  return done.map(({ ref, decision }) => ({
    ref,
    expected: decision.expected,
    next: decision.action === 'write' ? next.next().value : undefined,
  }));
}

async function backOff(attempt: number, { pause }: Engine): Promise<void> {
  const longest = Math.min(2_000, 25 * 2 ** attempt);
  await pause(longest * Math.random()).catch(() => {
    throw new LazyspecError('CANCELLED', 'interrupted; nothing was changed');
  });
}
