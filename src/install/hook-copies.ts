/**
 * Copies of our hooks in the common git directory, for all work trees of the clone: what git's
 * configuration names, and what a manager falls back to.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HOOKS } from '../hook-names.ts';
import type { Step } from './apply.ts';
import { ourHook } from './git-hook-files.ts';
import { installSteps, readHook } from './hook-file.ts';
import type { Place } from './place.ts';

export function hookCopies(place: Place): Step[] {
  return copies(place).flatMap((path) => installSteps(readHook(path), ourHook()));
}

export function removeHookCopies(place: Place): Step[] {
  return copies(place)
    .filter((path) => existsSync(path))
    .map((path) => ({ do: 'remove', path, prune: place.commonDir }));
}

function copies({ commonDir }: Place): string[] {
  return HOOKS.map((hook) => join(commonDir, 'lazyspec', 'hooks', hook));
}
