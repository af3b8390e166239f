/** The repository that is pushed to, as it is before the push. */
import { resolve } from 'node:path';
import { isOid, lineOf, linesOf, oddAnswer } from '../git/answer.ts';
import type { GitConfig } from '../git/config.ts';
import { readGitConfig } from '../git/config.ts';
import { shallowCommits } from '../git/range.ts';
import type { Git } from '../git/run.ts';
import { createGit, mustRun } from '../git/run.ts';
import type { Deleted } from './deleted-branches.ts';
import { DELETED_REFS } from './deleted-branches.ts';
import { refused } from './refused.ts';

export interface Served {
  git: Git;
  gitDir: string;
  config: GitConfig;
  /** Commits whose parents are not here. */
  shallow: ReadonlySet<string>;
  /** Tips of the branches, by ref. */
  branches: ReadonlyMap<string, string>;
  /** Branches that are other names of others: a push to one moves the other. */
  aliases: ReadonlyMap<string, string>;
  /** Tips that deleted branches had. */
  deleted: Deleted;
  /** The ref that HEAD names, whether it is there or not; undefined where it names none. */
  head: string | undefined;
}

/**
 * Of each git, in bytes. A few trees can unpack to more files than any machine could list, and git
 * keeps in memory what differs until it has all of it.
 */
const MOST_MEMORY = 2 ** 29;

/**
 * @param env that git has given to its hook: it says where we are, and where what is pushed is kept
 *   until it is taken (git-receive-pack(1), Quarantine Environment)
 * @throws {LazyspecError} PUSH_REFUSED, GIT_FAILED, GIT_MISSING
 */
export async function openServed({
  cwd,
  env,
  signal,
}: {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<Served> {
  if (!env.GIT_DIR) {
    throw refused('git itself has to call this hook', {
      remedy: 'Install it as hooks/pre-receive of the repository that is pushed to.',
    });
  }
  if (env.GIT_NAMESPACE) {
    throw refused('this hook cannot tell the refs of one namespace from those of another', {
      remedy: 'Serve each project from a repository of its own, without GIT_NAMESPACE.',
    });
  }
  // What stands in for an object here is not what was pushed, nor what others get.
  const git = createGit({
    ...{ cwd, env: { ...env, GIT_NO_REPLACE_OBJECTS: '1' }, signal },
    memory: MOST_MEMORY,
  });
  const [config, branches, head] = await Promise.all([
    readGitConfig(git),
    listBranches(git),
    defaultBranch(git),
  ]);
  const trunk = head && (branches.aliases.get(head) ?? head);
  const gitDir = resolve(cwd, env.GIT_DIR);
  return { git, gitDir, shallow: shallowCommits(gitDir), config, ...branches, head: trunk };
}

async function listBranches(git: Git): Promise<Pick<Served, 'branches' | 'aliases' | 'deleted'>> {
  const branches = new Map<string, string>();
  const deleted = new Map<string, string>();
  const aliases = new Map<string, string>();
  const format = '--format=%(objectname) %(refname) %(symref)';
  const { stdout } = await mustRun(git, ['for-each-ref', format, 'refs/heads/', DELETED_REFS]);
  for (const line of linesOf('for-each-ref', stdout)) {
    const [oid, ref, target, ...more] = line.split(' ');
    if (!isOid(oid) || !ref || target === undefined || more.length > 0) {
      throw oddAnswer('for-each-ref');
    }
    (ref.startsWith(DELETED_REFS) ? deleted : branches).set(ref, oid);
    if (target) aliases.set(ref, target);
  }
  return { branches, aliases, deleted };
}

async function defaultBranch(git: Git): Promise<string | undefined> {
  const args = ['symbolic-ref', '--quiet', 'HEAD'];
  const { status, stdout } = await mustRun(git, args, { alsoFine: [1] });
  return status === 0 ? lineOf('symbolic-ref', stdout) : undefined;
}
