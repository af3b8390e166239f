/**
 * Modes of what we write into a git directory: `core.sharedRepository` lets other users write there,
 * whatever the umask (git-config(1), git-init(1)). Git, too, takes it from the repository's own file only.
 */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @returns the mode of a file, or a folder, that is new in our folder of a git directory */
export type Share = (mode: number) => number;

const WORDS: Record<string, number> = {
  ...{ group: 0o660, true: 0o660, yes: 0o660, on: 0o660, '1': 0o660, '': 0o660 },
  ...{ all: 0o664, world: 0o664, everybody: 0o664, '2': 0o664 },
};

/** @param path of a file; undefined unless it is in our folder of a git directory that is shared */
export function shareOf(path: string): Share | undefined {
  const [, common] = /^(.*)[\\/]lazyspec[\\/]/.exec(path) ?? [];
  const setting = common === undefined ? undefined : sharedRepository(join(common, 'config'));
  if (setting === undefined) return undefined;
  const isExact = /^0?[0-7]{3}$/.test(setting);
  const bits = isExact ? Number.parseInt(setting, 8) & 0o666 : WORDS[setting.toLowerCase()];
  if (bits === undefined) return undefined;
  return (mode) => {
    const runnable = mode & 0o100 ? (bits & 0o444) >> 2 : 0;
    return (isExact ? 0 : mode & 0o777) | bits | runnable;
  };
}

/** Makes a folder, and those above it. @returns the topmost that is new */
export function makeFolder(
  folder: string,
  share = shareOf(join(folder, 'file')),
): string | undefined {
  const made = mkdirSync(folder, { recursive: true });
  for (let one = folder; share && made && one.startsWith(made); one = dirname(one)) {
    // What others make in it belongs to the same group.
    chmodSync(one, share(0o700) | 0o2000);
  }
  return made;
}

/** The last value counts, as git reads it; a key without one is true. */
function sharedRepository(config: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(config, 'utf8');
  } catch {
    return undefined;
  }
  const KEY = /^\s*(?:\[[^\]]*\])?\s*sharedrepository\s*(?:=\s*"?([^"#;]*?)"?\s*)?(?:[#;].*)?$/i;
  let isCore = false;
  let value: string | undefined;
  for (const line of text.split('\n')) {
    const [, section] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (section !== undefined) isCore = section.trim().toLowerCase() === 'core';
    const found = isCore && KEY.exec(line);
    if (found) value = found[1] ?? '';
  }
  return value;
}
