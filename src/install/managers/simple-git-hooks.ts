/** simple-git-hooks: a command for each hook in JSON, which it writes into git's hooks folder. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LazyspecError } from '../../errors.ts';
import type { Hook } from '../../hook-names.ts';
import { ALL_HOOKS, HOOKS } from '../../hook-names.ts';
import { readJson, removeJson, setJson } from '../edit-json.ts';
import type { Files } from '../files.ts';
import {
  generatedHooks,
  hookContent,
  isActive,
  runStep,
  unfinishedSteps,
} from '../generated-hooks.ts';
import { foreignHooks } from '../git-hook-files.ts';
import { OUR_COMMAND } from '../our-part.ts';
import type { Place } from '../place.ts';
import { foldersUp, packageJsonPath, unwantedHooks } from '../place.ts';
import type { Manager } from './manager.ts';

const NAME = 'simple-git-hooks';
const GENERATED = /\bSKIP_SIMPLE_GIT_HOOKS\b/;
/** Where it looks, in its order; package.json comes last. */
const PROGRAMS = ['.', ''].flatMap((dot) =>
  ['cjs', 'js', 'mjs'].map((extension) => `${dot}${NAME}.${extension}`),
);
const FILES = [`.${NAME}.json`, `${NAME}.json`];

export const simpleGitHooks: Manager = {
  name: NAME,

  async detect(place, files) {
    if (isActive(place, GENERATED)) {
      return { active: true, because: `the hooks in ${place.hooksFolder} are its own` };
    }
    const found = configuration(place, files);
    return found && { active: false, because: `${found.path} configures it` };
  },

  async install(place, files) {
    const { path, keys } = configurationToEdit(place, files);
    // Put in by hand, where only a hand can.
    if (PROGRAMS.includes(basename(path))) {
      return this.unheard(place).length > 0 ? runStep(place, NAME, [], { cwd: dirname(path) }) : {};
    }
    const before = files.read(path);
    files.edit(path, (text = '{}\n') => {
      let edited = withoutCommands(path, text, keys, unwantedHooks(place));
      for (const hook of place.hooks) {
        const now = commandAt(path, edited, [...keys, hook]);
        const wanted = withOurs(withoutOurs(now ?? ''), hook, place);
        if (wanted !== now) edited = setJson(path, edited, [...keys, hook], wanted);
      }
      return edited;
    });
    const commands = commandsAt(path, files.read(path) ?? '', keys);
    if (files.read(path) === before && areWritten(place, commands)) return {};
    assertOverwritesNothing(place, path, commands);
    const steps = unfinishedSteps(place, GENERATED);
    return { steps, ...runStep(place, NAME, [], { cwd: dirname(path) }) };
  },

  async uninstall(place, files) {
    let edited: string | undefined;
    for (const { path, keys } of places(place)) {
      // A configuration that does not name us need not even be one that can be read.
      if (PROGRAMS.includes(basename(path)) || !files.mentions(path, MARK)) continue;
      const before = files.read(path);
      files.edit(path, (text = '') => withoutCommands(path, text, keys, ALL_HOOKS));
      if (files.read(path) !== before) edited = path;
    }
    return edited === undefined ? {} : runStep(place, NAME, [], { cwd: dirname(edited) });
  },

  unheard(place) {
    const heard = generatedHooks(place, OURS_GENERATED);
    return place.hooks.filter((hook) => !heard.includes(hook));
  },

  generated: GENERATED,
};

interface Where {
  path: string;
  /** Where in the file the commands are. */
  keys: string[];
}

/** Every file in which simple-git-hooks may be configured, those that count first. */
function places(place: Place): Where[] {
  const folders = new Set([...foldersUp(place), ...place.recorded.map((path) => dirname(path))]);
  return [...folders].flatMap((folder) => [
    ...[...PROGRAMS, ...FILES].map((name) => ({ path: join(folder, name), keys: [] })),
    { path: join(folder, 'package.json'), keys: [NAME] },
  ]);
}

/** The file that simple-git-hooks reads, if there is one. */
function configuration(place: Place, files: Files): Where | undefined {
  return places(place).find(({ path, keys }) => {
    if (keys.length === 0) return existsSync(path);
    // Many that are no configuration of hooks name it as a dependency.
    if (!files.mentions(path, `"${NAME}"`)) return false;
    return Object.hasOwn(objectIn(readJson(path, files.read(path) ?? '')), NAME);
  });
}

function configurationToEdit(place: Place, files: Files): Where {
  const found = configuration(place, files);
  const isProgram = found && PROGRAMS.includes(basename(found.path));
  if (isProgram && !files.mentions(found.path, SHIPPED)) {
    throw new LazyspecError('USAGE', `${found.path} is a program, and cannot be edited`, {
      remedy: `End the command of each hook in it with ours, then run npx ${NAME}`,
      details: HOOKS.map((hook) => `${hook}: … && ${SHIPPED}/${hook} "$@"`),
    });
  }
  if (found) return found;
  if (isActive(place, GENERATED)) {
    // From another configuration it would make other hooks, in place of those.
    throw new LazyspecError('USAGE', `there is no configuration of ${NAME} up to ${place.root}`, {
      remedy: `Run this in the folder of the package.json that ${NAME} made the hooks from.`,
    });
  }
  return { path: packageJsonPath(place) ?? join(place.root, 'package.json'), keys: [NAME] };
}

