/**
 * What must hold, written down once more and independently of src: what a swap may change, and
 * what a process may say at its end. Each function tells what is wrong, or undefined.
 */
import type { LazyspecError } from '../../src/errors.ts';
import type { HeldView, View } from '../../src/lease/view.ts';
import type { Commit, Commits } from './commits.ts';
import { NONE } from './commits.ts';
import type { Ended } from './process.ts';
import type { Command, Setup } from './setup.ts';
import { documentAt, GRACE, idOf, MAX_LEASE, MAX_SKEW } from './setup.ts';
import type { Running, State } from './world.ts';

export interface Facts {
  setup: Setup;
  commits: Commits;
  running: Running;
  agent: string;
  place: number;
}

/** A swap that the remote takes: nothing is created, moved or deleted but by right. */
export function swapProblem(
  facts: Facts & { before: readonly Commit[]; state: State },
): string | undefined {
  const { running, before, commits } = facts;
  const { history } = running;
  const { command, swaps, seen } = history;
  if (command.documents !== 'all' && swaps.length !== command.documents.length) {
    return 'a batch is swapped in part';
  }
  for (const { index, next } of swaps) {
    const there = before[index] ?? NONE;
    const of = idOf(index);
    if (there !== seen[index]) return `${of}: changes a lease that it was not just shown`;
    if (there === next)
      return `${of}: the swap changes nothing, and two would be told that they won`;
    const problem = rightProblem(facts, index, commits.view(there), commits.view(next));
    if (problem) return `${of}: ${problem}`;
  }
  return undefined;
}

function rightProblem(
  facts: Facts & { state: State },
  document: number,
  before: View,
  after: View,
): string | undefined {
  const { agent, running } = facts;
  const { command, decided } = running.history;
  const claims = command.name === 'claim' || command.name === 'force';
  if (after.state === 'malformed') return 'writes what nobody can read';
  if (after.state === 'absent') return deletionProblem(command, agent, before);
  if (!claims && command.name !== 'heartbeat') return `${command.name} writes a lease`;
  if (after.lease.agent !== agent) return 'writes a lease for another';
  if (after.committed !== decided.wall) return 'dates a lease by another clock than its own';
  if (after.lease.expires <= decided.wall) return 'writes a lease that has run out';
  if (after.lease.expires > decided.wall + MAX_LEASE) return 'writes too long a lease';
  if (before.state === 'malformed') return 'takes a lease that it cannot read';
  if (before.state === 'absent') {
    return claims ? undefined : 'renews a lease that is lost';
  }
  if (before.lease.agent === agent) {
    if (after.lease.acquired !== before.lease.acquired) return 'a renewal forgets since when';
    const granted = Math.min(before.lease.expires, decided.wall + MAX_LEASE);
    return after.lease.expires < granted ? 'a renewal shortens a lease' : undefined;
  }
  if (command.name !== 'force') return 'takes a lease of another without --force';
  return mayTake(facts, document, before) ? undefined : 'takes over before the rule allows';
}

function deletionProblem(command: Command, agent: string, before: View): string | undefined {
  if (command.name !== 'release' && command.name !== 'admin') return `${command.name} deletes`;
  if (before.state === 'absent') return 'deletes what is not there';
  const holder = before.state === 'held' ? before.lease.agent : '?';
  const entitled = command.name === 'admin' ? command.holder : agent;
  return holder === entitled ? undefined : `deletes the lease of '${holder}'`;
}

/** The rule of takeover, from docs/protocol.md. */
function mayTake(
  { setup, running, state, place }: Facts & { state: State },
  document: number,
  view: HeldView,
) {
  const { wall, uptime } = running.history.decided;
  const { committed, lease } = view;
  const length = Math.min(lease.ttl ?? lease.expires - committed, MAX_LEASE);
  const ranOut = wall > committed + length + GRACE;
  const believed = lease.expires <= committed + MAX_LEASE;
  const expired = !believed || wall > lease.expires + GRACE;
  const byClock = committed <= wall + MAX_SKEW && ranOut && expired;
  const clone = setup.places[place]?.clone ?? -1;
  const firstShown = state.clones[clone]?.shown[document] ?? -1;
  const byObservation = firstShown >= 0 && uptime - firstShown > length + GRACE;
  return byObservation || (setup.takeover === 'clock' && byClock);
}

