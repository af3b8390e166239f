/** Whether `git commit` is amending, which it does not tell its hooks. */
import { isOid, linesOf, oddAnswer } from './answer.ts';
import { HISTORY } from './commits.ts';
import type { Git } from './run.ts';
import { isFine, mustRun } from './run.ts';

/**
 * The commit that is being amended, as far as can be seen: git hands the author of the new commit to
 * its hooks, down to the second, and amending keeps it. Another commit of the same person in the
 * same second is told from it by what is staged.
 * @param now seconds since 1970
 */
export async function isAmending(
  git: Git,
  env: NodeJS.ProcessEnv,
  now: number,
): Promise<string | undefined> {
  const { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date } = env;
  if (!name || !email || !date) return undefined;
  const format = '--format=%H%x00%an%x00%ae%x00@%at';
  const args = ['rev-list', '-1', '--no-commit-header', '--encoding=UTF-8', format, 'HEAD', '--'];
  const asked = await git(args, HISTORY);
  if (!isFine(asked)) return undefined; // before the first commit
  const [head, author, address, time = ''] =
    linesOf('rev-list', asked.stdout)[0]?.split('\0') ?? [];
  if (!isOid(head)) throw oddAnswer('rev-list');
  if (author !== name || address !== email || !date.startsWith(`${time} `)) return undefined;
  if (Number(time.slice(1)) < now - 1) return head;
  const diff = ['diff-index', '--cached', '--quiet', '--no-ext-diff', 'HEAD', '--'];
  const { status } = await mustRun(git, diff, { alsoFine: [1] });
  return status === 0 ? head : undefined;
}
