/** simple-git-hooks: a command for each hook in JSON, which it writes into git's hooks folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../../errors.ts';
import type { Hook } from '../../hook-names.ts';
import { HOOKS } from '../../hook-names.ts';
import { readJson, removeJson, setJson } from '../edit-json.ts';
import { generatedHooks, runStep } from '../generated-hooks.ts';
import type { Place } from '../place.ts';
import { packageJsonPath } from '../place.ts';
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
    if (generatedHooks(place, GENERATED).length > 0) {
      return { active: true, because: `the hooks in ${place.hooksFolder} are its own` };
    }
    const path = [...PROGRAMS, ...FILES].map((name) => join(place.root, name)).find(existsSync);
    if (path) return { active: false, because: `${path} exists` };
    const manifest = packageJsonPath(place);
    const text = manifest && files.read(manifest);
    if (!text?.includes(`"${NAME}"`)) return undefined;
    const { [NAME]: commands } = (readJson(manifest ?? '', text) ?? {}) as Record<string, unknown>;
    return commands ? { active: false, because: `${manifest} configures it` } : undefined;
  },

  async install(place, files) {
    const { path, keys } = configuration(place);
    const before = files.read(path);
    files.edit(path, (text = '{}\n') => {
      let edited = text;
      for (const hook of HOOKS) {
        const now = commandAt(path, edited, [...keys, hook]);
        const wanted = withOurs(withoutOurs(now ?? '', hook), hook, place);
        if (wanted !== now) edited = setJson(path, edited, [...keys, hook], wanted);
      }
      return edited;
    });
    const complete = files.read(path) === before && this.unheard(place).length === 0;
    return complete ? {} : runStep(place, NAME, []);
  },

  async uninstall(place, files) {
    const { path, keys } = configuration(place);
    const before = files.read(path);
    if (!before?.includes(MARK)) return {};
    files.edit(path, (text = '') => {
      let edited = text;
      for (const hook of HOOKS) {
        const now = commandAt(path, edited, [...keys, hook]);
        if (now === undefined) continue;
        const rest = withoutOurs(now, hook);
        if (rest === '') edited = removeJson(path, edited, [...keys, hook], { pruneEmpty: true });
        else if (rest !== now) edited = setJson(path, edited, [...keys, hook], rest);
      }
      return edited;
    });
    return files.read(path) === before ? {} : runStep(place, NAME, []);
  },

  unheard(place) {
    const heard = generatedHooks(place, GENERATED);
    return HOOKS.filter((hook) => !heard.includes(hook));
  },

  generated: GENERATED,
};

/** The file that simple-git-hooks would read, and where in it the commands are. */
function configuration(place: Place): { path: string; keys: string[] } {
  const at = (name: string) => join(place.root, name);
  const program = PROGRAMS.find((name) => existsSync(at(name)));
  if (program) {
    throw new LazyspecError('USAGE', `${at(program)} is a program, and cannot be edited`, {
      remedy: `Begin the command of each hook in it with ours, then run npx ${NAME}`,
      details: HOOKS.map((hook) => `${hook}: ${place.command(hook)} "$@" && …`),
    });
  }
  const file = FILES.find((name) => existsSync(at(name)));
  if (file) return { path: at(file), keys: [] };
  return { path: packageJsonPath(place) ?? at('package.json'), keys: [NAME] };
}

function commandAt(path: string, text: string, keys: readonly string[]): string | undefined {
  let value = readJson(path, text) as unknown;
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new LazyspecError('CONFIG_INVALID', `${path}: '${keys.join('.')}' is not a command`, {
    remedy: 'Make it a text, or move it elsewhere, then run this again. Nothing was changed.',
  });
}

/** In every command of ours, and in nobody else's. */
const MARK = ': lazyspec-hooks;';

/** Ours first; what git says on stdin is for both. */
function withOurs(theirs: string, hook: Hook, place: Place): string {
  const ours = `${place.command(hook)} "$@"`;
  if (theirs === '') return `${MARK} ${ours}`;
  if (hook !== 'pre-push') return `${MARK} ${ours} && { ${theirs}\n}`;
  const replay = `printf '%s' "\${p%.}"`;
  return `${MARK} p=$(cat && echo .) && ${replay} | ${ours} && ${replay} | { ${theirs}\n}`;
}

/** What is left of a command without ours, also where ours names another path. */
function withoutOurs(command: string, hook: Hook): string {
  if (!command.startsWith(MARK)) return command;
  const between = hook === 'pre-push' ? ' | { ' : ' && { ';
  const start = command.indexOf(between);
  return start < 0 ? '' : command.slice(start + between.length).replace(/\n\}$/, '');
}
