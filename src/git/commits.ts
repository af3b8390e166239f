/** What the commits of a range change; pre-push will ask the same of other commits. */
import { LazyspecError } from '../errors.ts';
import type { Change } from './change.ts';
import { PLAIN_DIFF, parseNameStatus, renameTargetsOf } from './change.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

const COMMIT_DIFF = ['diff-tree', '-r', ...PLAIN_DIFF];

/**
 * Every file that some commit of `<a>..<b>` changes; of a merge only what differs from every
 * parent. The change starts from `<a>`.
 * @throws {LazyspecError} USAGE for a range that git cannot resolve
 */
export async function changeInRange(git: Git, range: string): Promise<Change> {
  const [from, to, ...rest] = range.split('..');
  if (!from || !to || rest.length > 0 || range.startsWith('-') || to.startsWith('.')) {
    throw badRange(range, []);
  }
  const listed = await git(['rev-list', '--end-of-options', `${from}..${to}`, '--']);
  if (listed.ended !== 'exit' || listed.status !== 0) {
    throw badRange(range, listed.stderr.trim().split('\n'));
  }
  const { stdout } = await mustRun(
    git,
    [...COMMIT_DIFF, '--stdin', '-c', '--root', '--no-renames', '--no-commit-id'],
    { input: listed.stdout },
  );
  return {
    files: parseNameStatus(stdout),
    parents: [from],
    renameTargets: (paths) => renameTargetsOf(git, [...COMMIT_DIFF, from, to], paths),
  };
}

function badRange(range: string, details: string[]): LazyspecError {
  return new LazyspecError('USAGE', `'${range}' is not a range of commits`, {
    remedy: 'Name two commits that this clone has: --range origin/main..HEAD',
    details,
  });
}
