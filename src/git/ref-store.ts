/**
 * The ref store: objects and refs of this clone. One of the two halves of git (the other, the
 * remote, is remote.ts). Implemented by plumbing.ts and nodegit.ts; choose-store.ts says which is used.
 */

/** One ref below LEASE_REFS with what its commit says. */
export interface StoredLease {
  ref: string;
  /** Id of the object that the ref points at. */
  oid: string;
  /** Committer time in seconds since 1970; undefined where the ref is not at a commit. */
  committed: number | undefined;
  /** The bytes of `lease.json`, or why there are none to be had. */
  content: Buffer | { problem: string };
}

export interface NewLeaseCommit {
  /** Named as author and committer. */
  author: string;
  /** Seconds since 1970, author and committer time. */
  time: number;
  message: string;
  /** `lease.json` */
  content: string;
}

/** What a ref is expected to be, and what it is to become; undefined means absent. */
export interface RefChange {
  ref: string;
  expected: string | undefined;
  next: string | undefined;
}

/** What became of a compare-and-swap over one or several refs: all of them or none. */
export type SwapOutcome =
  | { kind: 'applied' }
  /** A ref is not what was expected. */
  | { kind: 'stale' }
  /** A lock was busy, or the race was lost: look again, then try again. */
  | { kind: 'contended'; detail: string }
  | { kind: 'refused'; reason: string; details: string[] }
  /** This clone is damaged, so nothing could be sent. */
  | { kind: 'damaged'; detail: string }
  /** Nothing was sent. */
  | {
      kind: 'unreachable';
      code: 'REMOTE_UNREACHABLE' | 'REMOTE_AUTH' | 'REMOTE_NOT_FOUND';
      detail: string;
    }
  /** Interrupted before anything was sent. */
  | { kind: 'cancelled' }
  /** It may have happened or not. */
  | {
      kind: 'unknown';
      detail: string;
      cancelled: boolean;
      /** The remote may be at it still, after we cut it off, or the connection broke. */
      mayStillLand?: 'cut' | 'broke';
    };

export interface RefStore {
  /**
   * Reads these refs, leaving out those that do not exist.
   * @param after what they are to be read after: a store may get ready meanwhile
   * @throws as `after` does
   */
  read(refs: readonly string[], after?: Promise<unknown>): Promise<StoredLease[]>;
  /** What those of some refs that exist are at; undefined where that takes more than reading files. */
  ids(refs: readonly string[]): ReadonlyMap<string, string> | undefined;
  /** Reads every ref below a prefix that ends with a slash. */
  list(prefix: string): Promise<StoredLease[]>;
  /** Writes commits that no ref points at yet. @returns their ids, in order */
  write(commits: readonly NewLeaseCommit[]): Promise<string[]>;
  /** One transaction over this clone's own refs. */
  swap(changes: readonly RefChange[]): Promise<SwapOutcome>;
  /** Sets the local copies of refs to what the remote was just seen to hold, whatever they were. */
  remember(changes: readonly RefChange[]): Promise<void>;
}
