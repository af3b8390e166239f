/**
 * lint-staged: an entry that says early, beside the linters, what the hooks would refuse. Advice
 * only: lint-staged asks for it where it sees a file, and is blind to deletions and to the old
 * names of files. Once asked, the hook judges the index, and not the names that it is given: a
 * gate of names would refuse new documents, and others' documents in a merge, that the hook passes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { readJson, removeJson, setJson } from './edit-json.ts';
import { addToList, readYaml, removeFromList } from './edit-yaml.ts';
import type { Files } from './files.ts';
import type { Place } from './place.ts';
import { packageJsonPath, packageJsonPaths } from './place.ts';

const COMMAND = 'lazyspec-hooks run pre-commit';
const PROGRAMS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].flatMap((extension) => [
  `lint-staged.config.${extension}`,
  `.lintstagedrc.${extension}`,
]);
const FILES = ['.lintstagedrc', '.lintstagedrc.json', '.lintstagedrc.yaml', '.lintstagedrc.yml'];

/** @throws {LazyspecError} USAGE, CONFIG_INVALID where the entry cannot be put in */
export function lintStagedInstall(place: Place, files: Files, folders: readonly string[]): void {
  const glob = globOf(folders);
  const { path, keys } = configuration(place, glob);
  files.edit(path, (text = '{}\n') => {
    const globs = globsWithUs(path, text, keys);
    if (globs.length === 1 && globs[0] === glob) return text;
    return withUs(path, without(path, text, keys, globs), keys, glob);
  });
}

export function lintStagedUninstall(place: Place, files: Files): void {
  const places = [
    ...FILES.map((name) => ({ path: join(place.root, name), keys: [] as string[] })),
    ...packageJsonPaths(place).map((path) => ({ path, keys: ['lint-staged'] })),
  ];
  for (const { path, keys } of places) {
    // A file that does not name us need not even be one that can be read.
    if (!files.mentions(path, COMMAND)) continue;
    files.edit(path, (text = '') => without(path, text, keys, globsWithUs(path, text, keys)));
  }
}

/** Every file below the folders; the folders' own characters taken literally. */
function globOf(folders: readonly string[]): string {
  const literal = folders.map((folder) => folder.replace(/[\\*?[\]{}()!+@,]/g, '\\$&'));
  if (literal.includes('')) return '**/*';
  return `${literal.length === 1 ? literal[0] : `{${literal.join(',')}}`}/**/*`;
}

function configuration(place: Place, glob: string): { path: string; keys: string[] } {
  const program = PROGRAMS.map((name) => join(place.root, name)).find((path) => existsSync(path));
  if (program) {
    throw new LazyspecError('USAGE', `${program} is a program, and cannot be edited`, {
      remedy: `Add to it: '${glob}': '${COMMAND}'`,
    });
  }
  const file = FILES.map((name) => join(place.root, name)).find((path) => existsSync(path));
  if (file) return { path: file, keys: [] };
  const manifest = packageJsonPath(place);
  if (manifest) return { path: manifest, keys: ['lint-staged'] };
  return { path: join(place.root, '.lintstagedrc.json'), keys: [] };
}

type Tasks = Record<string, unknown>;

function globsWithUs(path: string, text: string, keys: readonly string[]): string[] {
  const tasks = Object.entries(tasksIn(path, text, keys));
  return tasks.filter(([, task]) => [task].flat().includes(COMMAND)).map(([glob]) => glob);
}

function tasksIn(path: string, text: string, keys: readonly string[]): Tasks {
  let value: unknown = isYaml(path, text) ? readYaml(path, text) : readJson(path, text);
  for (const key of keys) value = (value as Tasks | null | undefined)?.[key];
  return typeof value === 'object' && value !== null ? (value as Tasks) : {};
}

function withUs(path: string, text: string, keys: readonly string[], glob: string): string {
  if (isYaml(path, text)) return addToList(path, text, [glob], COMMAND);
  const others = tasksIn(path, text, keys)[glob];
  const task = others === undefined ? COMMAND : [...[others].flat(), COMMAND];
  return setJson(path, text, [...keys, glob], task);
}

function without(
  path: string,
  text: string,
  keys: readonly string[],
  globs: readonly string[],
): string {
  return globs.reduce((edited, glob) => {
    if (isYaml(path, text)) return removeFromList(path, edited, [glob], (one) => one === COMMAND);
    const rest = [tasksIn(path, edited, keys)[glob]].flat().filter((one) => one !== COMMAND);
    if (rest.length === 0) return removeJson(path, edited, [...keys, glob], { pruneEmpty: true });
    return setJson(path, edited, [...keys, glob], rest.length === 1 ? rest[0] : rest);
  }, text);
}

/** `.lintstagedrc` may be either. */
function isYaml(path: string, text: string): boolean {
  return /\.ya?ml$/.test(path) || (path.endsWith('rc') && !text.trimStart().startsWith('{'));
}
