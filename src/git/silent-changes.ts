/**
 * What an update of a branch changes without a commit that says so: it may go back to an older
 * commit, and a merge may keep what a parent was long ago.
 */
import { fieldsOf, isOid, oddAnswer, oidsOf } from './answer.ts';
import type { ChangedFile } from './change.ts';
import { HISTORY, limitedTo } from './commits.ts';
import type { Accepted } from './history.ts';
import { acceptedTips, areAncestors, mergeBases, newHistory, reachable } from './history.ts';
import { pathspecInAnyCase } from './pathspec.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A ref that is moved; without `old` it is new. What is no branch is judged by its commits only. */
export interface Move {
  ref: string;
  old?: string | undefined;
  next: string;
}

/** The default branch. */
export interface Trunk {
  ref: string;
  tip: string;
}

export interface Scope {
  /** Folders and files whose changes count; '' is all. */
  paths: readonly string[];
  /** What other branches have accepted. */
  accepted: Accepted;
  /** Asked for only if it is needed; undefined where it is not known. */
  trunk: () => Promise<Trunk | undefined>;
  /** The commits whose parents this repository does not have. */
  shallow: ReadonlySet<string>;
}

/** A file that differs, and what it was: mode and object, zeros where there was none. */
type Differing = ChangedFile & { before: string };

/** So many branches are searched for what an update has taken from them. */
const MOST_TIPS = 20;

/** @param told the paths that are known to be changed by a commit */
export async function silentFiles(
  git: Git,
  move: Move,
  told: ReadonlySet<string>,
  scope: Scope,
): Promise<ChangedFile[]> {
  const { ref, old = '', next } = move;
  const between = await filesBetween(git, old, next, scope.paths);
  let left = between.filter(({ path }) => !told.has(path));
  if (left.length === 0) return [];
  const trunk = await scope.trunk();
  if (trunk && trunk.ref !== ref) left = await withoutBrought(git, move, left, trunk.tip, true);
  if (left.length > 0) {
    for (const tip of await tipsBringing(git, move, trunk, scope.accepted)) {
      left = await withoutBrought(git, move, left, tip, false);
    }
  }
  // A document that comes back is not a new one.
  return left.map(({ path, status }) => {
    return { path, status: status === 'A' ? 'M' : status, commit: next };
  });
}

/** The accepted tips with commits that the update brings, and that the default branch does not have. */
async function tipsBringing(
  git: Git,
  { old = '', next }: Move,
  trunk: Trunk | undefined,
  accepted: Accepted,
): Promise<string[]> {
  const tips = await acceptedTips(git, accepted);
  if (tips.length === 0) return [];
  const known = { refs: [], commits: [old, ...(trunk ? [trunk.tip] : [])] };
  const history = await newHistory(git, [next, ...tips], known);
  const brought = reachable(history, [next]);
  const bringing = tips.filter((tip) =>
    [...reachable(history, [tip])].some((at) => brought.has(at)),
  );
  return bringing.slice(0, MOST_TIPS);
}

/** More common ancestors than this have no natural history. */
const MOST_BASES = 10;

/**
 * What an accepted tip did not bring. It did, if the new content is that of where it was merged, and
 * the old one that of where it was merged before, or one that it has had since.
 * @param isTrunk the tip is the default branch, which this one follows: also back
 */
async function withoutBrought(
  git: Git,
  { old = '', next }: Move,
  files: readonly Differing[],
  tip: string,
  isTrunk: boolean,
): Promise<Differing[]> {
  const [before, after] = await Promise.all([
    mergeBases(git, old, tip),
    mergeBases(git, next, tip),
  ]);
  const isUsual = [before, after].every(({ length }) => length > 0 && length <= MOST_BASES);
  if (!isUsual) return [...files];
  const paths = files.map(({ path }) => path);
  const [unlikeBefore, unlikeAfter] = await Promise.all([
    unlikeAll(git, before, old, paths),
    unlikeAll(git, after, next, paths),
  ]);
  const likely = files.filter(({ path }) => !unlikeAfter.has(path));
  const same = likely.filter(({ path }) => !unlikeBefore.has(path));
  const others = likely.filter(({ path }) => unlikeBefore.has(path));
  const brought = new Set(isTrunk ? same : []);
  if (others.length > 0 || (!isTrunk && same.length > 0)) {
    // What a tip has merged, its own ancestors are.
    const newer = after.filter((commit) => commit !== tip);
    if (await areAncestors(git, before, newer)) {
      for (const file of same) brought.add(file);
      for (const file of await heldSince(git, others, before, after)) brought.add(file);
    }
  }
  return files.filter((file) => !brought.has(file));
}

/** The paths in which a commit differs from every one of some others. */
async function unlikeAll(
  git: Git,
  others: readonly string[],
  commit: string,
  paths: readonly string[],
): Promise<Set<string>> {
  const [first = [], ...more] = await Promise.all(
    others.map((other) => filesBetween(git, other, commit, paths)),
  );
  const elsewhere = more.map((files) => new Set(files.map(({ path }) => path)));
  const unlike = first.filter(({ path }) => elsewhere.every((differing) => differing.has(path)));
  return new Set(unlike.map(({ path }) => path));
}

const RAW_DIFF = ['-r', '-z', '--raw', '--no-abbrev', '--no-ext-diff', '--ignore-submodules=none'];

async function filesBetween(
  git: Git,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<Differing[]> {
  if (from === to) return [];
  const limits = limitedTo(paths, pathspecInAnyCase);
  const args = ['diff-tree', ...RAW_DIFF, '--no-renames', from, to, '--', ...limits];
  return parseRaw((await mustRun(git, args, HISTORY)).stdout).map(({ path, status, before }) => {
    return { path, status, before };
  });
}

/** Those whose old content some commit between two states has brought. */
async function heldSince(
  git: Git,
  files: readonly Differing[],
  from: readonly string[],
  to: readonly string[],
): Promise<Differing[]> {
  if (files.length === 0) return [];
  const input = [...to, ...from.map((commit) => `^${commit}`), ''].join('\n');
  const listed = await mustRun(git, ['rev-list', '--stdin'], { ...HISTORY, input });
  const commits = oidsOf('rev-list', listed.stdout);
  if (commits.length === 0) return [];
  const paths = files.map(({ path }) => path);
  const args = ['diff-tree', '--stdin', '-m', '--root', ...RAW_DIFF, '--no-renames', '--'];
  const { stdout } = await mustRun(git, [...args, ...limitedTo(paths)], {
    ...HISTORY,
    input: `${commits.join('\n')}\n`,
  });
  const held = new Set(parseRaw(stdout).map(({ path, after }) => `${after} ${path}`));
  return files.filter(({ path, before }) => held.has(`${before} ${path}`));
}

const RAW = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([ADMTUX])$/;

/** `:<modes> <objects> <status> NUL <path> NUL`, repeated; commits in between are passed over. */
function parseRaw(output: Buffer): (Differing & { after: string })[] {
  const fields = fieldsOf('diff-tree', output);
  const files: (Differing & { after: string })[] = [];
  for (let i = 0; i < fields.length; i++) {
    if (isOid(fields[i])) continue;
    const [, oldMode, newMode, oldOid, newOid, letter] = RAW.exec(fields[i] ?? '') ?? [];
    const path = fields[++i];
    if (!letter || !path) throw oddAnswer('diff-tree');
    const status = letter as ChangedFile['status'];
    files.push({ path, status, before: `${oldMode} ${oldOid}`, after: `${newMode} ${newOid}` });
  }
  return files;
}
