/** A closed pipe (`leases | head -1`) is no failure; output that cannot be written is one. */
import { fstatSync, writeSync } from 'node:fs';
import { verdict } from './verdict.ts';

let isWatched = false;

/** Before anything is written by `process.stdout` or `process.stderr`. */
export function endOnClosedOutput(): void {
  if (isWatched) return;
  isWatched = true;
  process.stdout.on('error', end);
  process.stderr.on('error', () => {}); // nobody is left to be told
}

function end(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`the output cannot be written: ${error.message}\n`);
  process.exit(verdict(3));
}

/**
 * Prints what is the same in every terminal and pipe. `process.stdout` is left alone: to load what it is
 * made of takes Node a tenth of the time that help takes.
 */
export function printPlainly(text: string): void {
  let left = Buffer.from(text);
  try {
    while (left.length > 0) left = left.subarray(writeSync(1, left));
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.code !== 'EAGAIN') end(error);
    // A pipe that is full, and that somebody has set not to be waited for: Node waits.
    endOnClosedOutput();
    process.stdout.write(left);
  }
}

/** Whether a person looks on, by as little of Node as can be. */
export function isTerminal(): boolean {
  return fstatSync(1).isCharacterDevice() && process.stdout.isTTY;
}
