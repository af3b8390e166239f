/**
 * When a heartbeat last went through, for `--min-interval`. The file is the one that the Rust
 * `lazyspec` keeps, in the same place and form.
 */

import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DocumentId } from '../documents/document.ts';
import { rfc3339 } from '../times.ts';
import { removeLeftovers, writeFileAtomically } from './atomic-write.ts';

function stateFile(root: string, { type, id }: DocumentId): string {
  return join(root, '.lazyspec', 'state', `heartbeat-${type}-${id}`);
}

/**
 * The last success in seconds since 1970. What cannot be read, is no time, or lies in the future
 * counts as none: a heartbeat too many does no harm, one too few loses the lease.
 */
export function lastHeartbeat(root: string, document: DocumentId, now: number): number | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(root, document), 'utf8');
  } catch {
    return undefined;
  }
  const time = Math.floor(Date.parse(text.trim()) / 1000);
  return Number.isNaN(time) || time > now ? undefined : time;
}

/** @throws the file system's error */
export function noteHeartbeat(root: string, document: DocumentId, now: number): void {
  const file = stateFile(root, document);
  removeLeftovers(dirname(file), (name) => name === basename(file));
  writeFileAtomically(file, rfc3339(now));
}

/**
 * Forgets that a heartbeat was sent, of a lease that was given back.
 * @throws the file system's error
 */
export function forgetHeartbeat(root: string, document: DocumentId): void {
  rmSync(stateFile(root, document), { force: true });
}
