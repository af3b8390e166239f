/** What a push to branches changes that whoever pushes has to answer for. */
import { isOid, linesOf, oddAnswer, oidsOf } from '../git/answer.ts';
import type { Change, ChangedFile } from '../git/change.ts';
import { PLAIN_DIFF, parseNameStatus } from '../git/change.ts';
import type { Commits } from '../git/commits.ts';
import { HISTORY } from '../git/commits.ts';
import { pathspecInAnyCase } from '../git/pathspec.ts';
import type { Accepted } from '../git/pushed.ts';
import { pushedCommits } from '../git/pushed.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import { changeToJudge } from '../git/well-formed.ts';
import { refused } from './refused.ts';

/** A branch that is there, and is to be moved. */
export interface Move {
  ref: string;
  old: string;
  next: string;
}

export type NewBranch = Pick<Move, 'ref' | 'next'>;

/** What to look at: the default branch, its tip as it is, and paths with all that is below. */
export interface Scope {
  head: string;
  trunk: string;
  paths: readonly string[];
}

/**
 * What new branches bring that no branch has yet. What one of them has is there already: another
 * name for it changes no document.
 */
export async function changeOfNewBranches(
  git: Git,
  branches: readonly NewBranch[],
  { trunk, paths }: Scope,
): Promise<Change> {
  const tips = branches.map(({ next }) => next);
  const commits = await commitsNew(git, tips, { trackingRefs: ['--branches'], commits: [] });
  const change = await changeToJudge(git, commits, paths);
  return startingFrom(change, [trunk, ...change.parents]);
}

/** Moves that only add commits one after the other, so that these tell all that is changed. */
export interface Straight {
  moves: Move[];
  /** All of their commits. */
  commits: string[];
}

/** So many commits are followed for all moves together; longer ways are looked at one by one. */
const MOST_STEPS = 200_000;

/**
 * Finds the moves that are as plain as nearly all are, with one process for any number.
 * @returns them, and the others
 */
export async function straightMoves(
  git: Git,
  moves: readonly Move[],
  trunk: string,
): Promise<{ straight: Straight; others: Move[] }> {
  const straight: Straight = { moves: [], commits: [] };
  const others: Move[] = [];
  const parents = await parentsOfNew(git, moves, trunk);
  const commits = new Set<string>();
  let steps = 0;
  for (const move of moves) {
    const way: string[] = [];
    let at: string | undefined = move.next;
    for (; at !== undefined && at !== move.old && steps < MOST_STEPS; steps++) {
      way.push(at);
      const before: readonly string[] = parents.get(at) ?? [];
      at = before.length === 1 ? before[0] : undefined;
    }
    if (at === move.old) {
      straight.moves.push(move);
      for (const commit of way) commits.add(commit);
    } else {
      others.push(move);
    }
  }
  straight.commits = [...commits];
  return { straight, others };
}

/** The parents of each commit that no moved branch has had, nor the default branch. */
async function parentsOfNew(
  git: Git,
  moves: readonly Move[],
  trunk: string,
): Promise<Map<string, string[]>> {
  if (moves.length === 0) return new Map();
  const lines = [...moves.flatMap(({ old, next }) => [next, `^${old}`]), `^${trunk}`];
  const args = ['rev-list', '--parents', '--stdin'];
  const { stdout } = await mustRun(git, args, { ...HISTORY, input: `${lines.join('\n')}\n` });
  return new Map(
    linesOf('rev-list', stdout).map((line): [string, string[]] => {
      const [commit, ...before] = line.split(' ');
      if (![commit, ...before].every(isOid)) throw oddAnswer('rev-list');
      return [commit ?? '', before];
    }),
  );
}

/** What straight moves change. */
export async function changeOfStraight(
  git: Git,
  { moves, commits }: Straight,
  { trunk, paths }: Scope,
): Promise<Change> {
  const change = await changeToJudge(git, { ids: commits, parents: [] }, paths);
  return startingFrom(change, [trunk, ...moves.map(({ old }) => old)]);
}

