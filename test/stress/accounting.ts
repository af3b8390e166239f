/**
 * Who did what: every transaction of the remote is one process's, and every success one
 * transaction. A process that was killed, or could not find out, may account for one transaction
 * or for none. Which is whose is a bipartite matching; by the theorem of Mendelsohn and Dulmage
 * all transactions and all successes can be matched at once if each can be on its own.
 *
 * A process may write more than once where its first write was in vain: the lease was over before
 * the process knew of it, so it looked again, whatever it found then. Or the answer to the first
 * write was lost, and it renewed what it found to be its own.
 */
import type { Commit, History, Move, Process, Transaction, Violation } from './history.ts';
import type { Request, Told } from './request.ts';
import { answerOf, refOf, requestOf, seconds } from './request.ts';

export interface Accounts {
  violations: Violation[];
  /** Which process each transaction is put down to. */
  author: Map<Transaction, Process>;
  /** Writes that a process did again, because the answer to the first was lost. */
  repeated: number;
  /** Writes of leases that were over before their process knew of them. */
  inVain: number;
}

interface Actor {
  process: Process;
  request: Request;
  /** What it said that it wrote, by ref; undefined: nothing, or it said nothing at all. */
  wrote: Map<string, Told> | undefined;
  /** It did not say whether it wrote. */
  unknown: boolean;
  /** It says that all it wrote was in vain. */
  late: boolean;
}

export function account({ processes, transactions, commits }: History): Accounts {
  const actors = processes.flatMap((process) => actorOf(process) ?? []);
  const writers = actors.filter(({ wrote, unknown }) => wrote !== undefined || unknown);
  const matches = (actor: Actor, transaction: Transaction) =>
    isOf(actor, transaction, commits) && saysSo(actor, transaction, commits);
  const vainBy = (transaction: Transaction) =>
    actors.find((actor) => wasInVain(actor, transaction, commits));
  const violations: Violation[] = [];

  const successes = actors.filter(({ wrote }) => wrote !== undefined);
  for (const { process } of unmatched(successes, transactions, matches).left) {
    violations.push({
      rule: 'a success that no transition accounts for',
      text: `${describe(process)} reported ${JSON.stringify(process.output)}`,
      processes: [process.id],
    });
  }

  // Those that cannot have been in vain come first: who has a partner keeps one.
  const [certain, vain] = [
    transactions.filter((one) => !vainBy(one)),
    transactions.filter((one) => vainBy(one)),
  ];
  const { left, pairs } = unmatched([...certain, ...vain], writers, (one, actor) =>
    matches(actor, one),
  );
  const author = new Map([...pairs].map(([one, actor]) => [one, actor.process]));
  let [repeated, inVain] = [0, 0];
  for (const transaction of left) {
    const late = vainBy(transaction);
    const again = late ?? actors.find((actor) => wroteAgain(actor, transaction));
    if (late) inVain += 1;
    else if (again) repeated += 1;
    if (again) author.set(transaction, again.process);
    else violations.push(unaccounted(transaction, processes, commits));
  }

  for (const actor of actors) {
    if (!actor.late || transactions.some((one) => wasInVain(actor, one, commits))) continue;
    violations.push({
      rule: 'a lease that was over and never was',
      text: describe(actor.process),
      processes: [actor.process.id],
    });
  }
  return { violations, author, repeated, inVain };

  /** The answer to its first write was lost: it looked, saw its own lease, and renewed that. */
  function wroteAgain(actor: Actor, first: Transaction): boolean {
    if (!actor.wrote || !isOf({ ...actor, wrote: undefined }, first, commits)) return false;
    const next = transactions.find((later) => author.get(later) === actor.process);
    return (
      next !== undefined &&
      next.moves.length === first.moves.length &&
      first.moves.every(({ ref, to }) =>
        next.moves.some((move) => to !== undefined && move.ref === ref && move.from === to),
      )
    );
  }
}

/** Whether it may be a write of a process that still ran when a lease in it was over. */
function wasInVain(actor: Actor, transaction: Transaction, commits: History['commits']): boolean {
  const over = transaction.moves.some(({ to }) => {
    const lease = commits[to ?? ''];
    return lease && lease.record.expires < Math.floor(actor.process.end / 1000);
  });
  return over && isOf({ ...actor, wrote: undefined }, transaction, commits);
}

function actorOf(process: Process): Actor | undefined {
  const request = requestOf(process);
  if (!['claim', 'heartbeat', 'release'].includes(request.command)) return undefined;
  const answer = answerOf(process);
  const actor: Actor = { process, request, wrote: undefined, unknown: false, late: false };
  if (answer.kind === 'unknown') return { ...actor, unknown: true };
  if (answer.kind === 'refused') return { ...actor, late: answer.code === 'LEASE_EXPIRED' };
  if (answer.kind === 'broken') return undefined;
  const written = answer.documents.filter(({ skipped }) => !skipped);
  if (written.length === 0) return actor;
  const wrote = new Map(written.map((told) => [told.ref ?? refOf(told.released ?? ''), told]));
  return { ...actor, wrote };
}

