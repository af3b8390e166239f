/**
 * Copies of leases that a crash or a failing disk has damaged: by default git flushes neither refs
 * nor loose objects to the disk. They are a cache, so damaged ones are dropped.
 */
import type { Dirent } from 'node:fs';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { OUR_REFS } from '../lease-refs.ts';
import { isOid, linesOf } from './answer.ts';
import { commitHeader } from './commit-header.ts';
import { describeObjects } from './files-at.ts';
import { isOurRef } from './nodegit-guards.ts';
import type * as Ids from './object-ids.ts';
import type { RefStore } from './ref-store.ts';
import type { Remote } from './remote.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** Milliseconds. No git holds the lock of a ref for so long. */
const STALE_LOCK = 10 * 60 * 1000;
/** Bytes; no object of a lease is larger. */
const MAX_OBJECT = 64 * 1024;

/** Texts of git for an object that is damaged; the ref that led to it may be gone. */
const NAMES_OBJECT = /loose object|object file|unable to unpack|bad object|missing object|inflate:/;
/** A copy where a folder of the remote's leases has to be. */
const OBSTACLE = /'(refs\/lazyspec\/[^']+)' exists; cannot create/;

interface Clone {
  git: Git;
  commonDir: string;
  remote: Remote;
  store: RefStore;
  warn: (message: string) => void;
}

/** @returns what `healing` calls after a failure, with what git said */
export function healer({ git, commonDir, remote, store, warn }: Clone) {
  const told = new Set<string>();
  return async (said: string, round: number): Promise<boolean> => {
    const asks = NAMES_OBJECT.test(said);
    const none = new Map<string, string>();
    const advertised = (asks && (await remote.advertised?.().catch(() => none))) || none;
    const dropped = await dropDamagedCopies(git, commonDir, advertised).catch((): string[] => []);
    const [, obstacle] = OBSTACLE.exec(said) ?? [];
    if (obstacle) {
      await store.remember([{ ref: obstacle, expected: undefined, next: undefined }]);
      dropped.push(obstacle);
    }
    const news = dropped.filter((ref) => !told.has(ref));
    for (const ref of news) told.add(ref);
    if (news.length > 0) warn(droppedLine(news));
    // Nothing is left to drop if another command has just done it.
    return dropped.length > 0 || (round === 1 && asks);
  };
}

function droppedLine(refs: readonly string[]): string {
  const names = refs.map((ref) => ref.replace(/^refs\/lazyspec\/(leases\/[^/]+\/)?/, ''));
  const which = names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
  return `damaged copies of leases in this clone were dropped, to be fetched again: ${which}`;
}

/**
 * Drops damaged refs below refs/lazyspec, and damaged loose objects of the leases that they or the
 * remote name. Objects in packs and in other repositories are left alone.
 * @param advertised ids on the remote by ref: an emptied ref no longer tells which objects it had
 * @returns the refs whose copies were dropped
 */
async function dropDamagedCopies(
  git: Git,
  commonDir: string,
  advertised: ReadonlyMap<string, string>,
): Promise<string[]> {
  // Imported dynamically, as elsewhere: commits load it as one file.
  const ids = await import('./object-ids.ts');
  const dropped = new Set([...dropPackedLines(commonDir), ...dropRefFiles(commonDir)]);
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', OUR_REFS];
  const refs = linesOf('for-each-ref', (await mustRun(git, args)).stdout).map((line) => {
    const [oid = '', ref = ''] = line.split(' ');
    return { ref, oid, objects: [oid] };
  });
  const unreferenced = [...advertised].map(([ref, oid]) => ({ ref, oid, objects: [oid] }));
  for (const { ref, oid, objects } of [...refs, ...unreferenced]) {
    for (let id: string | undefined = oid; id !== undefined; ) {
      const object = looseObject(commonDir, id, ids);
      if (object === 'damaged') {
        setAside(commonDir, id);
        dropped.add(ref);
      }
      id = object && object !== 'damaged' ? nextObject(object, id) : undefined;
      if (id !== undefined) objects.push(id);
    }
  }
  const names = refs.flatMap(({ objects }) => objects);
  const found = await describeObjects(git, names);
  const missing = new Set(names.filter((_, index) => !found[index]));
  const lines = refs.flatMap(({ ref, oid, objects }) => {
    if (!objects.some((id) => missing.has(id))) return [];
    dropped.add(ref);
    return `delete ${ref} ${oid}\n`;
  });
  if (lines.length > 0) {
    await mustRun(git, ['update-ref', '--no-deref', '--stdin'], { input: lines.join('') });
  }
  return [...dropped];
}