/** Whether it has made its hooks from these commands. */
function areWritten(place: Place, commands: Commands): boolean {
  const heard = generatedHooks(place, GENERATED);
  return place.hooks.every((hook) => {
    const content = hookContent(join(place.hooksFolder, hook));
    return heard.includes(hook) && content?.endsWith(String(commands[hook])) === true;
  });
}

/** It writes over what is there, and what was there would never run again. */
function assertOverwritesNothing(place: Place, path: string, commands: Commands): void {
  const lost = foreignHooks(place.hooksFolder, Object.keys(commands), GENERATED);
  if (lost.length === 0) return;
  throw new LazyspecError('USAGE', `${NAME} would overwrite ${lost.join(', ')}`, {
    remedy: `Move what it does to its command in ${path} and remove it, then run this again. Nothing was changed.`,
  });
}

type Commands = Record<string, unknown>;

function commandsAt(path: string, text: string, keys: readonly string[]): Commands {
  return keys.reduce((value, key) => objectIn(value[key]), objectIn(readJson(path, text)));
}

function objectIn(value: unknown): Commands {
  return typeof value === 'object' && value !== null ? (value as Commands) : {};
}

function withoutCommands(
  path: string,
  text: string,
  keys: readonly string[],
  hooks: readonly Hook[],
): string {
  let edited = text;
  for (const hook of hooks) {
    const now = commandAt(path, edited, [...keys, hook]);
    if (now === undefined) continue;
    const rest = withoutOurs(now);
    if (rest === '') edited = removeJson(path, edited, [...keys, hook], { pruneEmpty: true });
    else if (rest !== now) edited = setJson(path, edited, [...keys, hook], rest);
  }
  return edited;
}

function commandAt(path: string, text: string, keys: readonly string[]): string | undefined {
  const value = commandsAt(path, text, keys.slice(0, -1))[keys.at(-1) ?? ''];
  if (value === undefined || typeof value === 'string') return value;
  throw new LazyspecError('CONFIG_INVALID', `${path}: '${keys.join('.')}' is not a command`, {
    remedy: 'Make it a text, or move it elsewhere, then run this again. Nothing was changed.',
  });
}

/** Our hooks, for somebody who writes the command by hand. */
const SHIPPED = 'sh node_modules/lazyspec-hooks/hooks';

/** In every command of ours, and in nobody else's. */
const MARK = ': lazyspec-hooks;';

/** A hook that runs ours, also by a command that was written by hand. */
const OURS_GENERATED = new RegExp(`${GENERATED.source}[^]*(${MARK}|${SHIPPED})`);

/**
 * Theirs first, in a shell of its own that may `exit`; so ours judges what it stages. What git says
 * on stdin is for both. doctor proves ours, and need not wait for theirs.
 */
function withOurs(theirs: string, hook: Hook, place: Place): string {
  const ours = `${place.command(hook)} "$@"`;
  if (theirs === '') return `${MARK} ${ours}`;
  const first = `${UNLESS_PROBED} ( ${theirs}\n) && `;
  if (hook !== 'pre-push') return `${MARK} ${first}${ours}`;
  return `${MARK} p=$(cat && echo .) && ${UNLESS_PROBED} ${REPLAY} | ( ${theirs}\n) && ${REPLAY} | ${ours}`;
}

const UNLESS_PROBED = '[ -n "$LAZYSPEC_PROBE" ] ||';
const REPLAY = `printf '%s' "\${p%.}"`;

/** What is left of a command without ours, also where ours names another path. */
function withoutOurs(command: string): string {
  const mark = command.indexOf(MARK);
  const ours = OUR_COMMAND.exec(command);
  if (mark < 0 || !ours) return command;
  const before = command.slice(mark + MARK.length, ours.index);
  const after = command.slice(ours.index + ours[0].length + ' "$@"'.length);
  const theirs = [command.slice(0, mark), before, after].map(unwrapped).filter(Boolean);
  return theirs.length === 1 ? String(theirs[0]) : theirs.map((one) => `{ ${one}\n}`).join(' && ');
}

/** What stands in the shell of its own; earlier versions had it behind ours, in `{ … }`. */
function unwrapped(part: string): string {
  const plain = ['p=$(cat && echo .) &&', UNLESS_PROBED, `${REPLAY} |`]
    .reduce((left, ours) => left.replaceAll(ours, ''), part)
    .replaceAll(/^\s*(?:&&|;)\s*|\s*(?:&&|;)\s*$|^\s+|\s+$/g, '');
  return /^(?:\(|\{) ([\s\S]*)\n[)}]$/.exec(plain)?.[1] ?? plain;
}
