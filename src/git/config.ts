import { fieldsOf, oddAnswer } from './answer.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** git's own configuration as it applies here. */
export interface GitConfig {
  /** The last value of a key, which rules. */
  get(key: string): string | undefined;
  /** Every value of a key that may have several. */
  all(key: string): readonly string[];
  keys(): readonly string[];
  /** All of it, as `git config --list` prints it. */
  listing(): string;
  /** Names of the configured remotes, in order. */
  remotes(): string[];
}

export async function readGitConfig(git: Git): Promise<GitConfig> {
  const { stdout } = await mustRun(git, ['config', '--list', '-z']);
  const values = new Map<string, string[]>();
  const entries = fieldsOf('config', stdout);
  for (const entry of entries) {
    if (!/^[a-z0-9-]+\./i.test(entry)) throw oddAnswer('config');
    const end = entry.indexOf('\n');
    // A key without a value (`[core] bare`) is true.
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  // Every repository has some: [core] at least.
  if (values.size === 0) throw oddAnswer('config');
  return {
    get: (key) => values.get(key)?.at(-1),
    all: (key) => values.get(key) ?? [],
    keys: () => [...values.keys()],
    listing: () => entries.map((entry) => `${entry.replace('\n', '=')}\n`).join(''),
    remotes: () => [...values.keys()].flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []),
  };
}
