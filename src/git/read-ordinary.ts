/** Leases as they ordinarily are, read by one process. */
import { batchParser } from './cat-file.ts';
import { commitTime } from './commit-time.ts';
import { MAX_CONTENT, MAX_TREE, modeIn } from './read-contents.ts';
import type { Refs } from './ref-files.ts';
import type { StoredLease } from './ref-store.ts';
import type { Git } from './run.ts';
import { isFine } from './run.ts';

const FILE = 'lease.json';

/**
 * Reads the leases that some refs are at, in order; undefined where anything about one of them is
 * out of the ordinary, which takes more than one question to tell. git is ended at the first object
 * that is too large, before it has said much of it.
 */
export async function readOrdinary(git: Git, refs: Refs): Promise<StoredLease[] | undefined> {
  if (refs.size === 0) return [];
  const oids = [...refs.values()];
  const names = oids.flatMap((oid) => [oid, `${oid}^{tree}`, `${oid}:${FILE}`]);
  const objects: { type: string; oid: string; content: Buffer }[] = [];
  const parser = batchParser(MAX_TREE, ({ type, oid }, content) =>
    objects.push({ type, oid, content }),
  );
  const running = git(['cat-file', '--buffer', '--batch'], {
    input: names.map((name) => `${name}\n`).join(''),
    onStdout: parser.take,
    env: { GIT_NO_REPLACE_OBJECTS: '1' },
  });
  // Cryptography takes as long to load as git takes to read: one beside the other.
  const [result, { objectId }] = await Promise.all([running, import('./object-ids.ts')]);
  const isWhole = isFine(result) && parser.isAtEnd() && objects.length === names.length;
  if (!isWhole || objects.some(({ type, oid, content }) => objectId(type, content, oid) !== oid)) {
    return undefined;
  }
  const leases: StoredLease[] = [];
  for (const [ref, oid] of refs) {
    const [commit, tree, blob] = objects.slice(3 * leases.length, 3 * leases.length + 3);
    const committed = commit?.oid === oid ? commitTime(commit.content) : undefined;
    const isRegular = tree && modeIn(tree.content, FILE, oid.length / 2)?.startsWith('100');
    if (committed === undefined || !isRegular || !blob || blob.content.length > MAX_CONTENT) {
      return undefined;
    }
    leases.push({ ref, oid, committed, content: blob.content });
  }
  return leases;
}
