/**
 * Refs as git's usual ref store keeps them: loose ones in files of their own, the others together in
 * packed-refs (gitrepository-layout(5)). To read them here saves a process for each question. What
 * is not as plain as that only git can tell.
 */
import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '../read-bounded.ts';
import { isOid } from './answer.ts';
import type { GitConfig } from './config.ts';

/** Where the refs of a clone are in files. */
export interface RefFiles {
  commonDir: string;
}

/** @returns undefined where refs are kept in another way, or might be */
export function refFiles(
  { commonDir }: { commonDir: string },
  config: GitConfig,
  env: NodeJS.ProcessEnv,
): RefFiles | undefined {
  const isElsewhere =
    config.get('extensions.refstorage') !== undefined ||
    env.GIT_REFERENCE_BACKEND !== undefined ||
    env.GIT_NAMESPACE !== undefined;
  return isElsewhere ? undefined : { commonDir };
}

/** Ids by name, in the order of the names. */
export type Refs = Map<string, string>;

/** Those of some refs that exist; undefined where only git can tell. */
export function readRefs({ commonDir }: RefFiles, names: readonly string[]): Refs | undefined {
  const found: Refs = new Map();
  const missing: string[] = [];
  const mayBeLoose = names.length > MANY ? whetherInFolder(commonDir) : () => true;
  for (const name of names) {
    const oid = mayBeLoose(name) ? looseRef(commonDir, name) : undefined;
    if (oid === 'odd') return undefined;
    if (oid === undefined) missing.push(name);
    else found.set(name, oid);
  }
  if (missing.length === 0) return found;
  // After the loose ones: git packs a ref before it removes the file, and unpacks none.
  const packed = packedRefs(commonDir, commonBeginning(missing));
  if (!packed) return undefined;
  for (const name of missing) {
    const oid = packed.get(name);
    if (oid !== undefined) found.set(name, oid);
  }
  return found;
}

/** Above so many, to read a folder is cheaper than to look for each file that is not there. */
const MANY = 16;

function whetherInFolder(commonDir: string): (name: string) => boolean {
  const folders = new Map<string, Set<string> | undefined>();
  return (name) => {
    const folder = dirname(name);
    if (!folders.has(folder)) {
      const entries = entriesOf(join(commonDir, folder));
      folders.set(folder, entries && new Set(entries.map((entry) => entry.name)));
    }
    return folders.get(folder)?.has(basename(name)) ?? true;
  };
}

/** Every ref below a prefix that ends with a slash; undefined where only git can tell. */
export function listRefs({ commonDir }: RefFiles, prefix: string): Refs | undefined {
  const names = looseNames(commonDir, prefix.slice(0, -1));
  const loose = names && readRefs({ commonDir }, names);
  const packed = loose && packedRefs(commonDir, prefix);
  return packed && new Map([...packed, ...loose].sort(byName));
}

/** As git orders refs: by their bytes. */
function byName([one]: [string, string], [other]: [string, string]): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function looseRef(commonDir: string, name: string): string | 'odd' | undefined {
  const content = contentOf(join(commonDir, name), shortText);
  if (content === undefined || content === 'odd') return content;
  const oid = content.replace(/\n$/, '');
  return isOid(oid) ? oid : 'odd'; // a symbolic ref, or damage
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses them (git-check-ref-format(1))
const BAD_NAME = /^\.|\.\.|[\u0000- ~^:?*[\\\u007f\ufffd]|@\{|\.$/;

/** Names of files below a folder; undefined where one is no name of a ref that we would give. */
function looseNames(commonDir: string, folder: string): string[] | undefined {
  const names: string[] = [];
  const entries = entriesOf(join(commonDir, folder));
  if (!entries) return undefined;
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const below = looseNames(commonDir, name);
      if (!below) return undefined;
      names.push(...below);
    } else if (!entry.name.endsWith('.lock')) {
      if (!entry.isFile() || BAD_NAME.test(entry.name)) return undefined;
      names.push(name);
    }
  }
  return names;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

/** More than tens of thousands of refs git finds faster than a reader of the whole file. */
const MAX_PACKED = 4 * 1024 * 1024;

function packedRefs(commonDir: string, prefix: string): Refs | undefined {
  const content = contentOf(join(commonDir, 'packed-refs'), longText);
  const isCut = content && !content.endsWith('\n');
  if (content === 'odd' || isCut) return undefined;
  const found: Refs = new Map();
  const wanted = ` ${prefix}`;
  for (let at = content?.indexOf(wanted) ?? -1; content && at >= 0; ) {
    const start = content.lastIndexOf('\n', at) + 1;
    const end = content.indexOf('\n', at);
    const oid = content.slice(start, at);
    // `<oid> SP <name> LF`
    if (!isOid(oid)) return undefined;
    found.set(content.slice(at + 1, end), oid);
    at = content.indexOf(wanted, end);
  }
  return found;
}

/** The text of a regular file; undefined where there is none. */
function contentOf(
  path: string,
  read: (path: string) => string | 'odd',
): string | 'odd' | undefined {
  try {
    return read(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'odd';
  }
}

/** Room for an id, the end of a line, and what makes it none. */
const line = Buffer.alloc(80);

/** There may be thousands: each is opened, read and closed, and nothing else. */
function shortText(path: string): string | 'odd' {
  // Opening a pipe waits for whoever writes into it, unless told not to.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return line.toString('latin1', 0, readSync(descriptor, line));
  } finally {
    closeSync(descriptor);
  }
}

function longText(path: string): string | 'odd' {
  const content = readBounded(path, MAX_PACKED);
  return 'problem' in content ? 'odd' : content.toString('utf8');
}

function commonBeginning(names: readonly string[]): string {
  let beginning = names[0] ?? '';
  for (const name of names) {
    while (!name.startsWith(beginning)) beginning = beginning.slice(0, -1);
  }
  return beginning;
}
