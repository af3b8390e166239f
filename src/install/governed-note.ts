/**
 * What the hook needs to see, without starting Node, that nothing governed is staged: the governed
 * folders, and what the configuration that they were read from is called in HEAD. The hook trusts
 * the note only while HEAD has that very configuration, and the index has none other. Where HEAD has
 * none, a copy of every file of the configuration has to be the same, byte for byte, as the one in
 * the work tree.
 *
 * Each copy is named by its content, so that a note and its copies can never be of two minds
 * while another process replaces them. Written by write-governed-note.ts; here it is only read,
 * which is on the way of every commit.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, ConsultedPlace } from '../config/types.ts';
import type { DocumentType } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { pathspec } from '../git/pathspec.ts';
import { shellQuote } from '../shell-quote.ts';

export const NOTE = 'governed.sh';

/** What a commit is judged by, and what it rests on. */
export interface CommitRules {
  config: Config;
  /** The places that count in HEAD, in order, and the file that is there. */
  atHead: readonly { path: string; oid: string | undefined }[];
  /** Types that differ from those of the rules: in the index, and on the remote's default branch. */
  elsewhere?: { index?: DocumentType[] | undefined; base?: DocumentType[] | undefined };
  /** The files of the configuration on that branch, as last fetched. */
  atBase?: readonly { name: string; oid: string | undefined }[];
  /** Where HEAD has none: the files of the configuration, which those in the work tree have to be. */
  here?: readonly ConsultedPlace[];
}

/**
 * The text of the note.
 * @param copyOf name of the copy of a configuration file
 */
export function governedNote(
  { config, atHead, atBase = [], elsewhere, here = [] }: CommitRules,
  copyOf: (content: Buffer) => string,
): string {
  const copies: string[] = [];
  const conditions = here.map(({ path, content }) => {
    const place = shellQuote(path);
    if (content === undefined) return `[ ! -e ${place} ] && [ ! -L ${place} ]`;
    const name = copyOf(content);
    copies.push(name);
    // A link may lead to a pipe, which cmp would wait for.
    return `[ -f ${place} ] && cmp -s ${place} "$1/${name}"`;
  });
  // Without [coordination] nothing is gated.
  const folders = config.coordination ? governedFolders(config.types) : [];
  const places = folders.includes('') ? [] : atHead.map(({ path }) => path);
  const pathspecs = [...folders, ...places].map((path) => shellQuote(pathspec(path)));
  const looked = [...atHead.map(({ path, oid }) => ({ name: `HEAD:${path}`, oid })), ...atBase];
  return `# Written by lazyspec-hooks. Delete it at any time: the hooks are then slower, and right.
lazyspec_configuration=${shellQuote(configurationKey(config, elsewhere?.base))}
lazyspec_copies='${copies.join(' ')}'
lazyspec_at_head='${looked.map(({ name, oid }) => oid ?? `${name} missing`).join('\n')}'
lazyspec_head() {
  exec git cat-file --buffer '--batch-check=%(objectname)' <<EOF
${looked.map(({ name }) => name).join('\n')}
EOF
}
lazyspec_here() {
  ${conditions.join(' &&\n    ') || ':'}
}
lazyspec_governed() {
  "$@" -- ${pathspecs.join(' ')}
}
`;
}

/**
 * The same for configurations by which the same passes.
 * @param base types that differ: nothing that passed without a look at these passes again
 */
function configurationKey({ types, coordination, gate }: Config, base?: DocumentType[]): string {
  return JSON.stringify([types, coordination, gate, ...(base ? [base] : [])]);
}

/** Keeps an installed note true after the configuration has changed. */
export async function refreshGovernedNote(folder: string, rules: CommitRules): Promise<void> {
  if (!existsSync(join(folder, NOTE)) || isNoteCurrent(folder, rules)) return;
  const { writeGovernedNote } = await import('./write-governed-note.ts');
  writeGovernedNote(folder, rules);
}

/** Whether the note says what the rules say, and the copies are what they are to be. */
export function isNoteCurrent(folder: string, rules: CommitRules): boolean {
  try {
    const note = readNote(folder);
    const [, copies = ''] = /^lazyspec_copies='(.*)'$/m.exec(note) ?? [];
    const named = copies.split(' ');
    // In the order of the places. A name that is not its content's is found out by the content.
    const copyOf = (content: Buffer) => {
      const name = named.shift() ?? '';
      return readFileSync(join(folder, name)).equals(content) ? name : '';
    };
    return governedNote(rules, copyOf) === note;
  } catch {
    return false; // something is missing
  }
}

/**
 * What the note calls the configuration by which it says what is governed.
 * @returns undefined where there is no note, or one of a configuration that is another
 */
export function configurationInForce(folder: string, config: Config): string | undefined {
  const key = configurationKey(config);
  try {
    const assignment = `\nlazyspec_configuration=${shellQuote(key)}\n`;
    return readNote(folder).includes(assignment) ? key : undefined;
  } catch {
    return undefined; // there is none
  }
}

function readNote(folder: string): string {
  return readFileSync(join(folder, NOTE), 'utf8');
}
