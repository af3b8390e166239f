/** Writes the note of what is governed, and takes it away. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../state/atomic-write.ts';
import type { CommitRules } from './governed-note.ts';
import { governedNote, isNoteCurrent, NOTE } from './governed-note.ts';
import { PASSED } from './passed-note.ts';

/** Writes the note into `<git common dir>/lazyspec`; the copies first. */
export function writeGovernedNote(folder: string, rules: CommitRules): void {
  if (isNoteCurrent(folder, rules)) return;
  const copies = new Map<string, Buffer>();
  const note = governedNote(rules, (content) => {
    const name = `config-${createHash('sha256').update(content).digest('hex').slice(0, 20)}`;
    copies.set(name, content);
    return name;
  });
  for (const [name, content] of copies) writeFileAtomically(join(folder, name), content);
  writeFileAtomically(join(folder, NOTE), note);
  removeCopies(folder, copies);
}

/** Removes it, and what hooks have noted beside it. */
export function removeGovernedNote(folder: string): void {
  rmSync(join(folder, NOTE), { force: true });
  if (!existsSync(folder)) return;
  removeCopies(folder, new Map());
  const passed = readdirSync(folder).filter((name) => PASSED.test(name));
  for (const name of passed) rmSync(join(folder, name), { force: true });
}

/** Removes the copies of configuration files that no note needs any more. */
function removeCopies(folder: string, needed: ReadonlyMap<string, unknown>): void {
  const copies = readdirSync(folder).filter((name) => name.startsWith('config-'));
  for (const name of copies) if (!needed.has(name)) rmSync(join(folder, name), { force: true });
}
