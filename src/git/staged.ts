/** What a commit would change, asked of plumbing: `diff.*` settings do not apply to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A changed path, relative to the repository root, with git's one-letter status. */
export interface ChangedFile {
  path: string;
  status: 'A' | 'D' | 'M' | 'T' | 'U' | 'X';
}

export interface StagedChange {
  files: ChangedFile[];
  /** Commits (or the empty tree) that the files were compared with. */
  parents: string[];
}

const INDEX_DIFF = [
  'diff-index',
  '--cached',
  '-z',
  '--name-status',
  '--no-ext-diff',
  '--ignore-submodules=none',
  // A path that was only announced (git add -N) has no staged content.
  '--ita-invisible-in-index',
];

/**
 * The staged files that differ from every parent of the commit to be. In a merge the rest was
 * written, and claimed, by somebody else.
 */
export async function stagedChange(git: Git, repository: Repository): Promise<StagedChange> {
  const parents = [await headOrEmptyTree(git), ...mergeHeads(repository.gitDir)];
  const [first = [], ...others] = await Promise.all(
    parents.map((parent) => filesAgainst(git, parent)),
  );
  const elsewhere = others.map((files) => new Set(files.map(({ path }) => path)));
  const files = first.filter(({ path }) => elsewhere.every((paths) => paths.has(path)));
  return { files, parents };
}

async function filesAgainst(git: Git, tree: string): Promise<ChangedFile[]> {
  const { stdout } = await mustRun(git, [...INDEX_DIFF, '--no-renames', tree]);
  return parseNameStatus(stdout);
}

/** `<status> NUL <path> NUL`, repeated. */
export function parseNameStatus(output: Buffer): ChangedFile[] {
  const fields = output.toString('utf8').split('\0');
  const files: ChangedFile[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    // A merge has one letter for each parent; the first is as good as any.
    const status = (fields[i]?.[0] ?? 'X') as ChangedFile['status'];
    files.push({ path: fields[i + 1] ?? '', status });
  }
  return files;
}

/** Targets of staged renames, by target path, among the given paths only. */
export async function stagedRenames(
  git: Git,
  tree: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const pathspecs = paths.map((path) => `:(top,literal)${path}`);
  const { stdout } = await mustRun(git, [...INDEX_DIFF, '-M', '-l0', tree, '--', ...pathspecs]);
  const fields = stdout.toString('utf8').split('\0');
  const renames = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; ) {
    if (fields[i]?.startsWith('R')) {
      renames.set(fields[i + 2] ?? '', fields[i + 1] ?? '');
      i += 3;
    } else i += 2;
  }
  return renames;
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
  return stdout.toString('utf8').split('\0').filter(Boolean);
}

async function headOrEmptyTree(git: Git): Promise<string> {
  const args = ['rev-parse', '--quiet', '--verify', 'HEAD^{commit}'];
  const head = await mustRun(git, args, { alsoFine: [1] });
  if (head.status === 0) return head.stdout.toString('utf8').trim();
  // Before the first commit. Asked of git, because the id depends on the repository's hash.
  const empty = await mustRun(git, ['hash-object', '-t', 'tree', '--stdin']);
  return empty.stdout.toString('utf8').trim();
}

/** The other parents of a merge that is being concluded, one id a line. */
function mergeHeads(gitDir: string): string[] {
  try {
    return readFileSync(join(gitDir, 'MERGE_HEAD'), 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
