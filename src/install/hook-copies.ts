/**
 * Copies of our hooks in the common git directory, for all work trees of the clone: what git's
 * configuration names, and what a manager falls back to.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS } from '../hook-names.ts';
import type { Step } from './apply.ts';
import { ourHook } from './git-hook-files.ts';
import { installSteps, readHook } from './hook-file.ts';
import type { Place } from './place.ts';
import { unwantedHooks } from './place.ts';

export function hookCopies(place: Place): Step[] {
  const wanted = copies(place, place.hooks);
  return [
    ...wanted.flatMap((path) => installSteps(readHook(path), ourHook())),
    ...removalOf(place, unwantedHooks(place)),
  ];
}

export function removeHookCopies(place: Place): Step[] {
  return removalOf(place, ALL_HOOKS);
}

function removalOf(place: Place, hooks: readonly Hook[]): Step[] {
  return copies(place, hooks)
    .filter((path) => existsSync(path))
    .map((path) => ({ do: 'remove', path, prune: place.commonDir }));
}

function copies({ commonDir }: Place, hooks: readonly Hook[]): string[] {
  return hooks.map((hook) => join(commonDir, 'lazyspec', 'hooks', hook));
}
