/**
 * Which files of a work tree we have made read-only: only those are given back. By its time the hook
 * sees what was written since. In `<git common dir>/lazyspec`, one for each work tree.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeNote } from './atomic-write.ts';
import { isObject, readJsonNote } from './json-note.ts';

export interface ReadOnlyNote {
  /** Top of the work tree; absolute. */
  root: string;
  /** From there. */
  paths: string[];
}

const LARGEST = 16 * 1024 * 1024;
const NAME = /^read-only-/;

function noteFile(commonDir: string, gitDir: string): string {
  return join(commonDir, 'lazyspec', `read-only-${basename(gitDir)}`);
}

export function isReadOnlyHere(commonDir: string, gitDir: string): boolean {
  return existsSync(noteFile(commonDir, gitDir));
}

export function readOnlyHere(
  commonDir: string,
  gitDir: string,
  onDamage: (message: string) => void,
): ReadOnlyNote | undefined {
  return readJsonNote(noteFile(commonDir, gitDir), LARGEST, isReadOnlyNote, onDamage);
}

/** Those of all work trees. */
export function readOnlyNotes(commonDir: string): ReadOnlyNote[] {
  return files(commonDir).flatMap((path) => readJsonNote(path, LARGEST, isReadOnlyNote) ?? []);
}

/** @throws the file system's error */
export function noteReadOnly(commonDir: string, gitDir: string, note: ReadOnlyNote): void {
  writeNote(noteFile(commonDir, gitDir), `${JSON.stringify(note)}\n`);
}

/**
 * Held while the bits of a work tree are set: what is set by leases of a moment ago must not come
 * after what is set by those of now.
 */
export function readOnlyLock(commonDir: string, gitDir: string): string {
  return join(commonDir, 'lazyspec', `lock-read-only-${basename(gitDir)}`);
}

/** @param gitDir left out: those of all work trees @throws the file system's error */
export function forgetReadOnly(commonDir: string, gitDir?: string): void {
  const paths = gitDir === undefined ? files(commonDir) : [noteFile(commonDir, gitDir)];
  for (const path of paths) rmSync(path, { force: true });
}

function files(commonDir: string): string[] {
  const folder = join(commonDir, 'lazyspec');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => join(folder, name));
}

function isReadOnlyNote(value: unknown): value is ReadOnlyNote {
  if (!isObject(value)) return false;
  const { root, paths } = value;
  return (
    typeof root === 'string' &&
    Array.isArray(paths) &&
    paths.every((one) => typeof one === 'string')
  );
}
