/** What a push to branches changes that whoever pushes has to answer for. */

import { oidsOf } from '../git/answer.ts';
import type { Change, ChangedFile } from '../git/change.ts';
import { PLAIN_DIFF, parseNameStatus } from '../git/change.ts';
import type { Commits } from '../git/commits.ts';
import { changeOfCommits, HISTORY } from '../git/commits.ts';
import { pathspec } from '../git/pathspec.ts';
import { pushedCommits } from '../git/pushed.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';

/** A branch that is there, and is to be moved. */
export interface Move {
  ref: string;
  old: string;
  next: string;
}

/** What names every branch as it was before the push, as options of rev-list. */
const ALL_BRANCHES = ['--branches'];

/**
 * What new branches bring that no branch has yet. What one of them has is there already: giving it
 * a second name changes no document.
 */
export async function changeOfNewBranches(
  git: Git,
  tips: readonly string[],
  folders: readonly string[],
): Promise<Change> {
  return changeOfCommits(
    git,
    await news(git, tips, { trackingRefs: ALL_BRANCHES, commits: [] }),
    folders,
  );
}

/**
 * What moving a branch changes: by the commits that neither it nor the default branch has, and by
 * what is in the tree after that was not before. The commits do not tell all: a push may go back
 * to an older commit, and a merge may take a document as it was long ago from one of its parents.
 * @param trunk tip of the default branch; undefined where this is the default branch
 */
export async function changeOfMove(
  git: Git,
  { old, next }: Move,
  trunk: string | undefined,
  folders: readonly string[],
): Promise<Change> {
  const commits = await news(git, [next], {
    trackingRefs: [],
    commits: [old, ...(trunk ? [trunk] : [])],
  });
  const change = await changeOfCommits(git, commits, folders);
  const between = await treeDiff(git, old, next, folders);
  const told = new Set(change.files.map(({ path }) => path));
  let silent = between.filter(({ path }) => !told.has(path));
  if (silent.length > 0 && trunk) {
    const own = await ownPaths(git, { old, next }, trunk, folders);
    silent = silent.filter(({ path }) => own.has(path));
  }
  return {
    ...change,
    files: [...change.files, ...silent.map((file) => ({ ...file, commit: next }))],
    // The branch itself, and the trunk: a document that is there is not created.
    parents: [...new Set([old, ...(trunk ? [trunk] : []), ...change.parents])],
  };
}

/**
 * Paths that differ from the default branch, as far as that has been merged: after the move; and,
 * where the move drops commits, before it. The others came, or went, with the default branch.
 */
async function ownPaths(
  git: Git,
  { old, next }: Pick<Move, 'old' | 'next'>,
  trunk: string,
  folders: readonly string[],
): Promise<Set<string>> {
  const isForward = (await mergeBases(git, old, next)).includes(old);
  const sides = isForward ? [next] : [next, old];
  const own = new Set<string>();
  for (const side of sides) {
    const bases = await mergeBases(git, side, trunk);
    const diffs = await Promise.all(bases.map((base) => treeDiff(git, base, side, folders)));
    // With several bases, what is as in one of them came from there.
    const [first = await treeDiff(git, trunk, side, folders), ...others] = diffs;
    const elsewhere = others.map((files) => new Set(files.map(({ path }) => path)));
    for (const { path } of first) {
      if (elsewhere.every((paths) => paths.has(path))) own.add(path);
    }
  }
  return own;
}

async function mergeBases(git: Git, one: string, other: string): Promise<string[]> {
  const call = { ...HISTORY, alsoFine: [1] };
  const { stdout, status } = await mustRun(git, ['merge-base', '--all', one, other], call);
  return status === 0 ? oidsOf('merge-base', stdout) : [];
}

async function treeDiff(
  git: Git,
  from: string,
  to: string,
  folders: readonly string[],
): Promise<ChangedFile[]> {
  const limits = folders.map(pathspec);
  const args = ['diff-tree', '-r', ...PLAIN_DIFF, '--no-renames', from, to, '--', ...limits];
  return parseNameStatus('diff-tree', (await mustRun(git, args, HISTORY)).stdout);
}

function news(
  git: Git,
  tips: readonly string[],
  accepted: { trackingRefs: readonly string[]; commits: readonly string[] },
): Promise<Commits> {
  const refs = tips.map((oid) => ({ localOid: oid, remoteRef: '', remoteOid: '0'.repeat(40) }));
  return pushedCommits(git, { remote: '', url: '', refs }, accepted);
}
