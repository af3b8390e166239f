import { isProbed } from '../doctor/probe-note.ts';
import { HISTORY } from '../git/commits.ts';
import { acceptedTips, sameProject } from '../git/history.ts';
import { isZero, trackingRefsOf } from '../git/pushed.ts';
import { resolveCommits, shallowCommits } from '../git/range.ts';
import { mustRun } from '../git/run.ts';
import type { PushedRemote } from './pushed-remote.ts';
import { trunkOf } from './pushed-remote.ts';
import type { Group } from './pushed-rules.ts';

/**
 * Whether refs go to another project, as `git subtree push` does: to a remote without the leases,
 * and either nothing there is part of their history, or it is no part of ours.
 */
export async function isAnotherProject(
  { context, refs }: Group,
  { names, config, ask, hasAnswered }: PushedRemote,
): Promise<boolean> {
  const { git } = context;
  const { remote: coordinating } = await context.coordination();
  // doctor pushes commits of its own to a repository of its own, and has to be refused.
  if (names.includes(coordinating) || isProbed(context.options.env)) return false;
  const found = await resolveCommits(
    git,
    refs.map(({ localOid }) => localOid),
  );
  const nexts = found.flatMap((commit) => commit ?? []);
  const said = hasAnswered() ? [...(await ask()).refs.values()] : [];
  const olds = refs.flatMap(({ remoteOid }) => (isZero(remoteOid) ? [] : remoteOid));
  const there = { refs: trackingRefsOf(names, config), commits: [...olds, ...said] };
  const tips = await acceptedTips(git, there);
  // Of an empty remote, and of one that was not asked yet, nothing is known.
  if (nexts.length === 0 || (tips.length === 0 && said.length === 0)) return false;

  const trunk = await trunkOf(context, [coordinating]);
  const { commonDir } = await context.repository();
  const own = trunk && (await sameProject(git, nexts, [trunk.tip], shallowCommits(commonDir)));
  for (const next of nexts) {
    const isForeign = own !== undefined && !own.has(next);
    if (!isForeign && (await haveCommon(git, next, tips))) return false;
  }
  return true;
}

async function haveCommon(
  git: Group['context']['git'],
  next: string,
  tips: readonly string[],
): Promise<boolean> {
  if (tips.length === 0) return false;
  const call = { ...HISTORY, alsoFine: [1] };
  return (await mustRun(git, ['merge-base', next, ...tips], call)).status === 0;
}
