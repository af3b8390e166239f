/**
 * What is known of a race once it is over: what each process was asked and said, and what the
 * remote itself did. All times are milliseconds since 1970 but for those in a lease, which are
 * seconds as the lease has them. Plain JSON, so that a history can be kept and checked again.
 */

export interface History {
  rules: Rules;
  processes: Process[];
  /** What the remote took, in the order in which it held the locks. */
  transactions: Transaction[];
  /** Every lease commit that a ref was ever moved to, by its id. */
  commits: Record<string, Commit>;
  /** The lease refs of the remote when all was over. */
  final: Record<string, string>;
  /** git's own reflog of each ref that was there at the end: it forgets those that are gone. */
  reflogs: Record<string, Move[]>;
}

/** What the configuration of the race said; seconds. */
export interface Rules {
  grace: number;
  longest: number;
  takeover: 'clock' | 'observed';
}

export interface Process {
  id: string;
  agent: string;
  /** Where it ran. */
  clone: string;
  /** The command line as given: options are written `--name=value`. */
  argv: string[];
  start: number;
  /** From here on nothing that it started can write any more. */
  end: number;
  /** Null: it was killed before it could end by itself. */
  status: number | null;
  /** The JSON that it printed. */
  output?: unknown;
}

export interface Move {
  ref: string;
  /** Undefined: absent. */
  from?: string;
  to?: string;
}

export interface Transaction {
  /** The locks were held and the old values had been compared: no reader can have seen it before. */
  prepared: number;
  /** Every reader sees it from here on. */
  landed: number;
  moves: Move[];
}

export interface Commit {
  /** Committer time, seconds. */
  committed: number;
  parents: number;
  message: string;
  record: LeaseRecord;
}

export interface LeaseRecord {
  agent: string;
  acquired: number;
  expires: number;
  ttl: number;
  nonce: string;
  note?: string;
}

/** Something that must not happen, and did. */
export interface Violation {
  rule: string;
  text: string;
  /** Ids of those concerned. */
  processes: string[];
}
