/** The objects of a lease as nodegit reads and writes them. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { commitHeader } from './commit-header.ts';
import type { NativeRepository, Nodegit } from './nodegit-binding.ts';
import { isWholeId } from './nodegit-guards.ts';
import { identName } from './plumbing.ts';
import { MAX_CONTENT } from './read-contents.ts';
import type { NewLeaseCommit, StoredLease } from './ref-store.ts';

const FILE = 'lease.json';
const REGULAR = [0o100644, 0o100755];
/** git_object_t */
const COMMIT = 1;

/**
 * Bytes of a loose object, compressed. libgit2 tells the size of an object only once it is in
 * memory: one that is small in its file is not large there (zlib packs 1,032 bytes into one).
 */
const MAX_LOOSE = 2 * MAX_CONTENT;

export type ReadLease = Pick<StoredLease, 'committed' | 'content'>;

/**
 * What an ordinary lease says: a commit, a tree and a regular lease.json, each in a small file of
 * its own. Undefined for anything else, which git is to tell of.
 */
export async function readLease(
  nodegit: Nodegit,
  repository: NativeRepository,
  objects: string,
  oid: string,
): Promise<ReadLease | undefined> {
  const isSmall = (id: string) => isWholeId(id) && isSmallAndLoose(objects, id);
  try {
    if (!isSmall(oid)) return undefined;
    const commit = await nodegit.Commit.lookup(repository, oid);
    // Not as nodegit tells it: it cuts the years after 2038.
    const committed = commitHeader(commit.rawHeader())?.time;
    const treeId = commit.treeId().tostrS();
    if (committed === undefined || !isSmall(treeId)) return undefined;
    const tree = await nodegit.Tree.lookup(repository, treeId);
    // One entry: how large others make a tree cannot be asked.
    if (tree.entryCount() !== 1) return undefined;
    const entry = tree.entryByName(FILE);
    if (!REGULAR.includes(entry.filemode()) || !isSmall(entry.sha())) return undefined;
    const blob = await nodegit.Blob.lookup(repository, entry.sha());
    if (blob.rawsize() > MAX_CONTENT) return undefined;
    return { committed, content: blob.content() };
  } catch {
    // No commit, no such entry, a damaged object: git has the words for it.
    return undefined;
  }
}

function isSmallAndLoose(objects: string, id: string): boolean {
  const path = join(objects, id.slice(0, 2), id.slice(2));
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.size <= MAX_LOOSE;
}

/**
 * Writes the commits of leases, to the byte as git writes them.
 * @throws where an id is not the one that follows from what was to be written
 */
export async function writeLeases(
  nodegit: Nodegit,
  repository: NativeRepository,
  commits: readonly NewLeaseCommit[],
): Promise<string[]> {
  const odb = await repository.odb();
  const oids: string[] = [];
  for (const { author, time, message, content } of commits) {
    const bytes = Buffer.from(content);
    const blob = await nodegit.Blob.createFromBuffer(repository, bytes, bytes.length);
    const builder = await nodegit.Treebuilder.create(repository, null);
    await builder.insert(FILE, blob, 0o100644);
    const tree = await builder.write();
    // Not by Commit.create: it drops parents, cuts times, and aborts on others.
    const who = `${identName(author)} <lease@lazyspec.invalid> ${time} +0000`;
    const text = `tree ${tree.tostrS()}\nauthor ${who}\ncommitter ${who}\n\n${message}`;
    const commit = await odb.write(text, Buffer.byteLength(text), COMMIT);

    const blobId = objectId('blob', bytes);
    const entry = Buffer.concat([Buffer.from(`100644 ${FILE}\0`), Buffer.from(blobId, 'hex')]);
    const written = [blob, tree, commit].map((id) => id.tostrS());
    const right = [blobId, objectId('tree', entry), objectId('commit', Buffer.from(text))];
    if (written.join() !== right.join()) throw new Error(`${written} is not ${right}`);
    oids.push(commit.tostrS());
  }
  return oids;
}

function objectId(type: string, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}
