/** What `git cat-file` says of objects (git-cat-file(1), "BATCH OUTPUT"). */
import { isOid } from './answer.ts';

export interface GitObject {
  oid: string;
  /** As git names it. */
  type: string;
  /** Bytes. */
  size: number;
}

/** What it says of an object before its bytes; undefined where there is none. */
export function parseHeader(line: string): GitObject | undefined {
  const [, oid, type, size] = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/.exec(line) ?? [];
  return isOid(oid) && type !== undefined ? { oid, type, size: Number(size) } : undefined;
}

export interface BatchParser {
  /** @returns false from the first thing on that is no object, or larger than it may be */
  take: (chunk: Buffer) => boolean;
  /** Whether nothing is left unread. */
  isAtEnd: () => boolean;
}

/**
 * Parser of `git cat-file --batch`: `<oid> <type> <size>\n<bytes>\n`, repeated.
 * @param most bytes of one object
 * @param missing called for an object that is not here, which otherwise ends it
 */
export function batchParser(
  most: number,
  emit: (object: GitObject, content: Buffer) => void,
  missing?: () => void,
): BatchParser {
  let pending: Buffer = Buffer.alloc(0);
  let object: GitObject | undefined;

  const take = (chunk: Buffer) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (!object) {
        const end = pending.indexOf(10);
        if (end < 0) return true;
        const header = pending.toString('utf8', 0, end);
        object = parseHeader(header);
        const isMissing = !object && missing !== undefined && header.endsWith(' missing');
        // It stays at what cannot be read, and is never at the end.
        if (!object && !isMissing) return false;
        pending = pending.subarray(end + 1);
        if (!object) {
          missing?.();
          continue;
        }
      }
      if (object.size > most) return false;
      if (pending.length <= object.size) return true;
      emit(object, pending.subarray(0, object.size));
      pending = pending.subarray(object.size + 1);
      object = undefined;
    }
  };
  return { take, isAtEnd: () => !object && pending.length === 0 };
}
