/**
 * git itself: hooks named in its configuration where it knows them (2.54 and newer), which touches
 * nobody's file; files in its hooks folder before that.
 */

import { isAtLeast } from '../../git/version.ts';
import type { Hook } from '../../hook-names.ts';
import { HOOKS } from '../../hook-names.ts';
import type { Files } from '../files.ts';
import { configuredInstall, configuredUninstall } from '../git-config-hooks.ts';
import { hookFilesInstall, hookFilesUninstall } from '../git-hook-files.ts';
import type { Place } from '../place.ts';
import type { Manager, Plan } from './manager.ts';

const CONFIG_HOOKS = { major: 2, minor: 54 };

/** Some of our hooks, straight in git. The other of the two ways is cleared, or both would run. */
export function gitHooks(hooks: readonly Hook[]) {
  return {
    async install(place: Place, files: Files): Promise<Plan> {
      const steps = isAtLeast(place.gitVersion, CONFIG_HOOKS)
        ? [...configuredInstall(place, files, hooks), ...hookFilesUninstall(place, hooks)]
        : [...hookFilesInstall(place, hooks), ...configuredUninstall(place, files, hooks)];
      return { steps };
    },
    async uninstall(place: Place, files: Files): Promise<Plan> {
      return {
        steps: [...configuredUninstall(place, files, hooks), ...hookFilesUninstall(place, hooks)],
      };
    },
  };
}

export const git: Manager = {
  name: 'git',
  async detect({ gitVersion, hooksFolder }) {
    const configured = isAtLeast(gitVersion, CONFIG_HOOKS);
    return { active: true, because: configured ? "this clone's git configuration" : hooksFolder };
  },
  ...gitHooks(HOOKS),
  unheard: () => [],
};
