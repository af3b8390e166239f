/**
 * Refs and their compare-and-swap, as git does them. The model's remote and copies are made of
 * these functions alone, and test/model/real-git.test.ts holds them against git.
 */

/** One change of the ref at an index; 0 is absent. */
export interface Swap {
  index: number;
  expected: number;
  next: number;
}

/** A push: a ref that is already as it should become counts as done ("up to date"). */
export function pushed(refs: readonly number[], swaps: readonly Swap[]): number[] | undefined {
  const fits = swaps.every(({ index, expected, next }) => {
    const there = refs[index] ?? 0;
    return there === expected || (next !== 0 && there === next);
  });
  return fits ? changed(refs, swaps) : undefined;
}

/** A transaction over the refs of one repository: nothing is excused. */
export function transacted(refs: readonly number[], swaps: readonly Swap[]): number[] | undefined {
  const fits = swaps.every(({ index, expected }) => (refs[index] ?? 0) === expected);
  return fits ? changed(refs, swaps) : undefined;
}

/** A fetch: the copies of some refs become what the remote holds. */
export function fetched(
  copies: readonly number[],
  remote: readonly number[],
  indices: readonly number[],
): number[] {
  return changed(
    copies,
    indices.map((index) => ({ index, next: remote[index] ?? 0 })),
  );
}

function changed(refs: readonly number[], swaps: readonly Pick<Swap, 'index' | 'next'>[]) {
  const after = [...refs];
  for (const { index, next } of swaps) after[index] = next;
  return after;
}