/**
 * What any other move changes: by the commits that neither the branch nor the default branch has,
 * and by what is in the tree after it that was not before. The commits do not tell all: a push may
 * go back to an older one, and a merge may take a document as it was long ago from a parent.
 */
export async function changeOfMove(
  git: Git,
  { ref, old, next }: Move,
  { head, trunk, paths }: Scope,
): Promise<Change> {
  const accepted = { trackingRefs: [], commits: [old, trunk] };
  const commits = await commitsNew(git, [next], accepted);
  const change = await changeToJudge(git, commits, paths);
  const told = new Set(change.files.map(({ path }) => path));
  const between = await treeDiff(git, old, next, paths);
  let silent = between.filter(({ path }) => !told.has(path));
  if (silent.length > 0 && ref !== head) {
    const own = await ownPaths(git, { old, next }, trunk, paths);
    silent = silent.filter(({ path }) => own.has(path));
  }
  const files = [...change.files, ...silent.map((file) => ({ ...file, commit: next }))];
  return startingFrom({ ...change, files }, [old, trunk, ...change.parents]);
}

/**
 * Paths that differ from the default branch, as far as that has been merged: after the move; and,
 * where the move drops commits, before it. The others came, or went, with the default branch.
 */
async function ownPaths(
  git: Git,
  { old, next }: Omit<Move, 'ref'>,
  trunk: string,
  paths: readonly string[],
): Promise<Set<string>> {
  const isForward = (await mergeBases(git, old, next)).includes(old);
  const own = new Set<string>();
  for (const side of isForward ? [next] : [next, old]) {
    const bases = await mergeBases(git, side, trunk);
    // Of no common history nothing has come from there.
    const [first = [], ...others] = await Promise.all(
      (bases.length > 0 ? bases : [trunk]).map((base) => treeDiff(git, base, side, paths)),
    );
    // Of several, what is as in one of them came from there.
    const elsewhere = others.map((files) => new Set(files.map(({ path }) => path)));
    for (const { path } of first) {
      if (elsewhere.every((differing) => differing.has(path))) own.add(path);
    }
  }
  return own;
}

async function mergeBases(git: Git, one: string, other: string): Promise<string[]> {
  const call = { ...HISTORY, alsoFine: [1] };
  const { stdout, status } = await mustRun(git, ['merge-base', '--all', one, other], call);
  const bases = status === 0 ? oidsOf('merge-base', stdout) : [];
  // Each is one more process; nobody's history has so many by itself.
  if (bases.length <= MOST_BASES) return bases;
  throw refused('the history that is pushed crosses itself too often to be judged', {
    remedy: 'Rebase onto the default branch, and push again.',
  });
}

const MOST_BASES = 10;

async function treeDiff(
  git: Git,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<ChangedFile[]> {
  const args = ['diff-tree', '-r', ...PLAIN_DIFF, '--no-renames', from, to, '--'];
  const { stdout } = await mustRun(git, [...args, ...paths.map(pathspecInAnyCase)], HISTORY);
  return parseNameStatus('diff-tree', stdout);
}

/** The trees of so many commits are looked through for documents that are there already. */
const MOST_PARENTS = 20;

/** With where it started from; started it from too many, no document counts as created. */
function startingFrom(change: Change, parents: readonly string[]): Change {
  const distinct = [...new Set(parents)];
  if (distinct.length <= MOST_PARENTS) return { ...change, parents: distinct };
  const files = change.files.map((file) => ({ ...file, status: 'M' as const }));
  return { ...change, files, parents: [] };
}

function commitsNew(git: Git, tips: readonly string[], accepted: Accepted): Promise<Commits> {
  const refs = tips.map((oid) => ({ localOid: oid, remoteRef: '', remoteOid: '0'.repeat(40) }));
  return pushedCommits(git, { remote: '', url: '', refs }, accepted);
}
