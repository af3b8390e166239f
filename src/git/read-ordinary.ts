/** Leases as they ordinarily are, read by one process. */
import { batchParser } from './cat-file.ts';
import { commitTime } from './commit-time.ts';
import { MAX_CONTENT, MAX_TREE, modeIn } from './read-contents.ts';
import type { Refs } from './ref-files.ts';
import type { StoredLease } from './ref-store.ts';
import type { Git } from './run.ts';
import { isFine } from './run.ts';

const FILE = 'lease.json';

interface ReadObject {
  type: string;
  oid: string;
  content: Buffer;
}

/** What is asked about each lease. */
const questionsAbout = (oid: string) => [oid, `${oid}^{tree}`, `${oid}:${FILE}`];

/**
 * Reads the leases that some refs are at, in order; undefined where anything about one of them is
 * out of the ordinary, which takes more than one question to tell. git is ended at the first object
 * that is too large, before it has said much of it.
 * @param found the refs, undefined where only git can tell; git starts before they are known
 */
export async function readOrdinary(
  git: Git,
  found: Promise<Refs | undefined>,
): Promise<StoredLease[] | undefined> {
  const objects: ReadObject[] = [];
  const parser = batchParser(MAX_TREE, ({ type, oid }, content) =>
    objects.push({ type, oid, content }),
  );
  const running = git(['cat-file', '--buffer', '--batch'], {
    input: found.then((refs) => questions([...(refs?.values() ?? [])])),
    onStdout: parser.take,
    env: { GIT_NO_REPLACE_OBJECTS: '1' },
  });
  // Cryptography takes as long to load as git takes to read: one beside the other.
  const [refs, result, { objectId }] = await Promise.all([
    found,
    running,
    import('./object-ids.ts'),
  ]);
  const isRight = ({ type, content, oid }: ReadObject) => objectId(type, content, oid) === oid;
  if (!refs || !isFine(result) || !parser.isAtEnd() || !objects.every(isRight)) return undefined;
  return leasesOf(refs, objects);
}

function questions(oids: readonly string[]): string {
  return oids
    .flatMap(questionsAbout)
    .map((name) => `${name}\n`)
    .join('');
}

/** @param objects the answers, in order */
function leasesOf(refs: Refs, objects: readonly ReadObject[]): StoredLease[] | undefined {
  const leases: StoredLease[] = [];
  for (const [ref, oid] of refs) {
    const [commit, tree, blob] = objects.slice(3 * leases.length, 3 * leases.length + 3);
    const committed = commit?.oid === oid ? commitTime(commit.content) : undefined;
    const isRegular = tree && modeIn(tree.content, FILE, oid.length / 2)?.startsWith('100');
    if (committed === undefined || !isRegular || blob?.type !== 'blob') return undefined;
    if (blob.content.length > MAX_CONTENT) return undefined;
    leases.push({ ref, oid, committed, content: blob.content });
  }
  return objects.length === 3 * leases.length ? leases : undefined;
}
