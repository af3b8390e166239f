/** May these commits have been made by whom they name? Asked where they are already, as in CI. */
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import { mergeBases, newHistory, straightWay } from '../git/history.ts';
import type { PushedRef } from '../git/pushed.ts';
import { isZero, judgedRefs } from '../git/pushed.ts';
import {
  assertWhole,
  fullName,
  notARange,
  parseRange,
  resolveCommits,
  shallowCommits,
  WHOLE_HISTORY,
} from '../git/range.ts';
import type { Move } from '../git/silent-changes.ts';
import { changeIn } from '../git/update-changes.ts';
import type { Base, RangeArguments } from './arguments.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { judged } from './gate.ts';
import { groupsOf, isBranch, ruled, rulesOf } from './pushed-rules.ts';
import { requiredAgents } from './required-agents.ts';

/** Commits of a range, or of refs that were pushed. */
export type CommitsArguments = RangeArguments | PushedArguments;

interface PushedArguments extends Base {
  pushed: () => Promise<PushedRef[]>;
}

/** A ref that was moved, and what was accepted then. */
interface Moved {
  move: Move;
  /** What was accepted elsewhere, such as the default branch. */
  accepted?: string | undefined;
  /** The commit whose rules apply. */
  rules: string;
}

/**
 * Each document that the commits change has to be held by whom its commits name, or where
 * `agentId` is given by that agent; by the rules of what they start from.
 * @throws {LazyspecError} USAGE for what is no range, and where this clone does not have all of it;
 * and as `gate`
 */
export async function gateCommits(context: Context, args: CommitsArguments): Promise<GateOutcome> {
  const moved =
    'range' in args
      ? [await movedByRange(context, args.range, args.base)]
      : await movedByPush(context, await args.pushed(), args.base);
  const outcomes: GateOutcome[] = [];
  const found = await rulesOf(context, [
    ...moved.map(({ rules }) => rules),
    ...moved.map(({ move }) => move.next),
    'refs/remotes/origin/HEAD',
  ]);
  for (const { context: under, refs } of groupsOf(context, ruled(moved, found))) {
    const { isStraight, ...change } = await changeOf(under, refs);
    const changing = [...new Set(change.files.flatMap(({ commit }) => commit ?? []))];
    // What a merge or a rewind sets back shows in none of its commits.
    const exempt = isStraight ? (await under.config()).gate.exemptAuthors : [];
    const agents = under.options.agentId
      ? undefined
      : await requiredAgents(under.git, changing, exempt);
    const changed = (await changedDocuments(under, change, agents)).filter(
      // Nobody has to hold what an exempt author changed.
      (document) => document.agents?.length !== 0,
    );
    if (changed.length > 0) outcomes.push(await judged(under, changed));
  }
  const refused = outcomes.find(({ refusal }) => refusal);
  const documents = outcomes.flatMap(({ result }) => result.documents);
  return { ...refused, result: { ok: refused === undefined, documents } };
}

/** Of each ref by itself: what one of them had already may be new to another. */
async function changeOf(
  context: Context,
  moved: readonly Moved[],
): Promise<Change & { isStraight: boolean }> {
  const { git } = context;
  const [{ types }, { commonDir }] = await Promise.all([context.config(), context.repository()]);
  const shallow = shallowCommits(commonDir);
  const changes: Change[] = [];
  let isStraight = true;
  for (const { move, accepted } of moved) {
    const commits = accepted === undefined ? [] : [accepted];
    const olds = move.old === undefined ? [] : [move.old];
    const history = await newHistory(git, [move.next], {
      refs: [],
      commits: [...olds, ...commits],
    });
    assertWhole(history, shallow);
    const { old, next } = move;
    isStraight &&= old === undefined || straightWay(history, next, old) !== undefined;
    const trunk = accepted === undefined ? undefined : { ref: '', tip: accepted };
    const scope = { paths: governedFolders(types), accepted: { refs: [], commits }, shallow };
    changes.push(await changeIn(git, [move], history, { ...scope, trunk: async () => trunk }));
  }
  return {
    isStraight,
    files: distinct(changes.flatMap(({ files }) => files)),
    parents: [...new Set(changes.flatMap(({ parents }) => parents))],
    async renameTargets(paths) {
      const targets = await Promise.all(changes.map((change) => change.renameTargets(paths)));
      return new Set(targets.flatMap((some) => [...some]));
    },
  };
}

