/** Judges the branches of a push: which documents they change, and whether they change the rules. */
import type { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import { plumbingStore } from '../git/plumbing.ts';
import type { RefusedDocument } from '../lease/explain.ts';
import { refusedError } from '../lease/explain.ts';
import type { ChangedDocument } from '../lease/gate.ts';
import { isLive, judgeDocuments } from '../lease/gate.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import type { View } from '../lease/view.ts';
import { leaseRef, viewOf } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import type { Move, Scope } from '../server/branch-changes.ts';
import {
  changeOfMove,
  changeOfNewBranches,
  changeOfStraight,
  straightMoves,
} from '../server/branch-changes.ts';
import type { Push } from '../server/push.ts';
import { brokenRules } from '../server/push.ts';
import { hasAdministrators } from '../server/pusher.ts';
import { MOST_TOLD, refused } from '../server/refused.ts';
import type { Rules, RulesAt } from '../server/rules.ts';
import { areSame, judgedPaths, rulesAt } from '../server/rules.ts';
import type { Update } from '../server/updates.ts';
import { branchName } from '../server/updates.ts';
import { changedDocuments } from './changed-documents.ts';

/** So many branches that are no plain continuation, or have rules of their own, in one push. */
const MOST_APART = 50;

/** @returns what is refused */
export async function judgeBranches(
  push: Push,
  updates: readonly Update[],
): Promise<LazyspecError[]> {
  const refusals: LazyspecError[] = [];
  const groups = new Map<string, { rules: Rules; moves: Move[]; created: string[] }>();
  const broken: (Update & { error: LazyspecError })[] = [];
  for (const update of updates) {
    const { ref, old, next } = update;
    const law = push.rulesOf(update);
    if (law.state === 'broken') broken.push({ ...update, error: law.error });
    if (law.state !== 'rules') continue;
    if (!next) {
      if (ref === push.head && !push.pusher.isAdministrator) refusals.push(trunkDeleted(ref));
      continue;
    }
    const group = groups.get(law.rules.key) ?? { rules: law.rules, moves: [], created: [] };
    groups.set(law.rules.key, group);
    if (old) group.moves.push({ ref, old, next });
    else group.created.push(next);
  }
  refusals.push(...(await judgeRepairs(push, broken)));

  if (groups.size > MOST_APART) throw tooMuch();
  const changed: Changed[] = [];
  let apart = 0;
  for (const { rules, moves, created } of groups.values()) {
    const { git } = push.served;
    const scope: Scope = { head: push.head, trunk: push.trunk, paths: judgedPaths(rules) };
    const take = async (change: Change) => changed.push(...(await changedIn(push, rules, change)));
    const { straight, others } = await straightMoves(git, moves, push.trunk);
    apart += others.length;
    if (apart > MOST_APART) throw tooMuch();

    const change = await changeOfStraight(git, straight, scope);
    await take(change);
    refusals.push(...(await judgeNewRules(push, rules, straight.moves, change)));
    for (const move of others) {
      const moved = await changeOfMove(git, move, scope);
      await take(moved);
      refusals.push(...(await judgeNewRules(push, rules, [move], moved)));
    }
    if (created.length > 0) {
      const added = await changeOfNewBranches(git, created, scope);
      await take(added);
      refusals.push(...(await judgeAddedRules(push, rules, added)));
    }
  }
  const documents = await refusedDocuments(push, changed);
  return documents ? [documents, ...refusals] : refusals;
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

// ---- Rules

/** A branch whose rules cannot be read: an administrator may mend it, or remove it; nobody else may. */
async function judgeRepairs(
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
async function judgeNewRules(
  push: Push,
  rules: Rules,
  moves: readonly Move[],
  { files }: Change,
): Promise<LazyspecError[]> {
  if (!files.some(({ path }) => rules.places.includes(path))) return [];
  const after = await rulesAt(
    push.served.git,
    moves.map(({ next }) => next),
  );
  const before: RulesAt = { state: 'rules', rules };
  return moves.flatMap(({ ref }, index) => {
    const now = after[index];
    return now ? (judgeChangedRules(push, branchName(ref), before, now) ?? []) : [];
  });
}

/** New branches are judged by their commits: what they start from may have had older rules. */
async function judgeAddedRules(
  push: Push,
  rules: Rules,
  { files }: Change,
): Promise<LazyspecError[]> {
  const touching = files.filter(({ path }) => rules.places.includes(path));
  const commits = [...new Set(touching.flatMap(({ commit }) => commit ?? []))];
  const found = await rulesAt(push.served.git, [
    ...commits,
    ...commits.map((commit) => `${commit}^1`),
  ]);
  return commits.flatMap((commit, index) => {
    const [now, before] = [found[index], found[commits.length + index]];
    return now && before ? (judgeChangedRules(push, commit.slice(0, 10), before, now) ?? []) : [];
  });
}

function judgeChangedRules(
  { served: { config }, pusher }: Push,
  where: string,
  before: RulesAt,
  after: RulesAt,
): LazyspecError | undefined {
  if (after.state === 'broken') {
    return refused(`this push would break the configuration on '${where}'`, {
      details: [after.error.message, ...after.error.details],
      remedy: 'Mend it, and push again.',
    });
  }
  const mayChange = pusher.isAdministrator || !hasAdministrators(config);
  if (mayChange || areSame(before, after)) return undefined;
  return refused(`only administrators change the configuration ('${where}')`, {
    details: [`You are ${pusher.account}.`],
    remedy: 'Have an administrator push this change.',
  });
}

// ---- Documents

interface Changed {
  document: ChangedDocument;
  rules: Rules;
}

async function changedIn(push: Push, rules: Rules, change: Change): Promise<Changed[]> {
  const at = { git: push.served.git, config: async () => rules.config };
  return (await changedDocuments(at, change)).map((document) => ({ document, rules }));
}

/** By the leases as they are before the push: what is claimed in it is not held yet. */
async function refusedDocuments(
  push: Push,
  changed: readonly Changed[],
): Promise<LazyspecError | undefined> {
  if (changed.length === 0) return undefined;
  const { pusher, program } = push;
  const store = plumbingStore(push.served.git);
  const creates = changed.some(({ document, rules }) => {
    return document.created && rules.config.gate.create === 'any';
  });
  const refs = [...new Set(changed.map(({ document }) => leaseRef(document)))];
  const stored = await (creates ? store.list(LEASE_REFS) : store.read(refs));
  const views = new Map<string, View>(stored.map((one) => [one.ref, viewOf(one)]));
  const now = push.now();
  const isMine = (view: View) => view.state === 'held' && pusher.owns(view.lease.agent);
  const holdsAny = [...views.values()].some((view) => isMine(view) && isLive(view, now));

  const refusals = new Map<string, RefusedDocument>();
  for (const { document, rules } of changed) {
    const ref = leaseRef(document);
    const view = views.get(ref) ?? { state: 'absent' };
    const [judged] = judgeDocuments([document], {
      agent: view.state === 'held' && isMine(view) ? view.lease.agent : pusher.account,
      now,
      create: rules.config.gate.create,
      view: () => view,
      holdsAny: () => holdsAny,
    });
    if (!judged || judged.verdict === 'pass') continue;
    const { id, type, paths, commits, verdict: code } = judged;
    const known = refusals.get(ref);
    const { coordination } = rules.config;
    refusals.set(ref, {
      document: { id, type },
      code,
      view,
      paths: [...new Set([...(known?.paths ?? []), ...paths])],
      commits: [...new Set([...(known?.commits ?? []), ...commits])],
      ...(view.state === 'held' && { takeover: judgeTakeover(view, now, 0, coordination) }),
    });
  }
  return told([...refusals.values()], { agent: pusher.account, now, program });
}

function told(
  refusals: readonly RefusedDocument[],
  to: Parameters<typeof refusedError>[1],
): LazyspecError | undefined {
  if (refusals.length === 0) return undefined;
  const error = refusedError(refusals.slice(0, MOST_TOLD), to);
  const more = refusals.length - MOST_TOLD;
  if (more <= 0) return error;
  const { details, remedies } = error;
  return refused(`${refusals.length} documents were refused`, {
    details: [...details, `and ${more} more`],
    remedies,
  });
}
