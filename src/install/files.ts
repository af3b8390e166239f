/**
 * Files that others write too, as they are to be: several parts of a plan may change one file, and
 * each sees what the others have made of it. Nothing is written here.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { LazyspecError } from '../errors.ts';
import type { Step } from './apply.ts';

export interface FileEdit {
  path: string;
  /** Undefined: there is no such file. */
  before: Buffer | undefined;
  /** Undefined: the file is to go. */
  after: Buffer | undefined;
  mode: number;
  /** The lock file by which other writers of this file know that it is being written. */
  lock?: string;
}

export interface Files {
  /**
   * The text of a file; undefined where there is none.
   * @throws {LazyspecError} FILE_SYSTEM where it cannot be read, or is no UTF-8 text
   */
  read(path: string): string | undefined;
  /** @param change from the text that is there to the text that is to be there */
  edit(
    path: string,
    change: (text: string | undefined) => string | undefined,
    options?: { locked: boolean },
  ): void;
  /** What has to be done to the files, in the order of the first change; each file once. */
  edits(): FileEdit[];
}

export function openFiles(): Files {
  const known = new Map<
    string,
    { before: string | undefined; now: string | undefined; lock: boolean }
  >();
  function entry(path: string) {
    // The file itself, where its name is a link.
    const target = existsSync(path) ? realpathSync(path) : path;
    const text = known.get(target) ?? {
      before: readText(target),
      now: readText(target),
      lock: false,
    };
    known.set(target, text);
    return text;
  }
  return {
    read: (path) => entry(path).now,
    edit(path, change, { locked } = { locked: false }) {
      const file = entry(path);
      file.now = change(file.now);
      file.lock ||= locked;
    },
    edits: () =>
      [...known]
        .filter(([, { before, now }]) => before !== now)
        .map(([path, { before, now, lock }]) => ({
          path,
          before: bytes(before),
          after: bytes(now),
          mode: before === undefined ? 0o644 : statSync(path).mode & 0o777,
          ...(lock && { lock: `${path}.lock` }),
        })),
  };
}

function readText(path: string): string | undefined {
  try {
    // ignoreBOM keeps the mark, so that it is written back.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LazyspecError('FILE_SYSTEM', `${path} cannot be read: ${(error as Error).message}`, {
      remedy: 'Mend or move the file, then run this again. Nothing was changed.',
    });
  }
}

function bytes(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}

/** @param top the folder up to which folders that a removal leaves empty go as well */
export function editStep({ path, before, after, mode, lock }: FileEdit, top: string): Step {
  if (after === undefined) return { do: 'remove', path, prune: top };
  return {
    do: 'write',
    path,
    content: after,
    mode,
    ...(before && { before }),
    ...(lock && { lock }),
  };
}
