/**
 * When a heartbeat last went through, for `--min-interval`. The file is the one that the Rust
 * `lazyspec` keeps, in the same place and form.
 */

import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentId } from '../documents/document.ts';
import { readBounded } from '../read-bounded.ts';
import { rfc3339 } from '../times.ts';
import { writeNote } from './atomic-write.ts';

/** A time is shorter. */
const LONGEST = 1024;

function stateFile(root: string, { type, id }: DocumentId): string {
  return join(root, '.lazyspec', 'state', `heartbeat-${type}-${id}`);
}

/**
 * The last success in seconds since 1970. What cannot be read, is no time, or lies in the future
 * counts as none: a heartbeat too many does no harm, one too few loses the lease.
 */
export function lastHeartbeat(root: string, document: DocumentId, now: number): number | undefined {
  let text: Buffer | { problem: string };
  try {
    text = readBounded(stateFile(root, document), LONGEST, { followLink: false });
  } catch {
    return undefined;
  }
  const time = 'problem' in text ? Number.NaN : Date.parse(text.toString('utf8').trim());
  return timeIn(time, now);
}

function timeIn(milliseconds: number, now: number): number | undefined {
  const time = Math.floor(milliseconds / 1000);
  return Number.isNaN(time) || time > now ? undefined : time;
}

/** @throws the file system's error */
export function noteHeartbeat(root: string, document: DocumentId, now: number): void {
  assertInside(root);
  writeNote(stateFile(root, document), rfc3339(now));
}

/**
 * Forgets that a heartbeat was sent, of a lease that was given back.
 * @throws the file system's error
 */
export function forgetHeartbeat(root: string, document: DocumentId): void {
  assertInside(root);
  rmSync(stateFile(root, document), { force: true });
}

/** A link in a cloned repository must not lead what we write out of it, or into its git directory. */
function assertInside(root: string): void {
  for (const folder of [join(root, '.lazyspec'), join(root, '.lazyspec', 'state')]) {
    if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new Error(`${folder} is a symbolic link`);
    }
  }
}
