/** A change to files: what a commit is about to do, or what commits have done. */
import { fieldsOf, oddAnswer } from './answer.ts';
import { pathspec } from './pathspec.ts';
import type { Git, GitCall } from './run.ts';
import { mustRun } from './run.ts';

/** A changed path, relative to the repository root, with git's one-letter status. */
export interface ChangedFile {
  path: string;
  status: 'A' | 'D' | 'M' | 'T' | 'U' | 'X';
  /** Id of the commit that changes it; none where there is no commit yet. */
  commit?: string;
}

export interface Change {
  /** Each path once for every commit that changes it. */
  files: ChangedFile[];
  /** The trees that it started from. */
  parents: string[];
  /** Which of some changed paths are new names of others among them. */
  renameTargets(paths: readonly string[]): Promise<Set<string>>;
}

/** Options of every diff: no setting, driver or attribute may hide a change. */
export const PLAIN_DIFF = ['-z', '--name-status', '--no-ext-diff', '--ignore-submodules=none'];

/** `<status> NUL <path> NUL`, repeated. */
export function parseNameStatus(command: string, output: Buffer): ChangedFile[] {
  const fields = fieldsOf(command, output);
  const files: ChangedFile[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    files.push(changedFile(command, fields[i], fields[i + 1]));
  }
  return files;
}

/**
 * A merge has one letter for each parent; the first is as good as any.
 * @throws {LazyspecError} GIT_FAILED for what is no status, or no path
 */
export function changedFile(command: string, letters?: string, path?: string): ChangedFile {
  if (!letters || !path || !/^[ADMTUX]+$/.test(letters)) throw oddAnswer(command);
  return { path, status: letters[0] as ChangedFile['status'] };
}

/** Above this, looking for renames everywhere is cheaper than so long a command. */
const MANY_PATHS = 500;

/**
 * Targets of renames by one diff command.
 * @param diff the command with its options and trees
 */
export async function renameTargetsOf(
  git: Git,
  diff: readonly string[],
  paths: readonly string[],
  call: GitCall = {},
): Promise<Set<string>> {
  const limits = paths.length > MANY_PATHS ? [] : paths.map(pathspec);
  // Whatever diff.renameLimit says.
  const args = [...diff.slice(0, 1), '-M', '-l0', ...diff.slice(1), '--', ...limits];
  const { stdout } = await mustRun(git, args, call);
  const command = diff[0] ?? '';
  const fields = fieldsOf(command, stdout);
  const targets = new Set<string>();
  for (let i = 0; i < fields.length; ) {
    const status = fields[i] ?? '';
    // `R<score> NUL <old> NUL <new>`; of a merge a letter for each parent, and only the new name.
    const path = fields[i + (/^R\d/.test(status) ? 2 : 1)];
    if (path === undefined || !/^[ACDMRTUX]+\d*$/.test(status)) throw oddAnswer(command);
    if (status.includes('R')) targets.add(path);
    i += /^R\d/.test(status) ? 3 : 2;
  }
  return targets;
}

/** All paths of a tree below some folders ('' is all of it). */
export async function pathsInTree(
  git: Git,
  tree: string,
  folders: readonly string[],
): Promise<string[]> {
  const limit = folders.includes('') ? [] : folders;
  const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree, '--', ...limit];
  const { stdout } = await mustRun(git, args);
  return fieldsOf('ls-tree', stdout);
}
