import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** A lease.json larger than this is malformed (docs/protocol.md); its bytes are never kept. */
const MAX_CONTENT = 8 * 1024;

type Content = Buffer | { problem: string };

/**
 * Reads many blobs in one process, in order. What is no blob, is missing or is too large comes
 * back as a problem; a large one is passed over as it streams by, so that a gigabyte costs time
 * but no memory.
 */
export async function readContents(git: Git, names: readonly string[]): Promise<Content[]> {
  if (names.length === 0) return [];
  const contents: Content[] = [];
  const parse = batchParser((content) => contents.push(content));
  await mustRun(git, ['cat-file', '--batch'], {
    input: `${names.join('\n')}\n`,
    onStdout: parse,
  });
  return contents;
}

/** Parser of `git cat-file --batch`: `<oid> <type> <size>\n<bytes>\n`, or `<name> missing\n`. */
function batchParser(emit: (content: Content) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  /** The object being passed over or collected, with the bytes (and newline) still to come. */
  let object: { left: number; problem: string | undefined } | undefined;

  return (chunk) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (!object) {
        const end = pending.indexOf(10);
        if (end < 0) return;
        const header = pending.subarray(0, end).toString('utf8');
        pending = pending.subarray(end + 1);
        const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(header) ?? [];
        if (!type) {
          emit({ problem: 'it has no lease.json' });
          continue;
        }
        object = { left: Number(size) + 1, problem: objectProblem(type, Number(size)) };
      }
      if (object.problem !== undefined) {
        const passed = Math.min(object.left, pending.length);
        pending = pending.subarray(passed);
        object.left -= passed;
        if (object.left > 0) return;
        emit({ problem: object.problem });
      } else {
        if (pending.length < object.left) return;
        emit(Buffer.from(pending.subarray(0, object.left - 1)));
        pending = pending.subarray(object.left);
      }
      object = undefined;
    }
  };
}

function objectProblem(type: string, size: number): string | undefined {
  if (type !== 'blob') return `its lease.json is a ${type}`;
  return size > MAX_CONTENT ? `its lease.json is ${size} bytes` : undefined;
}
