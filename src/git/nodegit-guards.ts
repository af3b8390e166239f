/**
 * What may reach nodegit. Some wrong arguments abort the process there, others are cut, padded or
 * dropped without a word (docs/backends.md tells which). What is not let through is done by git.
 */
import { OUR_REFS } from '../lease-refs.ts';
import type { NewLeaseCommit, RefChange } from './ref-store.ts';

/** A whole SHA-1 id, for a shorter one is padded with zeros. */
export function isWholeId(id: unknown): id is string {
  return typeof id === 'string' && /^[0-9a-f]{40}$/.test(id) && !/^0+$/.test(id);
}

/**
 * A name below refs/lazyspec that git would take, too (git-check-ref-format(1)). A ref of one work
 * tree only would be written to the wrong place.
 */
export function isOurRef(name: unknown): name is string {
  if (typeof name !== 'string' || !name.startsWith(OUR_REFS)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL would end the name early
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !/^\.|\.$|\.lock$/.test(part));
}

/** One ref that is there and is to be moved: all that nodegit compares and swaps safely. */
export function isMove(
  changes: readonly RefChange[],
): changes is readonly [RefChange & { expected: string; next: string }] {
  const [change] = changes;
  if (changes.length !== 1 || !change) return false;
  return isOurRef(change.ref) && isWholeId(change.expected) && isWholeId(change.next);
}

/** Whole seconds since 1970, and text in which nothing ends early. */
export function isPlain({ author, time, message, content }: NewLeaseCommit): boolean {
  if (!Number.isSafeInteger(time) || time < 0) return false;
  return [author, message, content].every((text) => typeof text === 'string' && isWhole(text));
}

/** No NUL, and no half of a character, which would be written as another one. */
function isWhole(text: string): boolean {
  return !text.includes('\0') && Buffer.from(text).toString('utf8') === text;
}
