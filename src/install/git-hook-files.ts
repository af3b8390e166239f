/** Our hooks as files in git's hooks folder. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS } from '../hook-names.ts';
import { isExecutable } from '../is-executable.ts';
import { packageRoot } from '../package-root.ts';
import { realPath } from '../real-path.ts';
import type { Step } from './apply.ts';
import { nearestExisting } from './apply.ts';
import type { HookState } from './hook-file.ts';
import {
  hasLines,
  installSteps,
  isOfPreCommit,
  keptName,
  linesBesideOurs,
  readHook,
  uninstallSteps,
} from './hook-file.ts';
import { huskyFolder } from './husky-folder.ts';
import { END } from './our-part.ts';
import type { Place } from './place.ts';

/** @throws {LazyspecError} USAGE, FILE_SYSTEM where the folder is not ours to write into */
export function hookFilesInstall(place: Place, hooks: readonly Hook[]): Step[] {
  assertOwnFolder(place);
  const ours = ourHook();
  const files = hooks.map((hook) => readHook(join(place.hooksFolder, hook)));
  return files
    .filter((hook) => !isCalledAsLegacy(hook, ours))
    .flatMap((hook) => installSteps(hook, ours));
}

/** pre-commit and prek rename a hook that they find, and call it first: ours works so as well. */
function isCalledAsLegacy({ path, content }: HookState, ours: Buffer): boolean {
  if (!content || !isOfPreCommit(content) || !isExecutable(path)) return false;
  const legacy = `${path}.legacy`;
  return isExecutable(legacy) && linesBesideOurs(readFileSync(legacy), ours)?.edited === false;
}

export function hookFilesUninstall(place: Place, hooks: readonly Hook[]): Step[] {
  const ours = ourHook();
  const paths = hookFolders(place).flatMap((folder) => hooks.map((hook) => join(folder, hook)));
  // What is no file is no hook of ours.
  const steps = paths.filter(isHookFile).flatMap((path) => uninstallSteps(readHook(path), ours));
  return [...steps, ...copiesUninstall(place, (name) => isNamed(name, hooks))];
}

/** Takes ours out of every other file there: copies, and what tools have renamed and may bring back. */
export function copiesUninstall(place: Place, isWanted: (name: string) => boolean): Step[] {
  const ours = ourHook();
  return hookFolders(place).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => isWanted(name) && !(ALL_HOOKS as readonly string[]).includes(name))
      .map((name) => readHook(join(folder, name)))
      .filter(({ content }) => content && linesBesideOurs(content, ours))
      .flatMap((hook) => uninstallSteps(hook, ours)),
  );
}

/** The names that a manager gives to a hook that was there before it, and goes on calling it by. */
function isNamed(name: string, hooks: readonly Hook[]): boolean {
  return hooks.some((hook) => name === `${hook}.legacy`);
}

/** The hooks that were there before ours, and ours that were edited, aside. */
function namesIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter(
    (name) =>
      !/\.(sample|before-lazyspec|edited-lazyspec[-\d]*)$/.test(name) &&
      isHookFile(join(folder, name)),
  );
}

/**
 * core.hooksPath may have been set since we were installed, and one folder have two names. Where husky
 * has git run its scripts themselves, our lines in them are another part (managers/husky.ts).
 */
function hookFolders(place: Place): string[] {
  const { commonDir, hooksFolder } = place;
  const own = huskyFolder(place) === hooksFolder ? [] : [hooksFolder];
  const folders = [join(commonDir, 'hooks'), ...own];
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
    const beside = content && linesBesideOurs(content, ourHook());
    const theirs = beside && !hasLines(beside) ? kept : content;
    return theirs !== undefined && theirs.length > 0 && !mark.test(theirs.toString('latin1'));
  });
}

/** What a hook file has behind our part. */
export function laterInFile({ hooksFolder }: Place, hook: Hook): string | undefined {
  const path = join(hooksFolder, hook);
  const content = isHookFile(path) ? readHook(path).content : undefined;
  const after = content && linesBesideOurs(content, ourHook())?.after.trim();
  return after ? `lines behind ours in ${path}` : undefined;
}

/** With a line that tells where ours ends: lines may be added behind it. */
export function ourHook(): Buffer {
  const shipped = readFileSync(join(packageRoot(), 'hooks', 'hook.sh'));
  return Buffer.concat([shipped, Buffer.from(`${END}. Lines below this one are yours.\n`)]);
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
