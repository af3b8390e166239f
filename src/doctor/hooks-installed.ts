/** Whether each hook is where git, or the manager that git runs, would find it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast } from '../git/version.ts';
import type { Hook } from '../hook-names.ts';
import { HOOKS } from '../hook-names.ts';
import { chooseManager } from '../install/choose-manager.ts';
import { openFiles } from '../install/files.ts';
import { FORMER_HOOKS } from '../install/former-hooks.ts';
import { ourHook } from '../install/git-hook-files.ts';
import type { Place } from '../install/place.ts';
import type { Finding } from './finding.ts';
import { failed, ok, warning } from './finding.ts';

export interface HookStatus {
  hook: Hook;
  state: 'current' | 'former' | 'foreign' | 'missing' | 'not executable' | 'unheard';
  /** The file or the manager that it was looked for in. */
  where: string;
}

/** @throws {LazyspecError} USAGE where several managers are set up, CONFIG_INVALID of a manager's */
export async function hookStatus(place: Place): Promise<HookStatus[]> {
  const { manager } = await chooseManager(place, 'auto', false);
  // git's configuration has named hooks since 2.54, and files before that.
  const inFiles = manager.name === 'git' && !isAtLeast(place.gitVersion, { major: 2, minor: 54 });
  if (inFiles) return HOOKS.map((hook) => fileStatus(hook, join(place.hooksFolder, hook)));
  const files = openFiles();
  const { steps = [], run } = await manager.install(place, files);
  const complete = files.edits().length === 0 && steps.length === 0 && !run;
  const unheard = manager.unheard(place);
  return HOOKS.map((hook) => {
    if (unheard.includes(hook)) return { hook, state: 'unheard', where: manager.name };
    return { hook, state: complete ? 'current' : 'missing', where: manager.name };
  });
}

function fileStatus(hook: Hook, where: string): HookStatus {
  const stat = statSync(where, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { hook, state: 'missing', where };
  const content = readFileSync(where);
  const isCurrent = content.equals(ourHook());
  if (!isCurrent && !FORMER_HOOKS.has(createHash('sha256').update(content).digest('hex'))) {
    return { hook, state: 'foreign', where };
  }
  // Windows has no such bit: git looks for the shebang there.
  const runs = process.platform === 'win32' || (stat.mode & 0o111) !== 0;
  if (!runs) return { hook, state: 'not executable', where };
  return { hook, state: isCurrent ? 'current' : 'former', where };
}

const INSTALL = 'npx lazyspec-hooks install';

export function hookFindings(statuses: readonly HookStatus[]): Finding[] {
  return statuses.map(hookFinding);
}

function hookFinding({ hook, state, where }: HookStatus): Finding {
  const more = { hook };
  const not = (what: string) => failed('hooks', what, INSTALL, more);
  switch (state) {
    case 'current':
      return ok('hooks', `${hook} is installed: ${where}`, more);
    case 'former':
      return warning('hooks', `${hook} is of an earlier version: ${where}`, INSTALL, more);
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
export function checkOtherTrees({ hooksFolder }: Place, others: readonly OtherTree[]): Finding[] {
  const here = HOOKS.filter((hook) => existsSync(join(hooksFolder, hook)));
  const lacking = others.filter((tree) => {
    return here.some((hook) => !existsSync(join(tree.hooksFolder, hook)));
  });
  if (lacking.length === 0) return [];
  return [
    warning(
      'hooks',
      'git runs no hooks in other work trees of this clone, which take them from a folder of their own',
      'Have them made there, as in a new clone: npm install, or npx husky.',
      { details: lacking.map(({ path, hooksFolder: folder }) => `${path}: ${folder}`) },
    ),
  ];
}
