import type { DocumentId } from './document.ts';

/**
 * A document in the spelling that the tree already uses, so that `RFC-1` and `RFC-001` can never
 * be claimed side by side. What is not in the tree keeps the spelling that was asked for.
 */
export function chooseSpelling(
  wanted: DocumentId,
  existing: readonly DocumentId[],
): DocumentId | { ambiguous: DocumentId[] } {
  const ofType = existing.filter(({ type }) => type === wanted.type);
  if (ofType.some(({ id }) => id === wanted.id)) return wanted;

  const key = comparableKey(wanted.id);
  const equal = ofType.filter(({ id }) => comparableKey(id) === key);
  const distinct = [...new Map(equal.map((document) => [document.id, document])).values()];
  return distinct.length > 1 ? { ambiguous: distinct } : (distinct[0] ?? wanted);
}

/** As text, since a number would take two long keys for the same. */
function comparableKey(id: string): string {
  const key = id.slice(id.lastIndexOf('-') + 1);
  return /^[0-9]+$/.test(key) ? key.replace(/^0+(?=[0-9])/, '') : key.toLowerCase();
}
