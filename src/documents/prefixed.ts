import type { DocumentId, DocumentType } from './document.ts';

/**
 * The document that a name starts with: a configured prefix (the longest that fits, letters of
 * either case), a dash, and a key ended by the end of the name or one of `-` `_` `.`.
 */
export function prefixedId(name: string, types: readonly DocumentType[]): DocumentId | undefined {
  const longestFirst = types.toSorted((a, b) => b.prefix.length - a.prefix.length);
  for (const { prefix, numbering, name: type } of longestFirst) {
    const start = `${prefix}-`;
    if (!equalInEitherCase(name.slice(0, start.length), start)) continue;
    const key = /^([A-Za-z0-9]+)(?:[-_.]|$)/.exec(name.slice(start.length))?.[1];
    if (key === undefined) continue;
    // Without a digit it is a word, as in RFC-template.md.
    if (numbering !== 'sqids' && !/[0-9]/.test(key)) continue;
    return { id: start + key, type };
  }
  return undefined;
}

/** Whether two texts are the same but for the case of their letters. */
export function equalInEitherCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
