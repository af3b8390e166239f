import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface WriteOptions {
  mode?: number;
  /** The file to write first, where other programs know it as a lock; a random name otherwise. */
  temporary?: string;
  /** Called once the temporary file is ours; the target is left alone if this throws. */
  check?: () => void;
}

/**
 * Puts a file in place whole or not at all: written beside its target, then renamed over it.
 * @throws the file system's error; the target and its folder are then as they were
 */
export function writeFileAtomically(
  path: string,
  content: string | Buffer,
  { mode, temporary = temporaryName(path), check }: WriteOptions = {},
): void {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(temporary, 'wx');
  try {
    try {
      check?.();
      writeFileSync(descriptor, content);
      if (mode !== undefined) fchmodSync(descriptor, mode & 0o7777);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}
