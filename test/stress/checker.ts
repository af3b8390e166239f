/**
 * Judges the history of a race, knowing nothing of how the program works: only what it promises.
 *
 * - The remote's own record is without a gap: each move begins where the one before it ended, the
 *   last one is what is there, and git's reflog tells the same. No update is lost.
 * - Each transition is one process's, each success one transition; who was refused changed
 *   nothing, but for leases that were over at once; several documents move together or not at all; nobody renews or releases a lease of
 *   somebody else's (accounting.ts). So a lease that is granted has one winner.
 * - A lease changes hands only after the takeover rule allows it, and a renewal is one.
 * - What a process says of leases was so at some moment of its run (truth.ts): a gate that passed
 *   had its lease, a refusal its reason.
 */
import { account } from './accounting.ts';
import type { Commit, History, Move, Rules, Transaction, Violation } from './history.ts';
import { requestOf } from './request.ts';
import { Timeline } from './timeline.ts';
import { untruths } from './truth.ts';

export interface Verdict {
  violations: Violation[];
  /** Writes that a process did again because the answer to the first was lost. */
  repeated: number;
  /** Writes of leases that were over before their process knew of them. */
  inVain: number;
  /** Transactions of processes that were killed, or could not find out. */
  unanswered: number;
}

export function check(history: History): Verdict {
  const { violations, author, repeated, inVain } = account(history);
  const unanswered = [...author.values()].filter(({ output }) => output === undefined).length;
  const heartbeats = new Set(
    [...author].flatMap(([one, by]) => (requestOf(by).command === 'heartbeat' ? [one] : [])),
  );
  const written = new Map(
    history.transactions.flatMap(({ moves, prepared }) =>
      moves.flatMap(({ to }) => (to === undefined ? [] : [[to, prepared] as const])),
    ),
  );
  return {
    violations: [
      ...gaps(history),
      ...otherEnds(history),
      ...copies(history),
      ...history.transactions.flatMap((one) =>
        one.moves.flatMap((move) =>
          wrongMove(history, one, move, heartbeats.has(one), written.get(move.from ?? '') ?? 0),
        ),
      ),
      ...violations,
      ...untruths(history.processes, new Timeline(history)),
    ],
    repeated,
    inVain,
    unanswered,
  };
}

function found(rule: string, text: string): Violation {
  return { rule, text, processes: [] };
}

function gaps({ transactions }: History): Violation[] {
  const now = new Map<string, string | undefined>();
  return transactions.flatMap(({ moves, landed }) =>
    moves.flatMap(({ ref, from, to }) => {
      const there = now.get(ref);
      now.set(ref, to);
      if (there === from) return [];
      return [
        found('a lost update', `${ref} went from ${from} to ${to} at ${landed}, but was ${there}`),
      ];
    }),
  );
}

function otherEnds({ transactions, final, reflogs }: History): Violation[] {
  const moves = new Map<string, Move[]>();
  for (const move of transactions.flatMap((one) => one.moves)) {
    const { ref } = move;
    // git forgets the log of a ref that it deletes.
    const before = move.from === undefined ? [] : (moves.get(ref) ?? []);
    moves.set(ref, move.to === undefined ? [] : [...before, move]);
  }
  const refs = new Set([...moves.keys(), ...Object.keys(final)]);
  return [...refs].flatMap((ref) => {
    const [told = [], logged = []] = [moves.get(ref), reflogs[ref]];
    const end = told.at(-1)?.to;
    if (final[ref] !== end) {
      return [found('another end', `${ref} is ${final[ref]}, and was last moved to ${end}`)];
    }
    const same = logged.length === told.length && logged.every(({ to }, i) => to === told[i]?.to);
    if (same) return [];
    const steps = (list: Move[]) => list.map(({ to }) => to?.slice(0, 8)).join(' ');
    return [found('another reflog', `${ref}: ${steps(logged)} in the reflog, ${steps(told)} here`)];
  });
}

/** Two writes that are one commit would both be told that they had succeeded. */
function copies({ transactions, commits }: History): Violation[] {
  const seen = new Set<string>();
  return transactions
    .flatMap(({ moves }) => moves)
    .flatMap(({ ref, to }) => {
      if (to === undefined) return [];
      const nonce = commits[to]?.record.nonce;
      if (nonce === undefined) return [];
      const again = seen.has(to) || seen.has(nonce) || !/^[0-9a-f]{32}$/.test(nonce);
      seen.add(to).add(nonce);
      return again
        ? [found('a write that is not like no other', `${ref} ${to}, nonce ${nonce}`)]
        : [];
    });
}

function wrongMove(
  { commits, rules }: History,
  { landed }: Transaction,
  { ref, from, to }: Move,
  isHeartbeat: boolean,
  since: number,
): Violation[] {
  const [before, after] = [commits[from ?? ''], commits[to ?? '']];
  if (!after) {
    return to === undefined ? [] : [found('a lease that cannot be read', `${ref} ${to}`)];
  }
  const [old, record] = [before?.record, after.record];
  const wrong: [string, boolean][] = [
    ['a lease with a past', after.parents > 0],
    ['a lease longer than any may be', record.expires > after.committed + rules.longest],
    ['a lease that is over when it begins', record.expires < record.acquired + 1],
    ['a takeover before its time', tookTooEarly(before, since, after, landed, rules)],
    [
      'a renewal that is a new claim',
      old?.agent === record.agent && old.acquired !== record.acquired,
    ],
    ['a claim dated ahead', old?.agent !== record.agent && record.acquired > after.committed],
    ['a heartbeat that shortens', isHeartbeat && record.expires < (old?.expires ?? 0)],
  ];
  return wrong.flatMap(([rule, is]) =>
    is
      ? [found(rule, `${ref} at ${landed}: ${JSON.stringify(old)} → ${JSON.stringify(record)}`)]
      : [],
  );
}

/** Neither by the clock nor by observation can a lease be taken while its time and grace last. */
function tookTooEarly(
  before: Commit | undefined,
  since: number,
  after: Commit,
  landed: number,
  { grace, longest, takeover }: Rules,
): boolean {
  if (!before || before.record.agent === after.record.agent) return false;
  // Nobody can have observed a lease before the remote had it.
  const start = takeover === 'observed' ? since / 1000 : before.committed;
  const free = start + Math.min(before.record.ttl, longest) + grace;
  // The decision was made in the second in which the new lease begins.
  return after.record.acquired + 1 <= free || landed <= free * 1000;
}
