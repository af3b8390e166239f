/** What could be seen of each lease, and when. */
import type { Commit, History } from './history.ts';

export interface Version {
  ref: string;
  /** Undefined: there was no lease. */
  lease: Commit | undefined;
  /** Nobody can have seen it before. */
  from: number;
  /** Nobody can have seen it after. */
  until: number;
}

export class Timeline {
  readonly #versions = new Map<string, Version[]>();

  constructor({ transactions, commits }: History) {
    for (const { prepared, landed, moves } of transactions) {
      for (const { ref, to } of moves) {
        const versions = this.of(ref);
        const last = versions.at(-1);
        if (last) last.until = landed;
        const lease = to === undefined ? undefined : commits[to];
        versions.push({ ref, lease, from: prepared, until: Number.POSITIVE_INFINITY });
        this.#versions.set(ref, versions);
      }
    }
  }

  refs(): string[] {
    return [...this.#versions.keys()];
  }

  /** All versions of a lease, in order; it begins with none. */
  of(ref: string): Version[] {
    return (
      this.#versions.get(ref) ?? [
        { ref, lease: undefined, from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
      ]
    );
  }

  /** Whether somebody who looked at one moment of a time could have seen such a version. */
  shows(
    ref: string,
    start: number,
    end: number,
    such: (lease: Commit | undefined, first: number) => boolean,
  ): boolean {
    return this.of(ref).some(({ lease, from, until }) => {
      const [first, last] = [Math.max(from, start), Math.min(until, end)];
      return first <= last && such(lease, first);
    });
  }
}
