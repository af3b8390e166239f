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

interface EditOptions {
  /** Under git's own kind of lock. */
  locked?: boolean;
  /** To be run as it is, if it is not there yet. */
  executable?: boolean;
}

export interface Files {
  /**
   * The text of a file; undefined where there is none.
   * @throws {LazyspecError} FILE_SYSTEM where it cannot be read, or is no UTF-8 text
   */
  read(path: string): string | undefined;
  /**
   * Whether a file holds these words. What is no text, or no file, holds none.
   * @throws {LazyspecError} FILE_SYSTEM where it cannot be read
   */
  mentions(path: string, words: string): boolean;
  /** @param change from the text that is there to the text that is to be there */
  edit(
    path: string,
    change: (text: string | undefined) => string | undefined,
    options?: EditOptions,
  ): void;
  /** What has to be done to the files, in the order of the first change; each file once. */
  edits(): FileEdit[];
}

interface KnownFile extends EditOptions {
  before: string | undefined;
  now: string | undefined;
}

export function openFiles(): Files {
  const known = new Map<string, KnownFile>();
  const edited = new Map<string, KnownFile>();
  function entry(path: string): KnownFile {
    const file = known.get(target(path));
    if (file) return file;
    const text = readText(path);
    const read = { before: text, now: text };
    known.set(target(path), read);
    return read;
  }
  return {
    read: (path) => entry(path).now,
    mentions(path, words) {
      const file = known.get(target(path));
      const content = file ? bytes(file.now) : readBytes(path, [...NONE, 'EISDIR']);
      return content?.includes(words) ?? false;
    },
    edit(path, change, options) {
      const file = Object.assign(entry(path), options);
      file.now = change(file.now);
      // A file may have been read long before the first change that is made to it.
      edited.set(target(path), file);
    },
    edits: () =>
      [...edited]
        .filter(([, { before, now }]) => before !== now)
        .map(([path, { before, now, locked, executable }]) => ({
          path,
          before: bytes(before),
          after: bytes(now),
          mode: before === undefined ? (executable ? 0o755 : 0o644) : statSync(path).mode & 0o777,
          ...(locked && { lock: `${path}.lock` }),
        })),
  };
}

/** The file itself, where its name is a link. */
function target(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

/** What a system says where there is no file. */
const NONE = ['ENOENT', 'ENOTDIR'];

function readText(path: string): string | undefined {
  const content = readBytes(path);
  try {
    // ignoreBOM keeps the mark, so that it is written back.
    return content && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw unreadable(path, 'it is not encoded in UTF-8', error);
  }
}

function readBytes(path: string, none: readonly string[] = NONE): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (none.includes(code)) return undefined;
    throw unreadable(path, message, error);
  }
}

function unreadable(path: string, why: string, cause: unknown): LazyspecError {
  return new LazyspecError('FILE_SYSTEM', `${path} cannot be read: ${why}`, {
    remedy: 'Mend or move the file, then run this again. Nothing was changed.',
    cause,
  });
}

function bytes(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}

/** A file that held nothing but ours was made by us. */
export function emptyToNone(text: string): string | undefined {
  return text.trim() === '' ? undefined : text;
}

/** @param top the folder up to which folders that a removal leaves empty go as well */
export function editStep({ path, before, after, mode, lock }: FileEdit, top: string): Step {
  if (after === undefined) return { do: 'remove', path, prune: top };
  return {
    do: 'write',
    path,
    content: after,
    mode,
    ...(before ? { before } : { fresh: true }),
    ...(lock && { lock }),
  };
}
