/** Our hooks as files in git's hooks folder. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { Hook } from '../hook-names.ts';
import { packageRoot } from '../package-root.ts';
import type { Step } from './apply.ts';
import { installSteps, readHook, uninstallSteps } from './hook-file.ts';
import type { Place } from './place.ts';

/** @throws {LazyspecError} USAGE, FILE_SYSTEM where the folder is not ours to write into */
export function hookFilesInstall(place: Place, hooks: readonly Hook[]): Step[] {
  assertOwnFolder(place);
  return hooks.flatMap((hook) => {
    return installSteps(readHook(join(place.hooksFolder, hook)), ourHook());
  });
}

export function hookFilesUninstall(place: Place, hooks: readonly Hook[]): Step[] {
  const { hooksFolder } = place;
  // What is no folder holds no hook of ours.
  if (!statSync(hooksFolder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return hooks.flatMap((hook) => {
    return uninstallSteps(readHook(join(hooksFolder, hook)), ourHook());
  });
}

export function ourHook(): Buffer {
  return readFileSync(join(packageRoot(), 'hooks', 'hook.sh'));
}

function assertOwnFolder({ hooksFolder, sharedHooksPath }: Place): void {
  if (basename(hooksFolder) === '_' && basename(dirname(hooksFolder)) === '.husky') {
    throw new LazyspecError('USAGE', 'the hooks of this repository are run by husky', {
      remedy: 'husky fills this folder anew each time: npx lazyspec-hooks install --manager husky',
    });
  }
  const stat = statSync(hooksFolder, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) {
    throw new LazyspecError('FILE_SYSTEM', `the hooks folder ${hooksFolder} is not a folder`, {
      remedy: 'Set core.hooksPath to a folder, or move the file away. Nothing was changed.',
    });
  }
  // Where nothing of ours is installed, our hook finds no program and refuses every commit.
  if (sharedHooksPath) {
    const message = `core.hooksPath is set for all repositories (${sharedHooksPath})`;
    throw new LazyspecError('USAGE', message, {
      remedy: 'Give this repository hooks of its own: git config --local core.hooksPath <folder>',
    });
  }
}
