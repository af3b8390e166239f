/**
 * What the hook needs to see, without starting Node, that nothing governed is staged: the
 * governed folders, and a copy of every configuration file that they were read from. The hook
 * trusts the note only while those files are the same, byte for byte.
 *
 * Each copy is named by its content, so that a note and its copies can never be of two minds
 * while another process replaces them. Written by write-governed-note.ts; here it is only read,
 * which is on the way of every commit.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { pathspec } from '../git/pathspec.ts';
import { shellQuote } from '../shell-quote.ts';

export const NOTE = 'governed.sh';

/**
 * The text of the note.
 * @param copyOf name of the copy of a configuration file
 */
export function governedNote(
  config: Config,
  copyOf: (path: string, content: Buffer) => string,
): string {
  const copies: string[] = [];
  const conditions = config.consulted.map(({ path, content }) => {
    const place = shellQuote(path);
    if (content === undefined) return `[ ! -e ${place} ] && [ ! -L ${place} ]`;
    const name = copyOf(path, content);
    copies.push(name);
    // A link may lead to a pipe, which cmp would wait for.
    return `[ -f ${place} ] && cmp -s ${place} "$1/${name}"`;
  });
  // Without [coordination] nothing is gated.
  const folders = config.coordination ? governedFolders(config.types) : [];
  const pathspecs = folders.map((folder) => shellQuote(pathspec(folder)));
  return `# Written by lazyspec-hooks. Delete it at any time: the hooks are then slower, and right.
lazyspec_configuration='${copies.join(' ')}'
lazyspec_unchanged() {
  ${conditions.join(' &&\n    ')}
}
lazyspec_governed() {
  ${pathspecs.length > 0 ? `"$@" -- ${pathspecs.join(' ')}` : ':'}
}
`;
}

/** Keeps an installed note true after the configuration has changed. */
export async function refreshGovernedNote(folder: string, config: Config): Promise<void> {
  if (!existsSync(join(folder, NOTE)) || isNoteCurrent(folder, config)) return;
  const { writeGovernedNote } = await import('./write-governed-note.ts');
  writeGovernedNote(folder, config);
}

/** Whether the note says what the configuration says, and the copies are what they are to be. */
export function isNoteCurrent(folder: string, config: Config): boolean {
  return configurationInForce(folder, config) !== undefined;
}

/**
 * What the note calls the configuration that it rests on, which is its content's name.
 * @returns undefined where there is no note, or another configuration in it
 */
export function configurationInForce(folder: string, config: Config): string | undefined {
  try {
    const note = readFileSync(join(folder, NOTE), 'utf8');
    const [, copies = ''] = /^lazyspec_configuration='(.*)'$/m.exec(note) ?? [];
    const named = copies.split(' ');
    // In the order of the places. A name that is not its content's is found out by the content.
    const copyOf = (_path: string, content: Buffer) => {
      const name = named.shift() ?? '';
      return readFileSync(join(folder, name)).equals(content) ? name : '';
    };
    return governedNote(config, copyOf) === note ? copies : undefined;
  } catch {
    return undefined; // something is missing
  }
}
