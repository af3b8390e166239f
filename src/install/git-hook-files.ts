/** Our hooks as files in git's hooks folder. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { Hook } from '../hook-names.ts';
import { packageRoot } from '../package-root.ts';
import { realPath } from '../real-path.ts';
import type { Step } from './apply.ts';
import { nearestExisting } from './apply.ts';
import { installSteps, isOurs, keptName, readHook, uninstallSteps } from './hook-file.ts';
import { huskyFolder } from './husky-folder.ts';
import type { Place } from './place.ts';

/** @throws {LazyspecError} USAGE, FILE_SYSTEM where the folder is not ours to write into */
export function hookFilesInstall(place: Place, hooks: readonly Hook[]): Step[] {
  assertOwnFolder(place);
  return hooks.flatMap((hook) => {
    return installSteps(readHook(join(place.hooksFolder, hook)), ourHook());
  });
}

export function hookFilesUninstall(place: Place, hooks: readonly Hook[]): Step[] {
  const paths = hookFolders(place).flatMap((folder) => hooks.map((hook) => join(folder, hook)));
  // What is no file is no hook of ours.
  return paths.filter(isHookFile).flatMap((path) => uninstallSteps(readHook(path), ourHook()));
}

/** core.hooksPath may have been set since we were installed, and one folder have two names. */
function hookFolders({ hooksFolder, commonDir }: Place): string[] {
  const folders = [join(commonDir, 'hooks'), hooksFolder];
  return [...new Map(folders.map((folder) => [realPath(folder), folder])).values()];
}

/** Also where only the hook that was there before is left. */
function isHookFile(path: string): boolean {
  return [path, keptName(path)].some((name) => {
    try {
      return statSync(name).isFile();
    } catch {
      return false; // none, or none that git could run
    }
  });
}

/**
 * The hooks of these names that are neither ours nor a manager's.
 * @param mark by which the manager's are known
 */
export function foreignHooks(folder: string, names: readonly string[], mark: RegExp): string[] {
  const paths = names.map((name) => join(folder, name));
  return paths.filter((path) => {
    if (!isHookFile(path)) return false;
    const { content, kept } = readHook(path);
    const theirs = content && isOurs(content, ourHook()) ? kept : content;
    return theirs !== undefined && theirs.length > 0 && !mark.test(theirs.toString('latin1'));
  });
}

export function ourHook(): Buffer {
  return readFileSync(join(packageRoot(), 'hooks', 'hook.sh'));
}

function assertOwnFolder({ hooksFolder, sharedHooksPath }: Place): void {
  if (huskyFolder({ hooksFolder }) !== undefined) {
    throw new LazyspecError('USAGE', 'the hooks of this repository are run by husky', {
      remedy: 'husky fills this folder anew each time: npx lazyspec-hooks install --manager husky',
    });
  }
  const stat = statSync(nearestExisting(hooksFolder));
  if (!stat.isDirectory()) {
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
