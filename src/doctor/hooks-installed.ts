/** Whether each hook is where git, or the manager that git runs, would find it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import type { Hook } from '../hook-names.ts';
import { chooseManager } from '../install/choose-manager.ts';
import { openFiles } from '../install/files.ts';
import { ourHook } from '../install/git-hook-files.ts';
import { isBlank, isOurs, linesBesideOurs } from '../install/hook-file.ts';
import { isConfigured } from '../install/managers/git.ts';
import { judgedLater } from '../install/managers/manager.ts';
import type { Place } from '../install/place.ts';
import { shellQuote } from '../shell-quote.ts';
import type { Finding } from './finding.ts';
import { failed, ok, warning } from './finding.ts';

const INSTALL = 'npx lazyspec-hooks install';

export interface HookStatus {
  hook: Hook;
  state: 'current' | 'former' | 'foreign' | 'blank' | 'missing' | 'not executable' | 'unheard';
  /** The file or the manager that it was looked for in. */
  where: string;
  /** What git or the manager runs after it. */
  later?: string;
}

/**
 * @throws {LazyspecError} USAGE where several managers are set up, CONFIG_INVALID of a manager's,
 * FILE_SYSTEM where git takes hooks from what is no folder
 */
export async function hookStatus(place: Place): Promise<HookStatus[]> {
  const { hooksFolder } = place;
  if (statSync(hooksFolder, { throwIfNoEntry: false })?.isDirectory() === false) {
    const message = `git takes hooks from ${hooksFolder}, which is no folder: it runs none`;
    throw new LazyspecError('FILE_SYSTEM', message, {
      remedy: `Set core.hooksPath to a folder, or unset it, then: ${INSTALL}`,
    });
  }
  const { manager } = await chooseManager(place, 'auto', false);
  const later = await manager.later?.(place, openFiles());
  const withLater = (status: HookStatus): HookStatus =>
    later && status.hook === 'pre-commit' ? { ...status, later } : status;
  if (manager.name === 'git' && !isConfigured(place)) {
    return place.hooks.map((hook) => withLater(fileStatus(hook, join(hooksFolder, hook))));
  }
  const files = openFiles();
  const { steps = [], run } = await manager.install(place, files);
  const complete = files.edits().length === 0 && steps.length === 0 && !run;
  const unheard = manager.unheard(place);
  const where = manager.name === 'git' ? "git's configuration" : manager.name;
  return place.hooks.map((hook) => {
    if (unheard.includes(hook)) return { hook, state: 'unheard', where };
    const file = steps.find(({ path }) => basename(path) === hook)?.path ?? where;
    return withLater({ hook, state: complete ? 'current' : 'missing', where: file });
  });
}

function fileStatus(hook: Hook, where: string): HookStatus {
  const stat = statSync(where, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { hook, state: 'missing', where };
  const content = readFileSync(where);
  const ours = ourHook();
  if (isBlank(content)) return { hook, state: 'blank', where };
  const isCurrent = linesBesideOurs(content, ours)?.edited === false;
  if (!isCurrent && !isOurs(content, ours)) return { hook, state: 'foreign', where };
  // Windows has no such bit: git looks for the shebang there.
  const runs = process.platform === 'win32' || (stat.mode & 0o111) !== 0;
  if (!runs) return { hook, state: 'not executable', where };
  return { hook, state: isCurrent ? 'current' : 'former', where };
}

export function hookFindings(
  statuses: readonly HookStatus[],
  { sharedHooksPath, commonDir }: Pick<Place, 'sharedHooksPath' | 'commonDir'>,
): Finding[] {
  // Hooks that all repositories have are not ours to change. In full: a relative path means
  // another folder in each work tree.
  const own = `git config --local core.hooksPath ${shellQuote(join(commonDir, 'hooks'))}`;
  const remedy = sharedHooksPath
    ? `Give this repository hooks of its own: ${own} && ${INSTALL}`
    : INSTALL;
  return statuses.map((status) => hookFinding(status, remedy));
}

function hookFinding({ hook, state, where, later }: HookStatus, remedy: string): Finding {
  const more = { hook };
  const not = (what: string) => failed('hooks', what, remedy, more);
  switch (state) {
    case 'current':
      return ok(
        'hooks',
        `${hook} is installed: ${where}${later ? `; ${judgedLater(later)}` : ''}`,
        more,
      );
    case 'former':
      return warning('hooks', `${hook} is of an earlier version: ${where}`, remedy, more);
    case 'blank':
      return not(
        `${hook} is empty, or has only NUL bytes, so that git lets everything pass: ${where}`,
      );
    case 'foreign':
      return not(`${hook} is not ours: ${where}`);
    case 'missing':
      return not(`${hook} is not installed, or not as it should be: ${where}`);
    case 'not executable':
      return not(`${hook} is not executable, so that git passes over it: ${where}`);
    case 'unheard':
      return not(`git does not hand ${hook} to ${where}`);
  }
}

/** Another work tree of the clone, and the folder that git takes hooks from there. */
export interface OtherTree {
  path: string;
  hooksFolder: string;
}

/**
 * The work trees that lack hooks which this one has: a relative core.hooksPath means another
 * folder in each, and what a manager generates there is not committed.
 */
export function checkOtherTrees(
  { hooks, hooksFolder }: Place,
  others: readonly OtherTree[],
): Finding[] {
  const here = hooks.filter((hook) => existsSync(join(hooksFolder, hook)));
  const lacking = others.filter((tree) => {
    return here.some((hook) => !existsSync(join(tree.hooksFolder, hook)));
  });
  if (lacking.length === 0) return [];
  return [
    warning(
      'hooks',
      'git runs no hooks in other work trees of this clone, which take them from a folder of their own',
      'Have them made there, as in a new clone: npm install, or npx husky. Or set core.hooksPath to the full path of one folder for all.',
      { details: lacking.map(({ path, hooksFolder: folder }) => `${path}: ${folder}`) },
    ),
  ];
}