/** What a process says at its end is true. */
export function endProblem(facts: Facts): string | undefined {
  const { ended } = facts.running.history;
  if (!ended) return undefined;
  if (ended.kind === 'broken') return `it breaks: ${(ended.error as Error)?.stack}`;
  if (ended.kind === 'done') return doneProblem(facts, ended);
  if (ended.kind === 'gate') return gateProblem(facts, ended);
  return errorProblem(facts, ended);
}

function doneProblem({ running }: Facts, { results }: Extract<Ended, { kind: 'done' }>) {
  const { landed, gone, history } = running;
  const { documents } = history.command;
  const expected = documents === 'all' ? history.swaps.length : documents.length;
  if (results.length !== expected) return `says that ${results.length} of ${expected} are done`;
  if (expected === 0 || landed === 'told' || landed === 'proven' || gone) return undefined;
  return 'says that it is done, and it is not';
}

function gateProblem(facts: Facts, { result }: Extract<Ended, { kind: 'gate' }>) {
  const { running } = facts;
  const { documents } = running.history.command;
  if (result.documents.length !== documents.length) return 'passes over a document';
  if (result.ok !== result.documents.every(({ verdict }) => verdict === 'pass')) {
    return 'passes though it refuses';
  }
  for (const { id, verdict } of result.documents) {
    if (!isTrue(facts, id, verdict)) return `says ${verdict} of ${id}, and that is not so`;
  }
  return undefined;
}

/** Refusals of what was asked for; each names what the remote holds. */
const REFUSALS: ReadonlySet<LazyspecError['code']> = new Set([
  'HELD_BY_OTHER',
  'NOT_EXPIRED',
  'CLOCK_SKEW',
  'LEASE_LOST',
  'NOT_HOLDER',
  'LEASE_NOT_FOUND',
  'MALFORMED_LEASE',
]);

function errorProblem(facts: Facts, { code, documents }: Extract<Ended, { kind: 'error' }>) {
  const { running, setup } = facts;
  const { landed, history } = running;
  const unknown = history.outcome === 'unknown' && history.away;
  if (code === 'INDETERMINATE') {
    return unknown ? undefined : 'says that it cannot know, and it can';
  }
  // A lease that was over before its write was known of is no success, and is said to be none.
  if (history.over && code === 'LEASE_EXPIRED') {
    return unknown ? 'says that it ran out, and cannot know' : undefined;
  }
  const applied = landed !== 'not' && landed !== 'covered' && !history.over;
  if (applied) return `says ${code}, and its swap was applied`;
  if (REFUSALS.has(code)) {
    if (documents.length === 0) return `says ${code} of nothing`;
    for (const one of documents) {
      if (!isTrue(facts, one.id, one.code)) return `says ${one.code} of ${one.id}: not so`;
    }
    return undefined;
  }
  if (history.over) return `says ${code}, and what it wrote ran out`;
  if (code === 'CONTENDED') {
    const fair = history.lostFresh > setup.maxRetries;
    return fair ? undefined : `gives up after ${history.lostFresh} lost races`;
  }
  if (code === 'REMOTE_UNREACHABLE') {
    const away = history.away || history.outcome === 'unreachable';
    return away ? undefined : 'says that the remote is away, and it is not';
  }
  if (code === 'REMOTE_REFUSED') {
    const refused = history.outcome === 'refused' || history.outcome === 'unknown';
    return refused ? undefined : 'says that the remote refused, and it did not';
  }
  return `ends with ${code}`;
}

