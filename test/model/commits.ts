/** Lease commits, as git keeps them: the same content is the same commit. */
import type { NewLeaseCommit, StoredLease } from '../../src/git/ref-store.ts';
import type { View } from '../../src/lease/view.ts';
import { viewOf } from '../../src/lease/view.ts';

/** Number of a commit; 0 is none. */
export type Commit = number;
export const NONE: Commit = 0;

export class Commits {
  readonly #numbers = new Map<string, Commit>();
  readonly #stored: (Omit<StoredLease, 'ref'> | undefined)[] = [undefined];
  readonly #views: View[] = [{ state: 'absent' }];

  /**
   * @param nonce what stands for the random nonce of this write, so that runs can be compared;
   * a record that carries none gets none
   */
  write({ author, time, message, content }: NewLeaseCommit, nonce: string): Commit {
    const named = content.replace(/"nonce": "[0-9a-f]{32}"/, `"nonce": "${nonce}"`);
    const key = JSON.stringify([author, time, message, named]);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#stored.length;
    const stored = { oid: oidOf(number) ?? '', committed: time, content: Buffer.from(named) };
    this.#numbers.set(key, number);
    this.#stored.push(stored);
    this.#views.push(viewOf(stored));
    return number;
  }

  stored(ref: string, commit: Commit): StoredLease[] {
    const found = this.#stored[commit];
    return found ? [{ ref, ...found }] : [];
  }

  view(commit: Commit): View {
    return this.#views[commit] ?? { state: 'absent' };
  }
}

export const oidOf = (commit: Commit) => (commit === NONE ? undefined : `c${commit}`);
export const commitAt = (oid: string | undefined) => (oid === undefined ? NONE : +oid.slice(1));
