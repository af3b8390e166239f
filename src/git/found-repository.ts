/**
 * Where we are, found without asking git, in the plainest of clones: a `.git` folder at the top of
 * the work tree, all of it ours, and nothing that tells git to look elsewhere. Whatever is otherwise
 * only git can tell (openRepository).
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { GitConfig } from './config.ts';
import type { Repository } from './repository.ts';

/** What tells git where to look, or how far (git(1)). */
const DIRECTIONS = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_TEST_ASSUME_DIFFERENT_OWNER',
];

/** The nearest folder upwards with a `.git`, if that is a git directory like any other. */
export function findRepository(cwd: string, env: NodeJS.ProcessEnv): Repository | undefined {
  if (DIRECTIONS.some((name) => env[name] !== undefined)) return undefined;
  const here = realpathSync(cwd);
  for (let root = here; ; root = dirname(root)) {
    const gitDir = join(root, '.git');
    if (existsSync(gitDir)) {
      if (!isPlain(root, gitDir)) return undefined;
      const below = relative(root, here).split(sep).join('/');
      if (below.split('/')[0] === '.git') return undefined;
      return { root, gitDir, commonDir: gitDir, prefix: below && `${below}/` };
    }
    if (dirname(root) === root) return undefined;
  }
}

/** git passes over a folder whose HEAD is none, and looks further up. */
const HEAD = /^(?:ref: refs\/|[0-9a-f]{40})/;

/** With all that git asks of a git directory, and of one owner: git does not trust a stranger's. */
function isPlain(root: string, gitDir: string): boolean {
  const parts = ['HEAD', 'objects', 'refs', 'config'].map((name) => join(gitDir, name));
  const me = process.geteuid?.();
  const owners = [root, gitDir].map((path) => statSync(path).uid);
  return (
    me !== undefined &&
    owners.every((owner) => owner === me) &&
    realpathSync(gitDir) === gitDir &&
    parts.every(existsSync) &&
    HEAD.test(readFileSync(join(gitDir, 'HEAD'), 'latin1')) &&
    !existsSync(join(gitDir, 'commondir'))
  );
}

/**
 * Whether the configuration that git has read is that of such a clone. Of a repository that it does
 * not take for one, or does not trust, it reads none.
 */
export function isPlainClone(config: GitConfig): boolean {
  return (
    config.get('core.repositoryformatversion') !== undefined &&
    config.get('core.bare') === 'false' &&
    config.get('core.worktree') === undefined &&
    config.get('extensions.worktreeconfig') === undefined
  );
}
