/**
 * Edits between two words: letters put in, left out, replaced, or swapped with their neighbour
 * (optimal string alignment, the restricted Damerau-Levenshtein distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: number[], index: number): number {
  return row[index] ?? Infinity;
}

/**
 * The known word that `word` is a typing slip of, if one is near enough to be sure: two edits in
 * a long word; in a short one a single edit that spares the first letter, since there almost every
 * word is near to some other.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) =>
      candidate.length > 5
        ? distance <= 2
        : distance <= 1 && typed[0] === candidate[0]?.toLowerCase(),
    )
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.candidate;
}
