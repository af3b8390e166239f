/**
 * What the hook needs to see, without starting Node, that nothing governed is staged: the
 * governed folders, and a copy of every configuration file that they were read from. The hook
 * trusts the note only while those files are the same, byte for byte.
 *
 * Each copy is named by its content, so that a note and its copies can never be of two minds
 * while another process replaces them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { pathspec } from '../git/pathspec.ts';
import { shellQuote } from '../shell-quote.ts';
import { writeFileAtomically } from '../state/atomic-write.ts';

const NOTE = 'governed.sh';

interface GovernedNote {
  note: string;
  /** Content by file name. */
  copies: Map<string, Buffer>;
}

function governedNote(config: Config): GovernedNote {
  const copies = new Map<string, Buffer>();
  const conditions = config.consulted.map(({ path, content }) => {
    const place = shellQuote(path);
    if (content === undefined) return `[ ! -e ${place} ] && [ ! -L ${place} ]`;
    const name = `config-${createHash('sha256').update(content).digest('hex').slice(0, 20)}`;
    copies.set(name, content);
    // A link may lead to a pipe, which cmp would wait for.
    return `[ -f ${place} ] && cmp -s ${place} "$1/${name}"`;
  });
  // Without [coordination] nothing is gated.
  const folders = config.coordination ? governedFolders(config.types) : [];
  const pathspecs = folders.map((folder) => shellQuote(pathspec(folder)));
  const note = `# Written by lazyspec-hooks. Delete it at any time: the hooks are then slower, and right.
lazyspec_unchanged() {
  ${conditions.join(' &&\n    ')}
}
lazyspec_governed() {
  ${pathspecs.length > 0 ? `"$@" -- ${pathspecs.join(' ')}` : ':'}
}
`;
  return { note, copies };
}

/** Writes the note into `<git common dir>/lazyspec`; the copies first. */
export function writeGovernedNote(folder: string, config: Config): void {
  const { note, copies } = governedNote(config);
  if (isCurrent(folder, note, copies)) return;
  for (const [name, content] of copies) writeFileAtomically(join(folder, name), content);
  writeFileAtomically(join(folder, NOTE), note);
  removeCopies(folder, copies);
}

/** Keeps an installed note true after the configuration has changed. */
export function refreshGovernedNote(folder: string, config: Config): void {
  if (existsSync(join(folder, NOTE))) writeGovernedNote(folder, config);
}

export function removeGovernedNote(folder: string): void {
  rmSync(join(folder, NOTE), { force: true });
  if (existsSync(folder)) removeCopies(folder, new Map());
}

/** Removes the copies of configuration files that no note needs any more. */
function removeCopies(folder: string, needed: ReadonlyMap<string, unknown>): void {
  const copies = readdirSync(folder).filter((name) => name.startsWith('config-'));
  for (const name of copies) if (!needed.has(name)) rmSync(join(folder, name), { force: true });
}

function isCurrent(folder: string, note: string, copies: Map<string, Buffer>): boolean {
  try {
    return (
      readFileSync(join(folder, NOTE), 'utf8') === note &&
      [...copies].every(([name, content]) => readFileSync(join(folder, name)).equals(content))
    );
  } catch {
    return false; // something is missing: write it all
  }
}
