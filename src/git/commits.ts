/** What the commits of a range change; pre-push will ask the same of other commits. */
import { LazyspecError } from '../errors.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';
import type { StagedChange } from './staged.ts';
import { parseNameStatus } from './staged.ts';

/**
 * Every file that some commit of `<a>..<b>` changes; of a merge only what differs from every
 * parent. `parents` is the commit that the range starts after.
 * @throws {LazyspecError} USAGE for a range that git cannot resolve
 */
export async function changeInRange(git: Git, range: string): Promise<StagedChange> {
  const [from, to] = range.split('..');
  if (!from || !to || range.startsWith('-') || range.includes('...')) {
    throw badRange(range, []);
  }
  const listed = await git(['rev-list', '--end-of-options', `${from}..${to}`, '--']);
  if (listed.status !== 0) throw badRange(range, listed.stderr.trim().split('\n'));
  const { stdout } = await mustRun(
    git,
    [
      'diff-tree',
      '--stdin',
      '-r',
      '-c',
      '-z',
      '--root',
      '--no-renames',
      '--name-status',
      '--no-commit-id',
      '--no-ext-diff',
      '--ignore-submodules=none',
    ],
    { input: listed.stdout },
  );
  return { files: parseNameStatus(stdout), parents: [from] };
}

function badRange(range: string, details: string[]): LazyspecError {
  return new LazyspecError('USAGE', `'${range}' is not a range of commits`, {
    remedy: 'Name two commits that this clone has: --range origin/main..HEAD',
    details,
  });
}
