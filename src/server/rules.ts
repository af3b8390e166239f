/** The project's rules as they stand in a commit: read from what is here already, never from a push. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOME, loadConfig, parseHome } from '../config/load.ts';
import { RC_PLACES } from '../config/parse-rc.ts';
import { MAX_CONFIG, unreadable } from '../config/read-place.ts';
import type { Config, Coordination } from '../config/types.ts';
import { LazyspecError } from '../errors.ts';
import type { FileAt } from '../git/files-at.ts';
import { filesAt } from '../git/files-at.ts';
import type { Git } from '../git/run.ts';

/** Where a configuration may be, in order. */
export const PLACES: readonly string[] = [HOME, ...RC_PLACES];

/** A configuration with [coordination]; `key` is the same for the same files. */
export interface Rules {
  key: string;
  config: Config & { coordination: Coordination };
}

/** What a commit says: rules, none (nothing is gated), or something that cannot be read. */
export type RulesAt =
  | { state: 'rules'; rules: Rules }
  | { state: 'none' }
  | { state: 'broken'; error: LazyspecError };

/** The rules of commits, by commit. Each configuration is parsed once, however many have it. */
export async function rulesAt(git: Git, commits: readonly string[]): Promise<Map<string, RulesAt>> {
  const asked = [...new Set(commits)];
  const names = asked.flatMap((commit) => PLACES.map((place) => `${commit}:${place}`));
  const files = await filesAt(git, names, MAX_CONFIG);
  const parsed = new Map<string, Promise<RulesAt>>();
  const found = new Map<string, RulesAt>();
  for (const [index, commit] of asked.entries()) {
    const here = files.slice(index * PLACES.length, (index + 1) * PLACES.length);
    const key = here.map((file) => file?.oid ?? '').join(' ');
    const rules = parsed.get(key) ?? parse(key, here);
    parsed.set(key, rules);
    found.set(commit, await rules);
  }
  return found;
}

async function parse(key: string, files: readonly (FileAt | undefined)[]): Promise<RulesAt> {
  try {
    const { coordination, ...config } = await load(files);
    if (!coordination) return { state: 'none' };
    return { state: 'rules', rules: { key, config: { ...config, coordination } } };
  } catch (error) {
    if (error instanceof LazyspecError && error.code === 'CONFIG_INVALID') {
      return { state: 'broken', error };
    }
    throw error;
  }
}

async function load(files: readonly (FileAt | undefined)[]): Promise<Config> {
  const [home] = files;
  if (home) return parseHome(HOME, contentOf(HOME, home));
  // The loader of the other places reads files.
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-rules-'));
  try {
    for (const [index, file] of files.entries()) {
      if (!file) continue;
      const place = PLACES[index] ?? '';
      // One that cannot be read counts only where none before it is a configuration.
      const content = 'content' in file ? file.content : undefined;
      if (content) writeFileSync(join(folder, place), content);
      else mkdirSync(join(folder, place));
    }
    return await loadConfig(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contentOf(place: string, file: FileAt): Buffer {
  if ('content' in file) return file.content;
  throw unreadable(place, file.problem);
}
