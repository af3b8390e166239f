import { LazyspecError } from '../errors.ts';
import { linesOf, oddAnswer } from './answer.ts';
import type { GitObject } from './cat-file.ts';
import { batchParser, parseHeader } from './cat-file.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A lease.json larger than this is malformed (docs/protocol.md); its bytes are never asked for. */
export const MAX_CONTENT = 8 * 1024;
/** What else is in the tree of a lease is nobody's business, but it has to end somewhere. */
const MAX_TREE = 64 * 1024;
/** A file that is to be read whole. */
const MAX_STAGED = 16 * 1024 * 1024;
const FILE = 'lease.json';

type Content = Buffer | { problem: string };

/**
 * Reads the `lease.json` of many commits, in order. What is no regular file, is missing or is too
 * large comes back as a problem. Sizes are asked for first, so that a gigabyte, announced ten
 * thousand times over, costs neither time nor memory; what several leases share is read once.
 */
export async function readContents(git: Git, commits: readonly string[]): Promise<Content[]> {
  if (commits.length === 0) return [];
  const names = commits.flatMap((commit) => [`${commit}^{tree}`, `${commit}:${FILE}`]);
  const objects = await describe(git, names);
  const leases = commits.map((_, index) => ({
    tree: objects[2 * index],
    blob: objects[2 * index + 1],
  }));
  const readable = leases.flatMap(({ tree, blob }) =>
    tree && blob && fits(tree, MAX_TREE) && fits(blob, MAX_CONTENT) ? [tree, blob] : [],
  );
  const contents = await readObjects(git, readable);

  return leases.map(({ tree, blob }): Content => {
    if (!tree || !blob) return { problem: `it has no ${FILE}` };
    if (!fits(tree, MAX_TREE)) return { problem: `its tree is ${tree.size} bytes` };
    if (blob.type !== 'blob') return { problem: `its ${FILE} is a ${blob.type}` };
    const content = contents.get(blob.oid);
    if (!content) return { problem: `its ${FILE} is ${blob.size} bytes` };
    const mode = modeIn(contents.get(tree.oid), FILE, tree.oid.length / 2);
    return mode?.startsWith('100') ? content : { problem: `its ${FILE} is no regular file` };
  });
}

/** The bytes of a file in the index; undefined where it is not there, or is no file. */
export async function readStaged(git: Git, path: string): Promise<Buffer | undefined> {
  const [object] = await describe(git, [`:${path}`]);
  if (object?.type !== 'blob') return undefined;
  if (fits(object, MAX_STAGED)) return (await readObjects(git, [object])).get(object.oid);
  throw new LazyspecError('GIT_FAILED', `${path} in the index is ${object.size} bytes`);
}

/** The mode of an entry of a tree object: `<mode> SP <name> NUL <id in bytes>`, repeated. */
function modeIn(tree: Buffer | undefined, name: string, idBytes: number): string | undefined {
  if (!tree) return undefined;
  for (let start = 0; start < tree.length; ) {
    const end = tree.indexOf(0, start);
    if (end < 0) return undefined;
    const [mode, ...words] = tree.toString('utf8', start, end).split(' ');
    if (words.join(' ') === name) return mode;
    start = end + 1 + idBytes;
  }
  return undefined;
}

function fits({ size }: GitObject, most: number): boolean {
  return size <= most;
}

async function describe(git: Git, names: readonly string[]): Promise<(GitObject | undefined)[]> {
  const input = `${names.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--buffer', '--batch-check'], { input });
  const lines = linesOf('cat-file', stdout);
  if (lines.length !== names.length) throw oddAnswer('cat-file');
  return lines.map((line, index) => {
    const object = parseHeader(line);
    // `<name> missing`, or the id of a submodule's commit, which is not here.
    if (object || line.startsWith(`${names[index]} `) || /^[0-9a-f]+ submodule$/.test(line)) {
      return object;
    }
    throw oddAnswer('cat-file');
  });
}

/** Contents by id, each object read once. */
async function readObjects(git: Git, objects: readonly GitObject[]): Promise<Map<string, Buffer>> {
  if (objects.length === 0) return new Map();
  const oids = new Set(objects.map(({ oid }) => oid));
  const input = [...oids].map((oid) => `${oid}\n`).join('');
  const read: { type: string; oid: string; content: Buffer }[] = [];
  const parser = batchParser(Number.POSITIVE_INFINITY, ({ oid, type }, content) =>
    read.push({ oid, type, content }),
  );
  const running = mustRun(git, ['cat-file', '--buffer', '--batch'], {
    input,
    onStdout: (chunk) => {
      parser.take(chunk);
      return true;
    },
  });
  // Cryptography takes as long to load as git takes to read: one beside the other.
  const [{ objectId }] = await Promise.all([import('./object-ids.ts'), running]);
  const contents = new Map(
    read.flatMap(({ type, oid, content }) =>
      objectId(type, content, oid) === oid ? [[oid, content]] : [],
    ),
  );
  const isWhole = parser.isAtEnd() && [...oids].every((oid) => contents.has(oid));
  if (!isWhole) throw oddAnswer('cat-file');
  return contents;
}