/** Whether a process may have done a transaction, by its time, its documents and its command. */
function isOf(
  { process, request, wrote }: Actor,
  { prepared, landed, moves }: Transaction,
  commits: History['commits'],
): boolean {
  if (landed < process.start || prepared > process.end) return false;
  const refs = moves.map(({ ref }) => ref).sort();
  const some = request.all || request.options.has('min-interval');
  const named = (ref: string) => request.all || request.refs.includes(ref);
  if (!refs.every(named) || (!some && refs.length !== request.refs.length)) return false;
  if (wrote && (wrote.size !== refs.length || !refs.every((ref) => wrote.has(ref)))) return false;
  return moves.every((move) => mayDo(process, request, move, commits, landed));
}

function mayDo(
  process: Process,
  { command, force, options }: Request,
  { from, to }: Move,
  commits: History['commits'],
  landed: number,
): boolean {
  const [before, after] = [commits[from ?? ''], commits[to ?? '']];
  const { agent } = process;
  if (command === 'release') {
    const holder = options.get('expected-holder') ?? agent;
    return to === undefined && before?.record.agent === holder;
  }
  if (!after || after.record.agent !== agent) return false;
  // Written by this process: not before it began, nor after the remote took it.
  if (after.committed < Math.floor(process.start / 1000)) return false;
  if (after.committed > landed / 1000) return false;
  const mine = before?.record.agent === agent;
  if (command === 'heartbeat') return mine && after.record.note === before?.record.note;
  // Its note names the process that claims.
  if (after.record.note !== options.get('note')) return false;
  // A lease of its own from now on begins now.
  if (!mine && after.record.acquired < Math.floor(process.start / 1000)) return false;
  return before === undefined || mine || force;
}

/** Whether a transaction is what the process says that it did. */
function saysSo({ wrote }: Actor, { moves }: Transaction, commits: History['commits']): boolean {
  if (!wrote) return true;
  return moves.every(({ ref, from, to }) => {
    const told = wrote.get(ref);
    if (!told) return false;
    if (to === undefined) return told.released !== undefined;
    return isTold(told, commits[from ?? ''], commits[to]);
  });
}

function isTold(told: Told, before: Commit | undefined, after: Commit | undefined): boolean {
  if (!after || told.agent !== after.record.agent) return false;
  if (seconds(told.acquired) !== after.record.acquired) return false;
  if (seconds(told.expires) !== after.record.expires) return false;
  const holder = before?.record.agent;
  if (told.renewed) return holder === told.agent;
  return holder === told.tookOverFrom;
}

function unaccounted(
  { moves, landed }: Transaction,
  processes: readonly Process[],
  commits: History['commits'],
): Violation {
  const what = moves.map(({ ref, from, to }) => {
    const name = (oid: string | undefined) => {
      const commit = commits[oid ?? ''];
      return commit
        ? `${commit.record.agent}'s ${oid?.slice(0, 8)} (${commit.message.trim()})`
        : 'nothing';
    };
    return `${ref.split('/').at(-1)} from ${name(from)} to ${name(to)}`;
  });
  const about = processes.filter(
    ({ start, end, argv }) =>
      start <= landed &&
      end >= landed &&
      moves.some(({ ref }) => argv.includes('--all') || argv.some((word) => refOf(word) === ref)),
  );
  return {
    rule: 'a transition that no process can account for',
    text: `${what.join(', ')} at ${landed}`,
    processes: about.map(({ id }) => id),
  };
}

function describe({ id, agent, argv }: Process): string {
  return `${id} (${agent}: ${argv.join(' ')})`;
}

/** A largest matching, by augmenting paths. @returns the pairs, and who is left without one */
function unmatched<Left, Right>(
  lefts: readonly Left[],
  rights: readonly Right[],
  matches: (left: Left, right: Right) => boolean,
): { left: Left[]; pairs: Map<Left, Right> } {
  const edges = new Map(
    lefts.map((left) => [left, rights.filter((right) => matches(left, right))]),
  );
  const taken = new Map<Right, Left>();
  const place = (left: Left, tried: Set<Right>): boolean =>
    (edges.get(left) ?? []).some((right) => {
      if (tried.has(right)) return false;
      tried.add(right);
      const other = taken.get(right);
      if (other !== undefined && !place(other, tried)) return false;
      taken.set(right, left);
      return true;
    });
  const left = lefts.filter((one) => !place(one, new Set()));
  return { left, pairs: new Map([...taken].map(([right, one]) => [one, right])) };
}
