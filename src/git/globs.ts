/** How many patterns a fetch may have: it compares each with every ref. */
const MOST = 64;

/**
 * Patterns that name some refs and as little else as can be, for a fetch: the server sends only what
 * matches. Of many refs those with a common beginning share one, and their neighbours come along.
 */
export function globsOf(refs: readonly string[]): string[] {
  let beginnings = [...new Set(refs)];
  while (beginnings.length > MOST) {
    const shorter = new Set(beginnings.map(withoutLast));
    // Of the folder of a type nothing is left to be taken away.
    if (shorter.size === beginnings.length && beginnings.every((one) => one.endsWith('/'))) break;
    beginnings = [...shorter];
  }
  return beginnings.map((beginning) => `${beginning}*`);
}

function withoutLast(text: string): string {
  return text.endsWith('/') ? text : text.slice(0, -1);
}
