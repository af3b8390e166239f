/**
 * A lock between processes: a folder that is moved into place, and in it a file that names its owner.
 * The lock of a killed process is taken over by renaming that file, which only one process can do, and
 * its owner removes it by that name: no process can remove the lock of another.
 */
import { renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, namesIn, temporaryName } from './atomic-write.ts';
import { makeFolder } from './shared-mode.ts';

/** Milliseconds; an owner older than the first counts as gone: its process id may be another's now. */
const LONGEST_HELD = 60_000;
const LONGEST_WAIT = 10_000;

/** @returns whether it was done; not if another process holds the lock for longer than we wait */
export async function withLock(
  lock: string,
  act: () => Promise<void>,
  longestWait = LONGEST_WAIT,
): Promise<boolean> {
  const end = Date.now() + longestWait;
  let owner = take(lock);
  while (owner === undefined && Date.now() < end) {
    await sleep(10);
    owner = take(lock);
  }
  if (owner === undefined) return false;
  try {
    await act();
  } finally {
    release(lock, owner);
  }
  return true;
}

/** @returns the name of our file in it, once the lock is ours */
function take(lock: string): string | undefined {
  const [other] = namesIn(lock);
  if (other !== undefined && !isGone(other)) return undefined;
  const own = `${process.pid}-${Date.now()}-${Math.random().toString(16).slice(2)}`;
  try {
    if (other === undefined) moveIntoPlace(lock, own);
    else renameSync(join(lock, other), join(lock, own));
    return own;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Another was faster. Windows says EPERM.
    if (['ENOENT', 'EEXIST', 'ENOTEMPTY', 'EPERM'].includes(code)) return undefined;
    throw error;
  }
}

/** Fails if the lock is there already, unless it is empty. */
function moveIntoPlace(lock: string, own: string): void {
  const temporary = temporaryName(lock);
  makeFolder(temporary);
  try {
    writeFileSync(join(temporary, own), '');
    renameSync(temporary, lock);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

function isGone(owner: string): boolean {
  const [pid = 0, since = 0] = owner.split('-').map(Number);
  return !isRunning(pid) || Date.now() - since > LONGEST_HELD;
}

function release(lock: string, own: string): void {
  try {
    unlinkSync(join(lock, own));
    rmdirSync(lock);
  } catch {
    // It was taken over, or another process has it already.
  }
}
