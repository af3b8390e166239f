import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';

/** The folder that git takes its hooks from here; honours core.hooksPath. */
export async function hooksFolder(git: Git): Promise<string> {
  const args = ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'];
  const { stdout } = await mustRun(git, args);
  return stdout.toString('utf8').replace(/\n$/, '');
}

/**
 * Refuses folders that are not ours to write into.
 * @throws {LazyspecError} USAGE, FILE_SYSTEM
 */
export function assertWritableByUs(folder: string): void {
  // husky generates this folder anew on every install, and runs the hooks in .husky.
  if (basename(folder) === '_' && basename(dirname(folder)) === '.husky') {
    throw new LazyspecError('USAGE', 'the hooks of this repository are run by husky', {
      remedy:
        'Add this line to .husky/pre-commit: node node_modules/lazyspec-hooks/dist/hooks.js run pre-commit',
    });
  }
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) {
    throw new LazyspecError('FILE_SYSTEM', `the hooks folder ${folder} is not a folder`, {
      remedy: 'Set core.hooksPath to a folder, or move the file away. Nothing was changed.',
    });
  }
}

/**
 * Refuses a folder that other repositories take their hooks from as well: where nothing of ours is
 * installed, our hook finds no program and refuses every commit.
 * @throws {LazyspecError} USAGE
 */
export async function assertOwnHooksPath(git: Git): Promise<void> {
  const args = ['config', '--show-scope', '--get', 'core.hooksPath'];
  const { stdout } = await mustRun(git, args, { alsoFine: [1] });
  const scope = /^(global|system)\t/.exec(stdout.toString('utf8'))?.[1];
  if (scope === undefined) return;
  throw new LazyspecError('USAGE', `core.hooksPath is set for all repositories (${scope})`, {
    remedy: 'Give this repository hooks of its own: git config --local core.hooksPath <folder>',
  });
}
