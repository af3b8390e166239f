import type { DocumentId, DocumentType } from './document.ts';

/**
 * The document that a name starts with: a configured prefix (the longest that fits, letters of
 * either case), a dash, and a key ended by the end of the name or one of `-` `_` `.`.
 */
export function prefixedId(name: string, types: readonly DocumentType[]): DocumentId | undefined {
  for (const { start, lower, numbering, type } of longestFirst(types)) {
    if (name.slice(0, start.length).toLowerCase() !== lower) continue;
    const key = /^([A-Za-z0-9]+)(?:[-_.]|$)/.exec(name.slice(start.length))?.[1];
    if (key === undefined) continue;
    // Without a digit it is a word, as in RFC-template.md.
    if (numbering !== 'sqids' && !/[0-9]/.test(key)) continue;
    return { id: start + key, type };
  }
  return undefined;
}

interface Start extends Pick<DocumentType, 'numbering'> {
  start: string;
  lower: string;
  type: string;
}

/** By types: each name in a tree is held against all of them. */
const starts = new WeakMap<readonly DocumentType[], Start[]>();

function longestFirst(types: readonly DocumentType[]): Start[] {
  const known = starts.get(types);
  if (known) return known;
  const sorted = types
    .toSorted((a, b) => b.prefix.length - a.prefix.length)
    .map(({ prefix, numbering, name }) => {
      return { start: `${prefix}-`, lower: `${prefix}-`.toLowerCase(), numbering, type: name };
    });
  starts.set(types, sorted);
  return sorted;
}

/** Whether two texts are the same but for the case of their letters. */
export function equalInEitherCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