/** Ref files that hold no id, and locks that a git which was killed has left. */
function dropRefFiles(commonDir: string): string[] {
  const dropped: string[] = [];
  for (const entry of filesBelow(join(commonDir, OUR_REFS))) {
    const path = join(entry.parentPath, entry.name);
    const ref = path.slice(commonDir.length + 1).replace(/\.lock$/, '');
    const isBad = entry.name.endsWith('.lock')
      ? Date.now() - statSync(path).mtimeMs > STALE_LOCK
      : !isOid(readFileSync(path, 'latin1').replace(/\n$/, ''));
    if (!isBad || !isOurRef(ref)) continue;
    rmSync(path);
    dropped.push(ref);
  }
  return dropped;
}

function filesBelow(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile());
  } catch {
    return []; // there are no loose refs
  }
}

const PACKED = /^(?:#.*|\^?(?:[0-9a-f]{40}|[0-9a-f]{64})(?: \S+)?)$/;

/** Lines of packed-refs that keep git from reading any ref, if all of those are ours. */
function dropPackedLines(commonDir: string): string[] {
  const path = join(commonDir, 'packed-refs');
  const text = statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'latin1') : '';
  const lines = text.split('\n');
  const isBad = (line: string | undefined) => Boolean(line) && !PACKED.test(line ?? '');
  const names = lines.filter(isBad).map((line) => / (refs\/lazyspec\/\S+)$/.exec(line)?.[1]);
  const ours = names.flatMap((name) => name ?? []);
  if (ours.length === 0 || ours.length < names.length) return [];
  // As git itself replaces it.
  const descriptor = openSync(`${path}.lock`, 'wx', statSync(path).mode);
  try {
    const isPeeled = (line: string, index: number) => line[0] === '^' && isBad(lines[index - 1]);
    const kept = lines.filter((line, index) => !isBad(line) && !isPeeled(line, index));
    writeSync(descriptor, Buffer.from(kept.join('\n'), 'latin1'));
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.lock`, path);
  return ours;
}

interface LooseObject {
  type: string;
  content: Buffer;
}

/** An object in a file of its own; undefined if there is none, or it is too large for a lease's. */
function looseObject(
  commonDir: string,
  oid: string,
  { objectId }: typeof Ids,
): LooseObject | 'damaged' | undefined {
  const path = looseFile(commonDir, oid);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat || stat.size > MAX_OBJECT) return undefined;
  let bytes: Buffer;
  try {
    bytes = inflateSync(readFileSync(path), { maxOutputLength: MAX_OBJECT });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return /^Z_/.test(code) ? 'damaged' : undefined;
  }
  const content = bytes.subarray(bytes.indexOf(0) + 1);
  const [type = ''] = bytes.toString('latin1', 0, 20).split(' ');
  return objectId(type, content, oid) === oid ? { type, content } : 'damaged';
}

/** Of a commit its tree, and of a tree its lease.json. */
function nextObject({ type, content }: LooseObject, oid: string): string | undefined {
  if (type === 'commit') return commitHeader(content)?.tree;
  const name = ' lease.json\0';
  const at = type === 'tree' ? content.indexOf(name) : -1;
  const start = at + name.length;
  const id = content.toString('hex', start, start + oid.length / 2);
  return at >= 0 && isOid(id) ? id : undefined;
}

/** git takes a file of this name for the object, and would not write it again. */
function setAside(commonDir: string, oid: string): void {
  const path = looseFile(commonDir, oid);
  if (statSync(path).size === 0) {
    rmSync(path);
    return;
  }
  mkdirSync(join(commonDir, 'lazyspec'), { recursive: true });
  renameSync(path, join(commonDir, 'lazyspec', `damaged-${oid}`));
}

function looseFile(commonDir: string, oid: string): string {
  return join(commonDir, 'objects', oid.slice(0, 2), oid.slice(2));
}
