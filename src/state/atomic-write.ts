import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder, shareOf } from './shared-mode.ts';

interface WriteOptions {
  mode?: number;
  /**
   * A file by which other programs know that this one is being written. It is a second name of the
   * temporary file, so that a lock that a killed process has left can be told from another's.
   */
  lock?: string;
  /** It is on the disk, and stays there through a power failure, once this returns. */
  durable?: boolean;
  /** Called once the lock is ours; the target is left alone if this throws. */
  check?: () => void;
}

/**
 * Puts a file in place whole or not at all: written beside its target, then renamed over it.
 * @throws the file system's error (EEXIST for a lock that is taken); the target and its folder are
 *   then as they were
 */
export function writeFileAtomically(
  path: string,
  content: string | Buffer,
  { mode, lock, durable, check }: WriteOptions = {},
): void {
  const share = shareOf(path);
  const made = makeFolder(dirname(path), share);
  const temporary = temporaryName(path);
  const mine = [temporary];
  try {
    const descriptor = openSync(temporary, 'wx');
    try {
      writeFileSync(descriptor, content);
      const wanted = share ? share(mode ?? fstatSync(descriptor).mode) : mode;
      if (wanted !== undefined) fchmodSync(descriptor, wanted & 0o7777);
      if (durable) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const isSecondName = lock !== undefined && takeLock(temporary, lock);
    if (lock !== undefined) mine.push(lock);
    check?.();
    // Killed between the two, this leaves no lock where that can be helped.
    const renamed = isSecondName ? lock : temporary;
    renameSync(renamed, path);
    mine.splice(mine.indexOf(renamed), 1); // the name may be another's already
    for (const one of mine) rmSync(one);
    if (durable) syncFolders(dirname(path), made);
  } catch (error) {
    for (const one of mine) rmSync(one, { force: true });
    throw error;
  }
}

/** @param made the topmost folder that is new, whose own entry has to last as well */
function syncFolders(folder: string, made: string | undefined): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows and some file systems cannot.
  }
  if (made?.startsWith(folder)) syncFolders(dirname(folder), folder === made ? undefined : made);
}

/**
 * Writes a note that is kept between runs, in place of what killed writers have left of it.
 * @throws the file system's error
 */
export function writeNote(path: string, content: string): void {
  removeLeftovers(dirname(path), (name) => name === basename(path));
  writeFileAtomically(path, content);
}

/** @returns whether the lock is a second name of the temporary file */
function takeLock(temporary: string, lock: string): boolean {
  try {
    linkSync(temporary, lock);
    return true;
  } catch (error) {
    // Some file systems have no hard links.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    closeSync(openSync(lock, 'wx'));
    return false;
  }
}

export function temporaryName(path: string): string {
  // Who else writes here is to choose another name; loading crypto would cost a commit 4 ms.
  const random = Math.random().toString(16).slice(2, 14).padEnd(12, '0');
  return join(dirname(path), `.${basename(path)}.${process.pid}-${random}.tmp`);
}

/**
 * Removes what processes that were killed while they wrote have left in a folder, and the locks
 * (`<file>.lock`) that are second names of it.
 * @param wrote whether they were writing a file of this name
 * @throws the file system's error
 */
export function removeLeftovers(folder: string, wrote: (name: string) => boolean): void {
  for (const name of namesIn(folder)) {
    const [, file = '', pid] = /^\.(.+)\.(\d+)-[0-9a-f]{12}\.tmp$/.exec(name) ?? [];
    if (pid === undefined || !wrote(file) || isRunning(Number(pid))) continue;
    const temporary = temporaryName(join(folder, file));
    const lock = join(folder, `${file}.lock`);
    // Only one process can rename it: two that remove a lock could remove that of a third.
    if (!renamed(join(folder, name), temporary)) continue;
    if (areOneFile(temporary, lock)) rmSync(lock);
    rmSync(temporary, { force: true, recursive: true });
  }
}

/** @returns whether it was there */
function renamed(path: string, to: string): boolean {
  try {
    renameSync(path, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** What is in a folder; nothing if there is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function areOneFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) =>
    statSync(path, { bigint: true, throwIfNoEntry: false }),
  );
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
