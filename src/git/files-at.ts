/** Files of commits, without a work tree: what a server has. */
import { isOid, linesOf, oddAnswer } from './answer.ts';
import type { GitObject } from './cat-file.ts';
import { batchParser, parseHeader } from './cat-file.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export type FileAt = { oid: string; content: Buffer } | { oid: string; problem: string };

/**
 * Reads objects by name (`<commit>:<path>`), in order; undefined where there is none. Sizes are
 * asked first, and what several names share is read once. Two processes of git for any number.
 * @param most bytes of a file; a larger one is a problem, as is what is no file
 * @param likely contents that need not be read again
 */
export async function filesAt(
  git: Git,
  names: readonly string[],
  most: number,
  likely: readonly Buffer[] = [],
): Promise<(FileAt | undefined)[]> {
  const found = await describeObjects(git, names);
  const wanted = found.filter((one) => one?.type === 'blob' && one.size <= most);
  const oids = [...new Set(wanted.map((one) => one?.oid ?? ''))];
  // Imported dynamically, as elsewhere: commits load it as one file.
  const { objectId } = await import('./object-ids.ts');
  const known = new Map(
    oids.flatMap((oid) => {
      const content = likely.find((one) => objectId('blob', one, oid) === oid);
      return content ? [[oid, content]] : [];
    }),
  );
  const read = await readBlobs(
    git,
    oids.filter((oid) => !known.has(oid)),
  );
  const contents = new Map([...known, ...read]);
  return found.map((one) => one && fileOf(one, contents.get(one.oid)));
}

/**
 * The same in one process, with whatever size the files have: for what this clone itself has
 * committed or staged (`:<path>`).
 */
export async function ownFiles(
  git: Git,
  names: readonly string[],
  most: number,
): Promise<(FileAt | undefined)[]> {
  const input = `${names.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--buffer', '--batch'], { input });
  let at = 0;
  const files = names.map((name) => {
    const end = stdout.indexOf('\n', at);
    const object = described(stdout.toString('utf8', at, end), name);
    at = end + 1;
    if (!object || object.type === 'submodule') return object && fileOf(object);
    const content = stdout.subarray(at, at + object.size);
    at += object.size + 1;
    return fileOf(object, object.type === 'blob' && object.size <= most ? content : undefined);
  });
  if (at !== stdout.length) throw oddAnswer('cat-file');
  return files;
}

function fileOf({ oid, type, size }: GitObject, content?: Buffer): FileAt {
  if (content) return { oid, content };
  return { oid, problem: type === 'blob' ? `it is ${size} bytes` : `it is no file, but a ${type}` };
}

/** What objects are, in order; undefined where there is none. */
export async function describeObjects(
  git: Git,
  names: readonly string[],
): Promise<(GitObject | undefined)[]> {
  if (names.length === 0) return [];
  const input = `${names.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--buffer', '--batch-check'], { input });
  const lines = linesOf('cat-file', stdout);
  if (lines.length !== names.length) throw oddAnswer('cat-file');
  return lines.map((line, index) => described(line, names[index] ?? ''));
}

function described(line: string, name: string): GitObject | undefined {
  const object = parseHeader(line);
  if (object) return object;
  const submodule = /^([0-9a-f]+) submodule$/.exec(line)?.[1];
  if (isOid(submodule)) return { oid: submodule, type: 'submodule', size: 0 };
  if (line === `${name} missing`) return undefined;
  throw oddAnswer('cat-file');
}

async function readBlobs(git: Git, oids: readonly string[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (oids.length === 0) return contents;
  const parser = batchParser(Number.POSITIVE_INFINITY, ({ oid }, content) =>
    contents.set(oid, content),
  );
  const input = `${oids.join('\n')}\n`;
  await mustRun(git, ['cat-file', '--buffer', '--batch'], {
    input,
    onStdout: (chunk) => parser.take(chunk) || true,
  });
  if (!parser.isAtEnd() || !oids.every((oid) => contents.has(oid))) throw oddAnswer('cat-file');
  return contents;
}
