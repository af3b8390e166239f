/**
 * git itself: hooks named in its configuration where it knows them (2.54 and newer), which touches
 * nobody's file; files in its hooks folder before that.
 */

import { mustRun } from '../../git/run.ts';
import { isAtLeast } from '../../git/version.ts';
import type { Hook } from '../../hook-names.ts';
import { ALL_HOOKS } from '../../hook-names.ts';
import type { Files } from '../files.ts';
import { configuredInstall, configuredUninstall } from '../git-config-hooks.ts';
import {
  copiesUninstall,
  hookFilesInstall,
  hookFilesUninstall,
  laterInFile,
} from '../git-hook-files.ts';
import { hookCopies, removeHookCopies } from '../hook-copies.ts';
import type { Place } from '../place.ts';
import type { Manager, Plan } from './manager.ts';

const CONFIG_HOOKS = { major: 2, minor: 54 };

/** Those of some hooks that are to be here, straight in git. The other of the two ways is cleared, or both would run. */
export function gitHooks(hooks: readonly Hook[]) {
  return {
    async install(place: Place, files: Files): Promise<Plan> {
      const wanted = hooks.filter((hook) => place.hooks.includes(hook));
      const others = hooks.filter((hook) => !place.hooks.includes(hook));
      if (isConfigured(place)) {
        configuredUninstall(place, files, others);
        configuredInstall(place, files, wanted);
        return { steps: hookFilesUninstall(place, hooks) };
      }
      configuredUninstall(place, files, hooks);
      return {
        steps: [...hookFilesInstall(place, wanted), ...hookFilesUninstall(place, others)],
      };
    },
    async uninstall(place: Place, files: Files): Promise<Plan> {
      configuredUninstall(place, files, hooks);
      return { steps: hookFilesUninstall(place, hooks) };
    },
  };
}

const all = gitHooks(ALL_HOOKS);

export const git: Manager = {
  name: 'git',
  async detect(place) {
    const because = isConfigured(place) ? "this clone's git configuration" : place.hooksFolder;
    return { active: true, because };
  },
  async install(place, files) {
    const { steps = [] } = await all.install(place, files);
    // The hooks that the configuration names come before it.
    const copies = isConfigured(place) ? hookCopies(place) : removeHookCopies(place);
    return { steps: [...copies, ...steps] };
  },
  async uninstall(place, files) {
    const { steps = [] } = await all.uninstall(place, files);
    const copies = copiesUninstall(place, (name) => !/\.legacy$/.test(name));
    return { steps: [...steps, ...copies, ...removeHookCopies(place)] };
  },
  async later(place) {
    if (!isConfigured(place)) return laterInFile(place, 'pre-commit');
    const { stdout } = await mustRun(place.git, ['hook', 'list', 'pre-commit'], { alsoFine: [1] });
    const names = stdout.toString('utf8').trim().split('\n');
    const ours = names.indexOf('lazyspec-pre-commit');
    return ours < 0 ? undefined : names.slice(ours + 1).join(', ') || undefined;
  },
  unheard: () => [],
};

/** Whether git runs hooks that its configuration names. */
export function isConfigured({ gitVersion }: Pick<Place, 'gitVersion'>): boolean {
  return isAtLeast(gitVersion, CONFIG_HOOKS);
}
