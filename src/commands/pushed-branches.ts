/** Judges the branches of a push: which documents they change, and whether they change the rules. */
import type { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import type { History } from '../git/history.ts';
import { newHistory, straightWay } from '../git/history.ts';
import type { Move, Scope } from '../git/silent-changes.ts';
import { changeIn, changeOfMoves } from '../git/update-changes.ts';
import { judgeAddedRules, judgeNewRules, judgeRepairs } from '../server/changed-rules.ts';
import type { Push } from '../server/push.ts';
import { refused } from '../server/refused.ts';
import type { Rules } from '../server/rules.ts';
import { judgedPaths } from '../server/rules.ts';
import type { Update } from '../server/updates.ts';
import { branchName } from '../server/updates.ts';
import type { Changed } from './pushed-documents.ts';
import { changedIn, refusedDocuments } from './pushed-documents.ts';

/** So many branches that are no plain continuation, or have rules of their own, in one push. */
const MOST_APART = 50;

/** @returns what is refused */
export async function judgeBranches(
  push: Push,
  updates: readonly Update[],
): Promise<LazyspecError[]> {
  const { groups, broken, refusals } = grouped(push, updates);
  refusals.push(...(await judgeRepairs(push, broken)));
  if (groups.length > MOST_APART) throw tooMuch();
  const changed: Changed[] = [];
  let apart = 0;
  for (const { rules, moves, created } of groups) {
    const take = async (change: Change) => {
      changed.push(...(await changedIn(push, rules, change)));
      return change;
    };
    for await (const { some, history, isStraight } of together(push, moves)) {
      if (!isStraight && ++apart > MOST_APART) throw tooMuch();
      const change = await take(
        await changeIn(push.served.git, some, history, scopeOf(push, rules, some)),
      );
      refusals.push(...(await judgeNewRules(push, rules, some, change)));
    }
    if (created.length === 0) continue;
    const added = await take(
      await changeOfMoves(push.served.git, created, scopeOf(push, rules, [])),
    );
    refusals.push(...(await judgeAddedRules(push, rules, created, added)));
  }
  const documents = await refusedDocuments(push, changed);
  return documents ? [documents, ...refusals] : refusals;
}

/** So many commits are followed for all branches together. */
const MOST_STEPS = 200_000;

/**
 * Branches that only go on are judged together, with one process for any number; each other one by
 * itself, for what one branch has accepted is new to another.
 */
async function* together(push: Push, moves: readonly Move[]): AsyncGenerator<Together> {
  if (moves.length === 0) return;
  const historyOf = (some: readonly Move[]) => {
    const commits = [...some.flatMap(({ old }) => old ?? []), push.trunk];
    const nexts = some.map(({ next }) => next);
    return newHistory(push.served.git, nexts, { refs: [], commits });
  };
  const history = await historyOf(moves);
  const others: Move[] = [];
  const straight: Move[] = [];
  const ways = new Map<string, readonly string[]>();
  let steps = 0;
  for (const move of moves) {
    const { next, old = '' } = move;
    const way = steps < MOST_STEPS ? straightWay(history, next, old) : undefined;
    steps += way?.length ?? 0;
    (way ? straight : others).push(move);
    for (const commit of way ?? []) ways.set(commit, history.get(commit) ?? []);
  }
  if (straight.length > 0) yield { some: straight, history: ways, isStraight: true };
  for (const move of others) {
    const own = moves.length === 1 ? history : await historyOf([move]);
    yield { some: [move], history: own, isStraight: false };
  }
}

interface Together {
  some: Move[];
  /** Their new commits. */
  history: History;
  isStraight: boolean;
}

/** @param moves of which all or none are of the default branch; none: these are new branches */
function scopeOf(push: Push, rules: Rules, moves: readonly Move[]): Scope {
  const trunk = { ref: push.head, tip: push.trunk };
  const accepted =
    moves.length > 0
      ? { refs: [], commits: moves.some(({ ref }) => ref === push.head) ? [] : [push.trunk] }
      : { refs: ['--branches'], commits: [] };
  const { shallow } = push.served;
  return { paths: judgedPaths(rules), accepted, trunk: async () => trunk, shallow };
}

/** Branches that are judged by the same rules. */
interface Group {
  rules: Rules;
  moves: Move[];
  created: Move[];
}

function grouped(push: Push, updates: readonly Update[]) {
  const groups = new Map<string, Group>();
  const broken: (Update & { error: LazyspecError })[] = [];
  const refusals: LazyspecError[] = [];
  for (const update of updates) {
    const { ref, old, next } = update;
    const law = push.rulesOf(update);
    if (law.state === 'broken') broken.push({ ...update, error: law.error });
    if (law.state !== 'rules') continue;
    if (!next) {
      if (ref === push.head && !push.pusher.isAdministrator) refusals.push(trunkDeleted(ref));
      continue;
    }
    const { rules } = law;
    // What means the same may stand in different files, which are watched.
    const key = `${rules.places.length} ${rules.key}`;
    const group = groups.get(key) ?? { rules, moves: [], created: [] };
    groups.set(key, group);
    if (old) group.moves.push({ ref, old, next });
    else group.created.push({ ref, next });
  }
  return { groups: [...groups.values()], broken, refusals };
}

function tooMuch(): LazyspecError {
  return refused('these are more branches than can be judged in one push', {
    details: [`merged, rewound, or with rules of their own: at most ${MOST_APART} at a time`],
    remedy: 'Push fewer branches at a time.',
  });
}

function trunkDeleted(ref: string): LazyspecError {
  return refused(`'${branchName(ref)}' holds the rules of this repository, and stays`, {
    remedy:
      'To have another default branch, on the server: git symbolic-ref HEAD refs/heads/<name>',
  });
}
