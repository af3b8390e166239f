import { fieldsOf } from './answer.ts';
import { PLAIN_DIFF, parseNameStatus } from './change.ts';
import { pathspec } from './pathspec.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** The paths below some folders in which the work tree differs from a commit; new files, too. */
export async function differingPaths(
  git: Git,
  commit: string,
  folders: readonly string[],
): Promise<string[]> {
  if (folders.length === 0) return [];
  const below = ['--', ...folders.map(pathspec)];
  // Not diff-index: it goes by what the index knows of a file, and writing that anew could stand in the
  // way of whoever is at work here.
  const diff = ['--no-optional-locks', 'diff', ...PLAIN_DIFF, '--no-renames', '--no-relative'];
  const [changed, added] = await Promise.all([
    mustRun(git, [...diff, commit, ...below]),
    mustRun(git, ['ls-files', '-z', '--others', '--exclude-standard', '--full-name', ...below]),
  ]);
  const paths = parseNameStatus('diff', changed.stdout).map(({ path }) => path);
  return [...paths, ...fieldsOf('ls-files', added.stdout)];
}

/** The paths below some folders that git knows, from the top of the work tree. */
export async function trackedPaths(git: Git, folders: readonly string[]): Promise<string[]> {
  if (folders.length === 0) return [];
  const args = ['ls-files', '-z', '--cached', '--full-name', '--', ...folders.map(pathspec)];
  return [...new Set(fieldsOf('ls-files', (await mustRun(git, args)).stdout))];
}

/**
 * Has git look anew at files whose bits have changed: until then commands that go by the index alone
 * take them for modified. Only if nobody else is writing the index, and never an error.
 */
export async function refreshIndex(git: Git): Promise<void> {
  await git(['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all']);
}