function distinct(files: Change['files']): Change['files'] {
  return [...new Map(files.map((file) => [`${file.commit} ${file.path}`, file])).values()];
}

async function movedByRange(
  context: Context,
  range: string,
  base: string | undefined,
): Promise<Moved> {
  const { from, to } = parseRange(range);
  const ids = await resolveCommits(context.git, [from, to, ...(base ? [base] : [])]);
  const [start, next, accepted] = ids;
  const { commonDir } = await context.repository();
  if (next === undefined || (start === undefined && !isZero(from) && base === undefined)) {
    throw notHere(range, next === undefined ? to : from, commonDir);
  }
  if (start === undefined) {
    if (base === undefined) throw noStart(`'${range}' begins at no commit`);
    if (accepted === undefined) throw notHere(range, base, commonDir);
    if (!isZero(from)) context.warn(`${from} is not in this clone: judged from ${base} on`);
  }
  const begin = start ?? accepted ?? '';
  // What is new since the last merge of the beginning, which may itself have gone on since.
  const [old] = await mergeBases(context.git, begin, next);
  return { move: { ref: 'refs/heads/', old, next }, accepted: begin, rules: begin };
}

async function movedByPush(
  context: Context,
  pushed: PushedRef[],
  base: string | undefined,
): Promise<Moved[]> {
  const { commonDir } = await context.repository();
  const moved: Moved[] = [];
  for (const ref of judgedRefs({ refs: pushed })) {
    const { old, accepted } = await startOf(context, ref, base);
    const [next] = await resolveCommits(context.git, [ref.localOid]);
    if (next === undefined) throw notHere(ref.remoteRef, ref.localOid, commonDir);
    const rules = (isBranch(ref.remoteRef) ? old : undefined) ?? accepted ?? old ?? next;
    moved.push({ move: { ref: ref.remoteRef, old, next }, accepted, rules });
  }
  return moved;
}

/** Up to where a pushed ref was accepted; nothing of the very first of all. */
async function startOf(
  context: Context,
  { remoteRef, remoteOid }: PushedRef,
  base: string | undefined,
): Promise<{ old?: string; accepted?: string }> {
  const [{ commonDir }, { coordination }, config] = await Promise.all([
    context.repository(),
    context.config(),
    context.gitConfig(),
  ]);
  const remote = coordination && coordination.remote !== '.' ? coordination.remote : 'origin';
  const begin = base ?? `refs/remotes/${remote}/HEAD`;
  const [old, accepted] = await resolveCommits(context.git, [remoteOid, begin]);
  const name = accepted && (await fullName(context.git, begin));
  const branch = remoteRef.replace(/^refs\/heads\//, '');
  // Of the base itself nothing is accepted that its old commit does not tell.
  const itself = [remoteRef, ...config.remotes().map((one) => `refs/remotes/${one}/${branch}`)];
  const isBase = name !== undefined && itself.includes(name);
  if (old !== undefined) return { old, ...(accepted && name && !isBase && { accepted }) };
  if (accepted === undefined) {
    if (base !== undefined) throw notHere(remoteRef, base, commonDir);
    if (isZero(remoteOid)) throw noStart(`${remoteRef} is new`);
    throw notHere(remoteRef, remoteOid, commonDir);
  }
  if (isBase) {
    if (isZero(remoteOid)) return {};
    throw notHere(remoteRef, remoteOid, commonDir);
  }
  if (!isZero(remoteOid)) {
    context.warn(
      `${remoteRef} was at ${remoteOid}, which is not in this clone: judged from ${begin} on`,
    );
  }
  return { accepted };
}

function noStart(message: string): LazyspecError {
  return new LazyspecError('USAGE', `${message}, so that it is not known what is new in it`, {
    remedy:
      'Name what was accepted before, such as the branch it is to go into: --base origin/main',
  });
}

function notHere(asked: string, missing: string, commonDir: string): LazyspecError {
  const what = `this clone has no commit ${missing}`;
  if (shallowCommits(commonDir).size === 0) return notARange(asked, [what]);
  const message = `'${asked}' cannot be judged in this clone, which is shallow`;
  return new LazyspecError('USAGE', message, { remedy: WHOLE_HISTORY, details: [what] });
}
