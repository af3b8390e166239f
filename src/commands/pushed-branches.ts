/** Judges the branches of a push: which documents they change, and whether they change the rules. */
import type { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import type { Move, NewBranch, Scope } from '../server/branch-changes.ts';
import {
  changeOfMove,
  changeOfNewBranches,
  changeOfStraight,
  straightMoves,
} from '../server/branch-changes.ts';
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
    const { git } = push.served;
    const scope: Scope = { head: push.head, trunk: push.trunk, paths: judgedPaths(rules) };
    const take = async (change: Change) => changed.push(...(await changedIn(push, rules, change)));
    const { straight, others } = await straightMoves(git, moves, push.trunk);
    apart += others.length;
    if (apart > MOST_APART) throw tooMuch();

    const along = await changeOfStraight(git, straight, scope);
    await take(along);
    refusals.push(...(await judgeNewRules(push, rules, straight.moves, along)));
    for (const move of others) {
      const change = await changeOfMove(git, move, scope);
      await take(change);
      refusals.push(...(await judgeNewRules(push, rules, [move], change)));
    }
    if (created.length === 0) continue;
    const added = await changeOfNewBranches(git, created, scope);
    await take(added);
    refusals.push(...(await judgeAddedRules(push, rules, created, added)));
  }
  const documents = await refusedDocuments(push, changed);
  return documents ? [documents, ...refusals] : refusals;
}

/** Branches that are judged by the same rules. */
interface Group {
  rules: Rules;
  moves: Move[];
  created: NewBranch[];
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
