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
  const [changed, added] = await Promise.all([
    mustRun(git, ['diff-index', ...PLAIN_DIFF, '--no-renames', commit, ...below]),
    mustRun(git, ['ls-files', '-z', '--others', '--exclude-standard', '--full-name', ...below]),
  ]);
  const paths = parseNameStatus('diff-index', changed.stdout).map(({ path }) => path);
  return [...paths, ...fieldsOf('ls-files', added.stdout)];
}
