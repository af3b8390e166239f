/** Whether files of a work tree may be written: their permission bits, and nothing else of them. */
import { closeSync, constants, fchmodSync, fstatSync, openSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Gives and takes the write bits of files of one work tree. */
export interface WriteBits {
  /** @param path from the top. @returns whether anything was changed */
  set(path: string, writable: boolean): boolean;
}

/**
 * Never through a link, and never out of the work tree: what is there may have come with a clone. A
 * file that has another name is left alone, for that one may be anywhere.
 * @param root top of the work tree
 */
export function writeBitsIn(root: string): WriteBits {
  const top = realpathSync(root);
  const inside = new Map<string, boolean>();
  const isInside = (folder: string) => {
    const known = inside.get(folder) ?? realpathOf(join(root, folder)) === join(top, folder);
    inside.set(folder, known);
    return known;
  };
  return {
    set(path, writable) {
      const folder = dirname(path);
      return isInside(folder === '.' ? '' : folder) && setBits(join(root, path), writable);
    },
  };
}

function realpathOf(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return real.endsWith(sep) ? real.slice(0, -1) : real;
  } catch {
    return undefined; // not in this work tree
  }
}

function setBits(path: string, writable: boolean): boolean {
  let descriptor: number;
  try {
    // Opening a pipe would wait for whoever writes into it.
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
    descriptor = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    return false; // it is not there, a link, or not ours to read
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || stat.nlink > 1) return false;
    const mode = stat.mode & 0o7777;
    const wanted = writable ? withWriteBits(mode) : mode & ~0o222;
    // Who may write already keeps the bits as they are.
    if (mode === wanted || (writable && (mode & 0o200) !== 0)) return false;
    fchmodSync(descriptor, wanted);
    return true;
  } catch {
    return false; // another's file, or a file system without such bits
  } finally {
    closeSync(descriptor);
  }
}

/** As git would have written it: for whom it may be read, but for what the umask takes. */
function withWriteBits(mode: number): number {
  return mode | 0o200 | (((mode & 0o444) >> 1) & ~process.umask());
}
