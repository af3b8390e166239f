/**
 * What one session of an agent was given to hold, and when its leases are to be renewed next: in
 * `<git common dir>/lazyspec/sessions`, for all work trees of the clone.
 */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentId } from '../documents/document.ts';
import { writeNote } from './atomic-write.ts';
import { isObject, readJsonNote } from './json-note.ts';

export interface SessionNote {
  documents: DocumentId[];
  /** When to send the next heartbeat; seconds since 1970. */
  due: number;
}

const LARGEST = 1024 * 1024;
/** In milliseconds. No lease of a session that has not been heard of for so long is left. */
const FORGOTTEN = 30 * 24 * 60 * 60 * 1000;

function folder(commonDir: string): string {
  return join(commonDir, 'lazyspec', 'sessions');
}

/** Sessions are named by whoever runs them, in characters that may be no file's. */
function noteFile(commonDir: string, session: string): string {
  const name = createHash('sha256').update(session).digest('hex').slice(0, 32);
  return join(folder(commonDir), `${name}.json`);
}

/** Undefined where there is none, or none that can be read: a heartbeat too many does no harm. */
export function readSessionNote(
  commonDir: string,
  session: string,
  onDamage?: (message: string) => void,
): SessionNote | undefined {
  return readJsonNote(noteFile(commonDir, session), LARGEST, isSessionNote, onDamage);
}

function isSessionNote(value: unknown): value is SessionNote {
  return isObject(value) && Array.isArray(value.documents) && Number.isFinite(value.due);
}

/** @throws the file system's error */
export function writeSessionNote(commonDir: string, session: string, note: SessionNote): void {
  writeNote(noteFile(commonDir, session), `${JSON.stringify(note)}\n`);
}

/** Also those of sessions that were killed, long ago. @throws the file system's error */
export function removeSessionNote(commonDir: string, session: string): void {
  rmSync(noteFile(commonDir, session), { force: true });
  const top = folder(commonDir);
  for (const name of statSync(top, { throwIfNoEntry: false }) ? readdirSync(top) : []) {
    const stat = statSync(join(top, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > FORGOTTEN) rmSync(join(top, name), { force: true });
  }
}
