/** Whether a push may leave a branch with the rules that it would have afterwards. */
import type { LazyspecError } from '../errors.ts';
import type { Change, ChangedFile } from '../git/change.ts';
import type { Move } from '../git/silent-changes.ts';
import type { Push } from './push.ts';
import { brokenRules } from './push.ts';
import { hasAdministrators } from './pusher.ts';
import { refused } from './refused.ts';
import type { Rules, RulesAt } from './rules.ts';
import { areSame, rulesAt } from './rules.ts';
import type { Update } from './updates.ts';
import { branchName } from './updates.ts';

/** A branch whose rules cannot be read: an administrator may mend it, or remove it; nobody else may. */
export async function judgeRepairs(
  push: Push,
  broken: readonly (Update & { error: LazyspecError })[],
): Promise<LazyspecError[]> {
  if (!push.pusher.isAdministrator) {
    return broken.map(({ ref, error }) => brokenRules(push, ref, error));
  }
  const after = await rulesAt(
    push.served.git,
    broken.map(({ old = '', next = old }) => next),
  );
  return broken.flatMap(({ ref, next, error }, index) => {
    const isMended = next ? after[index]?.state !== 'broken' : ref !== push.head;
    return isMended ? [] : [brokenRules(push, ref, error)];
  });
}

/** Moved branches whose rules are others, or none that can be read, afterwards. */
export async function judgeNewRules(
  push: Push,
  rules: Rules,
  moves: readonly Move[],
  change: Change,
): Promise<LazyspecError[]> {
  if (touching(rules, change).length === 0) return [];
  const after = await rulesAt(
    push.served.git,
    moves.map(({ next }) => next),
  );
  const before: RulesAt = { state: 'rules', rules };
  return moves.flatMap(({ ref }, index) => {
    const now = after[index] ?? before;
    return breaking(ref, now) ?? changing(push, branchName(ref), before, now) ?? [];
  });
}

/** New branches are judged by their commits: what they start from may have had older rules. */
export async function judgeAddedRules(
  push: Push,
  rules: Rules,
  created: readonly Move[],
  change: Change,
): Promise<LazyspecError[]> {
  const commits = [...new Set(touching(rules, change).flatMap(({ commit }) => commit ?? []))];
  if (commits.length === 0) return [];
  const found = await rulesAt(push.served.git, [
    ...created.map(({ next }) => next),
    ...commits.flatMap((commit) => [commit, `${commit}^1`]),
  ]);
  const changes = found.slice(created.length);
  return [
    ...created.flatMap(({ ref }, index) => breaking(ref, found[index]) ?? []),
    ...commits.flatMap((commit, index) => {
      const [now, before] = changes.slice(2 * index, 2 * index + 2);
      return changing(push, commit.slice(0, 10), before, now) ?? [];
    }),
  ];
}

function touching({ places }: Rules, { files }: Change): ChangedFile[] {
  return files.filter(({ path }) => places.includes(path));
}

function breaking(ref: string, after: RulesAt | undefined): LazyspecError | undefined {
  if (after?.state !== 'broken') return undefined;
  return refused(`this push would break the configuration on '${branchName(ref)}'`, {
    details: [after.error.message, ...after.error.details],
    remedy: 'Mend it, and push again.',
  });
}

function changing(
  { served: { config }, pusher }: Push,
  where: string,
  before: RulesAt | undefined,
  after: RulesAt | undefined,
): LazyspecError | undefined {
  const mayChange = pusher.isAdministrator || !hasAdministrators(config);
  if (mayChange || (before && after && areSame(before, after))) return undefined;
  return refused(`only administrators change the configuration ('${where}')`, {
    details: [`You are ${pusher.account}.`],
    remedy: 'Have an administrator push this change.',
  });
}
