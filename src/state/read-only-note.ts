/**
 * Which files of a work tree we have made read-only: only those are given back. By its time the hook
 * sees what was written since. In `<git common dir>/lazyspec`, one for each work tree.
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBounded } from '../read-bounded.ts';
import { writeNote } from './atomic-write.ts';

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

export function readOnlyHere(commonDir: string, gitDir: string): ReadOnlyNote | undefined {
  return read(noteFile(commonDir, gitDir));
}

/** Those of all work trees. */
export function readOnlyNotes(commonDir: string): ReadOnlyNote[] {
  return files(commonDir).flatMap((path) => read(path) ?? []);
}

/** @throws the file system's error */
export function noteReadOnly(commonDir: string, gitDir: string, note: ReadOnlyNote): void {
  writeNote(noteFile(commonDir, gitDir), `${JSON.stringify(note)}\n`);
}

/** In milliseconds: far longer than anybody takes, and how long another is waited for. */
const LEFT_OVER = 10_000;
const LONGEST_WAIT = 3_000;

/**
 * Does something while no other process does so in this work tree: what is set by leases of a moment ago
 * must not come after what is set by those of now. Only advice hangs on it, so that nobody waits for ever.
 */
export async function alone<T>(
  commonDir: string,
  gitDir: string,
  act: () => Promise<T>,
): Promise<T> {
  const lock = join(commonDir, 'lazyspec', `bits-${basename(gitDir)}.lock`);
  const end = Date.now() + LONGEST_WAIT;
  while (!taken(lock) && Date.now() < end) await sleep(10);
  try {
    return await act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(dirname(lock), { recursive: true });
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch {
    const stat = statSync(lock, { throwIfNoEntry: false });
    // Of a process that was killed.
    if (stat && Date.now() - stat.mtimeMs > LEFT_OVER) rmSync(lock, { force: true });
    return false;
  }
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

function read(path: string): ReadOnlyNote | undefined {
  try {
    const content = readBounded(path, LARGEST, { followLink: false });
    if ('problem' in content) return undefined;
    const note = JSON.parse(content.toString('utf8')) as Partial<ReadOnlyNote>;
    const { root, paths } = note;
    const isNote =
      typeof root === 'string' &&
      Array.isArray(paths) &&
      paths.every((one) => typeof one === 'string');
    return isNote ? { root, paths } : undefined;
  } catch {
    return undefined; // none, or damaged
  }
}
