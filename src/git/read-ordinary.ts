/** Leases as they ordinarily are, read by one process. */
import type { GitObject } from './cat-file.ts';
import { batchParser } from './cat-file.ts';
import { commitHeader } from './commit-header.ts';
import { MAX_CONTENT } from './read-contents.ts';
import type { Refs } from './ref-files.ts';
import type { StoredLease } from './ref-store.ts';
import type { Git } from './run.ts';
import { isFine } from './run.ts';

const FILE = 'lease.json';

/** What is asked about each lease: its commit, and its file. */
const questionsAbout = (oid: string) => `${oid}\n${oid}:${FILE}\n`;

/**
 * Reads the leases that some refs are at, in order; undefined where anything about one of them is
 * out of the ordinary, which takes more than one question to tell. git is ended at the first object
 * that is missing or too large, before it has said much of it.
 * @param found the refs, undefined where only git can tell; git starts before they are known
 */
export async function readOrdinary(
  git: Git,
  found: Promise<Refs | undefined>,
): Promise<StoredLease[] | undefined> {
  // Cryptography is loaded while git starts, and put to use while it reads.
  const known = Promise.all([found, import('./object-ids.ts')]);
  let reader: Reader | undefined;
  const parser = batchParser(MAX_CONTENT, (object, content) => reader?.take(object, content));
  const running = git(['cat-file', '--buffer', '--batch'], {
    input: known.then(([refs = new Map(), ids]) => {
      reader = readerOf(refs, ids);
      return [...refs.values()].map(questionsAbout).join('');
    }),
    onStdout: parser.take,
    env: { GIT_NO_REPLACE_OBJECTS: '1' },
  });
  const [[refs], result] = await Promise.all([known, running]);
  return refs && isFine(result) && parser.isAtEnd() ? reader?.leases() : undefined;
}

interface Reader {
  take: (object: GitObject, content: Buffer) => void;
  /** All of them, or undefined. */
  leases: () => StoredLease[] | undefined;
}

function readerOf(refs: Refs, ids: typeof import('./object-ids.ts')): Reader {
  const leases: StoredLease[] = [];
  const waiting = refs.entries();
  let commit: { object: GitObject; content: Buffer } | undefined;

  function take(object: GitObject, content: Buffer): void {
    if (!commit) {
      commit = { object, content };
      return;
    }
    const [ref = '', oid = ''] = waiting.next().value ?? [];
    const header = commitHeader(commit.content);
    // By its id the tree holds a regular lease.json, and nothing else.
    const isWhole =
      commit.object.type === 'commit' &&
      ids.objectId('commit', commit.content, oid) === oid &&
      ids.treeId(FILE, object.oid) === header?.tree &&
      ids.objectId('blob', content, oid) === object.oid;
    if (isWhole) leases.push({ ref, oid, committed: header.time, content });
    commit = undefined;
  }
  return { take, leases: () => (leases.length === refs.size ? leases : undefined) };
}
