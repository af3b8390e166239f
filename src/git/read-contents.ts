import { LazyspecError } from '../errors.ts';
import { isOid, oddAnswer } from './answer.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A lease.json larger than this is malformed (docs/protocol.md); its bytes are never kept. */
const MAX_CONTENT = 8 * 1024;
/** What else is in the tree of a lease is nobody's business, but it has to end somewhere. */
const MAX_TREE = 1024 * 1024;
/** A file that is to be read whole. */
const MAX_STAGED = 16 * 1024 * 1024;
const FILE = 'lease.json';

type Content = Buffer | { problem: string };

/**
 * Reads the `lease.json` of many commits in one process, in order. What is no regular file, is
 * missing or is too large comes back as a problem.
 */
export async function readContents(git: Git, commits: readonly string[]): Promise<Content[]> {
  if (commits.length === 0) return [];
  const objects = await readObjects(
    git,
    commits.flatMap((commit) => [`${commit}^{tree}`, `${commit}:${FILE}`]),
  );
  return commits.map((commit, index) => {
    const [tree, blob] = objects.slice(2 * index, 2 * index + 2);
    if (!blob || blob.type === 'missing') return { problem: `it has no ${FILE}` };
    if (blob.type !== 'blob') return { problem: `its ${FILE} is a ${blob.type}` };
    const mode = tree?.content && modeIn(tree.content, FILE, commit.length / 2);
    if (!mode?.startsWith('100')) return { problem: `its ${FILE} is no regular file` };
    return blob.content ?? { problem: `its ${FILE} is ${blob.size} bytes` };
  });
}

/** The mode of an entry of a tree object: `<mode> SP <name> NUL <id in bytes>`, repeated. */
function modeIn(tree: Buffer, name: string, idBytes: number): string | undefined {
  for (let start = 0; start < tree.length; ) {
    const end = tree.indexOf(0, start);
    if (end < 0) return undefined;
    const [mode, ...words] = tree.toString('utf8', start, end).split(' ');
    if (words.join(' ') === name) return mode;
    start = end + 1 + idBytes;
  }
  return undefined;
}

interface GitObject {
  /** As git names it; 'missing' where there is none. */
  type: string;
  size: number;
  /** Undefined where it is too large. */
  content: Buffer | undefined;
}

/** The bytes of a file in the index; undefined where it is not there, or is no file. */
export async function readStaged(git: Git, path: string): Promise<Buffer | undefined> {
  const [object] = await readObjects(git, [`:${path}`], MAX_STAGED);
  if (object?.type !== 'blob') return undefined;
  if (object.content) return object.content;
  throw new LazyspecError('GIT_FAILED', `${path} in the index is ${object.size} bytes`);
}

async function readObjects(
  git: Git,
  names: readonly string[],
  largestBlob = MAX_CONTENT,
): Promise<GitObject[]> {
  const objects: GitObject[] = [];
  const parser = batchParser(names, largestBlob, (object) => objects.push(object));
  const { take: onStdout } = parser;
  await mustRun(git, ['cat-file', '--batch'], { input: `${names.join('\n')}\n`, onStdout });
  if (objects.length !== names.length || !parser.isAtEnd()) throw oddAnswer('cat-file');
  return objects;
}

/**
 * Parser of `git cat-file --batch`: `<oid> <type> <size>\n<bytes>\n`, or `<name> missing\n`. A
 * large object is passed over as it streams by, so that a gigabyte costs time but no memory.
 */
function batchParser(
  names: readonly string[],
  largestBlob: number,
  emit: (object: GitObject) => void,
) {
  let pending: Buffer = Buffer.alloc(0);
  let count = 0;
  /** Once anything is wrong, nothing after it means anything. */
  let isOdd = false;
  /** The object that is coming in, and how much of it (with its newline) is still to come. */
  let current: { object: GitObject; left: number } | undefined;

  const take = (chunk: Buffer) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    while (!isOdd) {
      if (!current) {
        const end = pending.indexOf(10);
        if (end < 0) return;
        const header = pending.toString('utf8', 0, end);
        pending = pending.subarray(end + 1);
        const name = names[count] ?? '';
        count += 1;
        const [, oid, type, size] = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
        if (!isOid(oid) || !type) {
          // Not only `missing`: newer gits have a word for a submodule.
          isOdd = !header.startsWith(`${name} `) && !/^[0-9a-f]+ submodule$/.test(header);
          emit({ type: 'missing', size: 0, content: undefined });
          continue;
        }
        const object = { type, size: Number(size), content: undefined };
        current = { object, left: object.size + 1 };
      }
      const { object } = current;
      if (object.size > (object.type === 'tree' ? MAX_TREE : largestBlob)) {
        const passed = Math.min(current.left, pending.length);
        pending = pending.subarray(passed);
        current.left -= passed;
        if (current.left > 0) return;
      } else {
        if (pending.length < current.left) return;
        isOdd = pending[object.size] !== 10;
        object.content = Buffer.from(pending.subarray(0, object.size));
        pending = pending.subarray(current.left);
      }
      emit(object);
      current = undefined;
    }
  };
  return { take, isAtEnd: () => !isOdd && !current && pending.length === 0 };
}