/** Whether what is said of a document was so of something that the remote held. */
function isTrue({ running, agent, commits }: Facts, id: string, code: string): boolean {
  const { command, wall } = running.history;
  const witnesses = running.witness[documentAt(id)] ?? [];
  const holder = command.name === 'admin' ? command.holder : agent;
  return witnesses.some((commit) => {
    const view = commits.view(commit);
    if (view.state === 'absent') {
      return code === 'NOT_CLAIMED' || code === 'LEASE_LOST' || code === 'LEASE_NOT_FOUND';
    }
    if (view.state === 'malformed') {
      return code === 'MALFORMED_LEASE' || (code === 'NOT_HOLDER' && holder !== '?');
    }
    if (view.lease.agent === holder) {
      return code === (view.lease.expires >= wall ? 'pass' : 'LEASE_EXPIRED');
    }
    if (command.name === 'gate') return code === 'HELD_BY_OTHER';
    const claims = ['HELD_BY_OTHER', 'NOT_EXPIRED', 'CLOCK_SKEW'].includes(code);
    if (command.name === 'claim') return code === 'HELD_BY_OTHER';
    if (command.name === 'force') return claims && code !== 'HELD_BY_OTHER';
    return code === (command.name === 'heartbeat' ? 'LEASE_LOST' : 'NOT_HOLDER');
  });
}

/** Run alone and without faults, a command reaches the end that the leases allow. */
export function aloneProblem(
  facts: Pick<Facts, 'commits' | 'agent'> & { documents: number; wall: number },
  command: Command,
  before: readonly Commit[],
  ended: Ended | undefined,
  after: readonly Commit[],
): string | undefined {
  const { commits, agent, wall } = facts;
  const all = Array.from({ length: facts.documents }, (_, index) => index);
  const named = command.documents === 'all' ? all : command.documents;
  const view = (refs: readonly Commit[], index: number) => commits.view(refs[index] ?? NONE);
  const isMine = (refs: readonly Commit[], index: number) => {
    const found = view(refs, index);
    return found.state === 'held' && found.lease.agent === agent;
  };
  const done = ended?.kind === 'done';
  const unchanged = all.every((index) => before[index] === after[index]);
  if (!ended || ended.kind === 'broken') return 'alone, it does not end';
  if (!done && !unchanged) return 'alone, it changes a lease and fails';
  if (ended.kind === 'error' && !REFUSALS.has(ended.code)) return `alone, it ends ${ended.code}`;
  const ours = named.filter((index) => isMine(before, index));
  const free = named.filter((index) => before[index] === NONE);
  if (command.documents === 'all') {
    if (!done) return 'alone, it fails for what it holds';
    const left = named.filter((index) => isMine(after, index)).length;
    return left === (command.name === 'release' ? 0 : ours.length) ? undefined : 'alone, not all';
  }
  if (command.name === 'gate') {
    const live = ours.every((index) => {
      const found = view(before, index);
      return found.state === 'held' && found.lease.expires >= wall;
    });
    const may = ours.length === named.length && live;
    const passes = ended.kind === 'gate' && ended.result.ok;
    return passes === may ? undefined : `alone, it ${passes ? 'passes' : 'does not pass'}`;
  }
  if (command.name === 'claim' || command.name === 'force') {
    const may = ours.length + free.length === named.length;
    if (may && !done) return 'alone, it fails to claim';
    if (!may && done && command.name === 'claim') return 'alone, it claims what is held';
    return done && !named.every((index) => isMine(after, index)) ? 'alone, not claimed' : undefined;
  }
  const entitled =
    command.name === 'admin'
      ? named.filter((index) => {
          const found = view(before, index);
          return (
            (found.state === 'held' ? found.lease.agent : '?') === command.holder &&
            !free.includes(index)
          );
        })
      : ours;
  const may = entitled.length === named.length;
  if (may !== done) return `alone, it ${done ? 'is done' : 'fails'}`;
  if (!done) return undefined;
  const held = named.filter((index) => after[index] !== NONE).length;
  const wanted = command.name === 'heartbeat' ? named.length : 0;
  return held === wanted ? undefined : 'alone, it has not done what it says';
}
