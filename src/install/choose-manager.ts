/** Which hook manager our hooks are plugged into. */
import { LazyspecError } from '../errors.ts';
import { openFiles } from './files.ts';
import { git } from './managers/git.ts';
import { husky } from './managers/husky.ts';
import { lefthook } from './managers/lefthook.ts';
import type { Manager, ManagerName, Presence } from './managers/manager.ts';
import { preCommit, prek } from './managers/pre-commit.ts';
import { simpleGitHooks } from './managers/simple-git-hooks.ts';
import type { Place } from './place.ts';

export const MANAGERS: readonly Manager[] = [git, husky, lefthook, preCommit, prek, simpleGitHooks];

export interface Choice {
  manager: Manager;
  presence: Presence;
}

/**
 * The manager asked for, or with `auto` the one that rules here: the one that our hooks are in
 * already, else the one that git runs, else the one that is configured, else git itself.
 * @throws {LazyspecError} USAGE where that is not one
 */
export async function chooseManager(
  place: Place,
  asked: ManagerName | 'auto',
  force: boolean,
): Promise<Choice> {
  const plugged = await pluggedInto(place);
  if (asked !== 'auto') return assertFits(place, managerNamed(asked), plugged, force);

  const found: Choice[] = [];
  for (const manager of MANAGERS.filter(({ name }) => name !== 'git')) {
    const presence = await manager.detect(place, openFiles());
    if (presence) found.push({ manager, presence });
  }
  const preferred = [
    found.filter(({ manager }) => plugged.includes(manager)),
    found.filter(({ presence }) => presence.active),
    found,
  ].find((choices) => choices.length > 0);
  const [choice, ...others] = preferred ?? [await itself(place)];
  if (choice && others.length === 0) return choice;
  throw severalManagers(preferred ?? []);
}

/** The managers, git aside, in whose configuration our hooks are. */
async function pluggedInto(place: Place): Promise<Manager[]> {
  const plugged: Manager[] = [];
  for (const manager of MANAGERS) {
    if (manager.name === 'git') continue;
    const files = openFiles();
    await manager.uninstall(place, files);
    if (files.edits().length > 0) plugged.push(manager);
  }
  return plugged;
}

function managerNamed(name: ManagerName): Manager {
  const manager = MANAGERS.find((one) => one.name === name);
  if (!manager) throw new TypeError(`no manager ${name}`);
  return manager;
}

async function itself(place: Place): Promise<Choice> {
  const presence = await git.detect(place, openFiles());
  return { manager: git, presence: presence ?? { active: true, because: '' } };
}

async function assertFits(
  place: Place,
  manager: Manager,
  plugged: readonly Manager[],
  force: boolean,
): Promise<Choice> {
  const other = plugged.find((one) => one !== manager && one.sharesWith !== manager.name);
  if (other) {
    throw new LazyspecError('USAGE', `our hooks are in ${other.name}'s configuration already`, {
      remedy: 'Take them out first: npx lazyspec-hooks uninstall',
    });
  }
  const presence = await manager.detect(place, openFiles());
  if (presence) return { manager, presence };
  if (force) return { manager, presence: { active: false, because: 'asked for' } };
  throw new LazyspecError('USAGE', `${manager.name} is not set up in ${place.root}`, {
    remedy: `Set it up first, or have its configuration made: npx lazyspec-hooks install --manager ${manager.name} --force`,
  });
}

function severalManagers(choices: readonly Choice[]): LazyspecError {
  const names = choices.map(({ manager }) => manager.name);
  return new LazyspecError('USAGE', `several hook managers are set up here: ${names.join(', ')}`, {
    details: choices.map(({ manager, presence }) => `${manager.name}: ${presence.because}`),
    remedy: `Say which is to run our hooks: npx lazyspec-hooks install --manager ${names[0]}`,
  });
}
