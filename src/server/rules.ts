/** The project's rules as they stand in commits that are here: never in what is being pushed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOME, loadConfig, parseHome } from '../config/load.ts';
import { RC_PLACES } from '../config/parse-rc.ts';
import { MAX_CONFIG, unreadable } from '../config/read-place.ts';
import type { Config, Coordination } from '../config/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import type { FileAt } from '../git/files-at.ts';
import { filesAt } from '../git/files-at.ts';
import type { Git } from '../git/run.ts';

/** Where a configuration may be, in order. */
export const PLACES: readonly string[] = [HOME, ...RC_PLACES];

export interface Rules {
  /** The same for configurations that mean the same. */
  key: string;
  config: Config & { coordination: Coordination };
  /** The files that make the rules, and those that would if they were there. */
  places: readonly string[];
}

/** What a commit says: rules, none (nothing is gated), or something that cannot be read. */
export type RulesAt =
  | { state: 'rules'; rules: Rules }
  | { state: 'none' }
  | { state: 'broken'; error: LazyspecError };

/** Whether two mean the same. */
export function areSame(one: RulesAt, other: RulesAt): boolean {
  if (one.state !== 'rules' || other.state !== 'rules') return one.state === other.state;
  return one.rules.key === other.rules.key;
}

/** The paths whose changes are judged by these rules: documents, and the rules themselves. */
export function judgedPaths({ config, places }: Rules): string[] {
  const folders = governedFolders(config.types);
  return folders.includes('') ? folders : [...folders, ...places];
}

/**
 * The rules of commits, in order. Each configuration is parsed once, however many have it.
 * @param commits as git names them; what is not here has none
 * @param likely a configuration that they may well have
 */
export async function rulesAt(
  git: Git,
  commits: readonly string[],
  likely: readonly Buffer[] = [],
): Promise<RulesAt[]> {
  const names = commits.flatMap((commit) => PLACES.map((place) => `${commit}:${place}`));
  const files = await filesAt(git, names, MAX_CONFIG, likely);
  const parsed = new Map<string, Promise<RulesAt>>();
  return Promise.all(
    commits.map((_, index) => {
      const here = files.slice(index * PLACES.length, (index + 1) * PLACES.length);
      const key = here.map((file) => file?.oid ?? '').join(' ');
      const rules = parsed.get(key) ?? rulesIn(here);
      parsed.set(key, rules);
      return rules;
    }),
  );
}

/** @param files what is in each of the places */
export async function rulesIn(files: readonly (FileAt | undefined)[]): Promise<RulesAt> {
  if (files.every((file) => file === undefined)) return { state: 'none' };
  try {
    const { coordination, ...config } = await load(files);
    if (!coordination) return { state: 'none' };
    const { types, gate, source } = config;
    const key = JSON.stringify([types, coordination, gate]);
    const places = PLACES.slice(0, PLACES.indexOf(source ?? HOME) + 1);
    return { state: 'rules', rules: { key, config: { ...config, coordination }, places } };
  } catch (error) {
    if (!(error instanceof LazyspecError) || error.code !== 'CONFIG_INVALID') throw error;
    return { state: 'broken', error };
  }
}

async function load(files: readonly (FileAt | undefined)[]): Promise<Config> {
  const [home] = files;
  if (home) {
    if ('content' in home) return parseHome(HOME, home.content);
    throw unreadable(HOME, home.problem);
  }
  // The loader of the other places reads files.
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-rules-'));
  try {
    for (const [index, file] of files.entries()) {
      const path = join(folder, PLACES[index] ?? '');
      // What cannot be read here is something there that cannot be read either.
      if (file) 'content' in file ? writeFileSync(path, file.content) : mkdirSync(path);
    }
    return await loadConfig(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
