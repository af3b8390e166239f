/** May these commits have been made by whom they name? Asked where they are already, as in CI. */
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import type { Commits } from '../git/commits.ts';
import type { PushedRef } from '../git/pushed.ts';
import { isZero, judgedRefs } from '../git/pushed.ts';
import {
  commitsBetween,
  fullName,
  notARange,
  parseRange,
  resolveCommits,
  shallowCommits,
  WHOLE_HISTORY,
} from '../git/range.ts';
import { changeToJudge } from '../git/well-formed.ts';
import type { Base, RangeArguments } from './arguments.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { isGated, judged } from './gate.ts';
import { requiredAgents } from './required-agents.ts';

/** Commits of a range, or of refs that were pushed; those are asked for only where something is gated. */
export type CommitsArguments = RangeArguments | PushedArguments;

interface PushedArguments extends Base {
  pushed: () => Promise<PushedRef[]>;
}

/**
 * Each document that the commits change has to be held by whom its commits name, or where
 * `agentId` is given by that agent. One connection.
 * @throws {LazyspecError} USAGE for what is no range, and where this clone does not have all of it;
 * and as `gate`
 */
export async function gateCommits(context: Context, args: CommitsArguments): Promise<GateOutcome> {
  const pass: GateOutcome = { result: { ok: true, documents: [] } };
  if (!(await isGated(context))) return pass;
  const commits =
    'range' in args
      ? await commitsOfRange(context, args.range, args.base)
      : await commitsOfPush(context, await args.pushed(), args.base);
  const { types } = await context.config();
  const change = await changeToJudge(context.git, commits, governedFolders(types));
  const changing = [...new Set(change.files.flatMap(({ commit }) => commit ?? []))];
  const agents = context.options.agentId ? undefined : await requiredAgents(context.git, changing);
  const changed = await changedDocuments(context, change, agents);
  return changed.length === 0 ? pass : judged(context, changed);
}

async function commitsOfRange(
  context: Context,
  range: string,
  base: string | undefined,
): Promise<Commits> {
  const { from, to } = parseRange(range);
  const ids = await resolveCommits(context.git, [from, to, ...(base ? [base] : [])]);
  const [start, end, accepted] = ids;
  const { commonDir } = await context.repository();
  if (end === undefined || (start === undefined && !isZero(from) && base === undefined)) {
    throw notHere(range, end === undefined ? to : from, commonDir);
  }
  if (start !== undefined) return commitsBetween(context.git, start, end, commonDir);
  if (base === undefined) throw noStart(`'${range}' begins at no commit`);
  if (accepted === undefined) throw notHere(range, base, commonDir);
  if (!isZero(from)) context.warn(`${from} is not in this clone: judged from ${base} on`);
  return commitsBetween(context.git, accepted, end, commonDir);
}

async function commitsOfPush(
  context: Context,
  pushed: PushedRef[],
  base: string | undefined,
): Promise<Commits> {
  const { commonDir } = await context.repository();
  const ids = new Set<string>();
  const parents = new Set<string>();
  // Each by itself: what one of them had already may be new to another.
  for (const ref of judgedRefs({ refs: pushed })) {
    const from = await startOf(context, ref, base);
    const [to] = await resolveCommits(context.git, [ref.localOid]);
    if (to === undefined) throw notHere(ref.remoteRef, ref.localOid, commonDir);
    const commits = await commitsBetween(context.git, from, to, commonDir);
    for (const id of commits.ids) ids.add(id);
    for (const parent of commits.parents) parents.add(parent);
  }
  return { ids: [...ids], parents: [...parents] };
}

/** The commit up to which a pushed ref was accepted; undefined: it is the very first of all. */
async function startOf(
  context: Context,
  { remoteRef, remoteOid }: PushedRef,
  base: string | undefined,
): Promise<string | undefined> {
  const [{ commonDir }, { remote }, config] = await Promise.all([
    context.repository(),
    context.coordination(),
    context.gitConfig(),
  ]);
  const begin = base ?? `refs/remotes/${remote}/HEAD`;
  const [old, accepted] = await resolveCommits(context.git, [remoteOid, begin]);
  if (old !== undefined) return old;
  if (accepted === undefined) {
    if (base !== undefined) throw notHere(remoteRef, base, commonDir);
    if (isZero(remoteOid)) throw noStart(`${remoteRef} is new`);
    throw notHere(remoteRef, remoteOid, commonDir);
  }
  const name = await fullName(context.git, begin);
  const branch = remoteRef.replace(/^refs\/heads\//, '');
  // Of the base itself nothing is accepted that its old commit does not tell.
  const itself = [remoteRef, ...config.remotes().map((one) => `refs/remotes/${one}/${branch}`)];
  if (name !== undefined && itself.includes(name)) {
    if (isZero(remoteOid)) return undefined;
    throw notHere(remoteRef, remoteOid, commonDir);
  }
  if (!isZero(remoteOid)) {
    context.warn(
      `${remoteRef} was at ${remoteOid}, which is not in this clone: judged from ${begin} on`,
    );
  }
  return accepted;
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
