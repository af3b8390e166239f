import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { shellQuote } from '../shell-quote.ts';
import { oddAnswer } from './answer.ts';
import type { GitConfig } from './config.ts';
import { findRepository, isPlainClone } from './found-repository.ts';
import type { Git } from './run.ts';
import { gitFailed, isFine } from './run.ts';
import type { GitVersion } from './version.ts';
import { gitVersion, isAtLeast } from './version.ts';

export interface Repository {
  /** Top of the work tree; the git directory of a bare repository, where that is allowed. */
  root: string;
  /** This work tree's own git directory. */
  gitDir: string;
  /** The git directory that all work trees of the clone share. */
  commonDir: string;
  /** The current folder below `root`: '' or ending with a slash. */
  prefix: string;
}

/** git 2.34 is the first whose trace tells which protocol a remote spoke (see remote.ts). */
export const OLDEST_GIT: GitVersion = { major: 2, minor: 34 };

/**
 * Where git says that we are, or would say.
 * @param config git's configuration here, where it is needed in any case: it may tell as well
 * @param mayBeBare whether no work tree is needed, as in a push
 * @throws {LazyspecError} NOT_A_REPOSITORY, GIT_TOO_OLD, GIT_MISSING
 */
export async function openRepository(
  git: Git,
  cwd: string,
  env: NodeJS.ProcessEnv,
  config?: () => Promise<GitConfig>,
  mayBeBare = false,
): Promise<Repository> {
  const naked = nakedGitDirectory(cwd, env);
  if (naked) {
    const isOurs = basename(naked) === '.git';
    throw notARepository(cwd, isOurs ? '' : 'true', 'must be run in a work tree');
  }
  const found = config && findRepository(cwd, env);
  // Why git cannot read its configuration the question below finds out.
  if (found && (await config().then(isPlainClone, () => false))) return found;
  const question = [
    'rev-parse',
    '--path-format=absolute',
    '--is-bare-repository',
    '--git-dir',
    '--git-common-dir',
    '--show-prefix',
    '--show-toplevel',
  ];
  const result = await git(question);
  if (result.ended !== 'exit') throw gitFailed(question, result);
  const lines = result.stdout.toString('utf8').split('\n');
  const [bare, gitDir = '', commonDir = '', prefix = '', root = '', ...end] = lines;
  if (isFine(result) && bare === 'false') {
    const isWhole =
      [gitDir, commonDir, root].every(isAbsolute) && end.length === 1 && end[0] === '';
    if (!isWhole || !/^(.*\/)?$/.test(prefix)) throw oddAnswer('rev-parse');
    return { root, gitDir, commonDir, prefix };
  }
  if (mayBeBare && bare === 'true' && [gitDir, commonDir].every(isAbsolute)) {
    return { root: gitDir, gitDir, commonDir, prefix: '' };
  }
  // A git that does not know an option of rev-parse prints it back.
  if (bare?.startsWith('--')) await assertRecentGit(git);
  throw notARepository(cwd, bare, result.stderr) ?? gitFailed(question, result);
}

/** @returns undefined where git failed for another reason, or did not say why */
function notARepository(
  cwd: string,
  bare: string | undefined,
  stderr: string,
): LazyspecError | undefined {
  if (bare === 'true') {
    return new LazyspecError('NOT_A_REPOSITORY', `${cwd} is a bare repository`, {
      remedy: 'Run this in a clone with a work tree: claims are kept in clones.',
    });
  }
  if (stderr.includes('dubious ownership')) {
    return new LazyspecError('NOT_A_REPOSITORY', `git does not trust the owner of ${cwd}`, {
      remedy: `git config --global --add safe.directory ${shellQuote(cwd)}`,
    });
  }
  if (stderr.includes('must be run in a work tree')) {
    return new LazyspecError('NOT_A_REPOSITORY', `${cwd} is inside a git directory`, {
      remedy: 'Change to the work tree, or name it with -C <dir>.',
    });
  }
  if (!stderr.includes('not a git repository')) return undefined;
  return new LazyspecError('NOT_A_REPOSITORY', `${cwd} is not in a git repository`, {
    remedy: 'Change to a clone, or name one with -C <dir>.',
  });
}

/** @throws {LazyspecError} GIT_TOO_OLD */
async function assertRecentGit(git: Git): Promise<void> {
  const version = await gitVersion(git);
  if (isAtLeast(version, OLDEST_GIT)) return;
  throw new LazyspecError('GIT_TOO_OLD', `git ${version.major}.${version.minor} is too old`, {
    remedy: `Install git ${OLDEST_GIT.major}.${OLDEST_GIT.minor} or newer.`,
  });
}

/**
 * The top of the work tree, found without asking git: the nearest folder upwards that holds
 * `.git`. Undefined where that could be wrong (git was told where to look by its environment) or
 * nothing was found; then git itself must be asked.
 */
export function guessRoot(cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.GIT_DIR || env.GIT_WORK_TREE) return undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (holdsGit(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * A git directory that git would take for ours because it lies open around the current folder: a
 * clone may hold one among its files, with a configuration that runs programs. git 2.38 and newer
 * can refuse that (safe.bareRepository, in run.ts); here it is so with every git.
 */
function nakedGitDirectory(cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  if (env.GIT_DIR) return undefined;
  for (let folder = realpathSync(cwd); ; folder = dirname(folder)) {
    if (holdsGit(join(folder, '.git'))) return undefined;
    if (['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** A file that leads to a git directory (linked work trees, submodules), or one itself. */
function holdsGit(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  // git passes over a folder that is only called .git, and looks further up.
  return stat?.isFile() || (stat?.isDirectory() === true && existsSync(join(path, 'HEAD')));
}
