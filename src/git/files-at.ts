/** Files of commits, without a work tree: what a server has. */
import { isOid, linesOf, oddAnswer } from './answer.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export type FileAt = { oid: string; content: Buffer } | { oid: string; problem: string };

/**
 * Reads objects by name (`<commit>:<path>`), in order; undefined where there is none. Sizes are
 * asked first, and what several names share is read once. Two processes of git for any number.
 * @param most bytes of a file; a larger one is a problem, as is what is no file
 */
export async function filesAt(
  git: Git,
  names: readonly string[],
  most: number,
): Promise<(FileAt | undefined)[]> {
  const found = await describeObjects(git, names);
  const wanted = found.filter((one) => one?.type === 'blob' && one.size <= most);
  const oids = [...new Set(wanted.map((one) => one?.oid ?? ''))];
  const contents = await readBlobs(git, oids);
  return found.map((one) => {
    if (!one) return undefined;
    const { oid, type, size } = one;
    const content = contents.get(oid);
    if (content) return { oid, content };
    return {
      oid,
      problem: type === 'blob' ? `it is ${size} bytes` : `it is no file, but a ${type}`,
    };
  });
}

interface Described {
  oid: string;
  type: string;
  size: number;
}

/** What objects are, in order; undefined where there is none. */
export async function describeObjects(
  git: Git,
  names: readonly string[],
): Promise<(Described | undefined)[]> {
  if (names.length === 0) return [];
  const input = `${names.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--buffer', '--batch-check'], { input });
  const lines = linesOf('cat-file', stdout);
  if (lines.length !== names.length) throw oddAnswer('cat-file');
  return lines.map((line, index) => {
    const [, oid, type, size] = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/.exec(line) ?? [];
    if (isOid(oid) && type) return { oid, type, size: Number(size) };
    const submodule = /^([0-9a-f]+) submodule$/.exec(line)?.[1];
    if (isOid(submodule)) return { oid: submodule, type: 'submodule', size: 0 };
    if (line === `${names[index]} missing`) return undefined;
    throw oddAnswer('cat-file');
  });
}

async function readBlobs(git: Git, oids: readonly string[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (oids.length === 0) return contents;
  const input = `${oids.join('\n')}\n`;
  const { stdout } = await mustRun(git, ['cat-file', '--buffer', '--batch'], { input });
  let start = 0;
  for (const oid of oids) {
    const end = stdout.indexOf(10, start);
    const [name, type, size] = stdout.toString('utf8', start, end).split(' ');
    const next = end + 1 + Number(size);
    if (end < 0 || name !== oid || type !== 'blob' || stdout[next] !== 10) {
      throw oddAnswer('cat-file');
    }
    contents.set(oid, stdout.subarray(end + 1, next));
    start = next + 1;
  }
  return contents;
}
