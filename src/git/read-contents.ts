import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A lease.json larger than this is malformed (docs/protocol.md); its bytes are never asked for. */
const MAX_CONTENT = 8 * 1024;
/** What else is in the tree of a lease is nobody's business, but it has to end somewhere. */
const MAX_TREE = 64 * 1024;
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

interface GitObject {
  oid: string;
  /** As git names it. */
  type: string;
  size: number;
}

function fits({ size }: GitObject, most: number): boolean {
  return size <= most;
}

/** What `git cat-file` says of an object before its bytes; undefined where there is none. */
function parseHeader(line: string): GitObject | undefined {
  const [, oid = '', type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
  return type === undefined ? undefined : { oid, type, size: Number(size) };
}

async function describe(git: Git, names: readonly string[]): Promise<(GitObject | undefined)[]> {
  const input = `${names.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--batch-check'], { input });
  return stdout.toString('utf8').trimEnd().split('\n').map(parseHeader);
}

/** Contents by id, each object read once. */
async function readObjects(git: Git, objects: readonly GitObject[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (objects.length === 0) return contents;
  const input = [...new Set(objects.map(({ oid }) => `${oid}\n`))].join('');
  const onStdout = batchParser(({ oid }, content) => contents.set(oid, content));
  await mustRun(git, ['cat-file', '--batch'], { input, onStdout });
  return contents;
}

/** Parser of `git cat-file --batch`: `<oid> <type> <size>\n<bytes>\n`, or `<name> missing\n`. */
function batchParser(emit: (object: GitObject, content: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let object: GitObject | undefined;

  return (chunk) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (!object) {
        const end = pending.indexOf(10);
        if (end < 0) return;
        object = parseHeader(pending.toString('utf8', 0, end));
        pending = pending.subarray(end + 1);
        continue;
      }
      if (pending.length <= object.size) return;
      emit(object, Buffer.from(pending.subarray(0, object.size)));
      pending = pending.subarray(object.size + 1);
      object = undefined;
    }
  };
}
