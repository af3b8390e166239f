/** The shapes that commands return and `--json` prints (schemas/output.schema.json). */
import type { ErrorCode } from '../errors.ts';

/** A lease as reported; times are RFC 3339. */
export interface LeaseResult {
  id: string;
  type: string;
  ref: string;
  agent: string;
  acquired: string;
  expires: string;
  host?: string;
  worktree?: string;
  branch?: string;
  note?: string;
}

export interface WrittenLease extends LeaseResult {
  /** The agent held it before. */
  renewed?: true;
  /** Whose lease it was. */
  tookOverFrom?: string;
}

export interface SkippedHeartbeat {
  skipped: true;
  reason: 'throttled';
  /** The last heartbeat that went through. */
  last: string;
  id: string;
  type: string;
}

export interface ReleasedLease {
  released: string;
}

export interface ListedLease extends Partial<Omit<LeaseResult, 'agent' | 'acquired' | 'expires'>> {
  ref: string;
  /** Null where the ref or the lease cannot be read. */
  agent: string | null;
  acquired: string | null;
  expires: string | null;
  state: 'live' | 'expired' | 'malformed';
  mine: boolean;
  /** When it was last written. */
  committed?: string;
  /** Why it is malformed. */
  problem?: string;
  /** From this clone's copy: the remote was not asked, or did not answer. */
  cached?: true;
}

export interface GatedDocument {
  id: string;
  type: string;
  /** Changed files. */
  paths: string[];
  /** 'pass', or the code of the refusal. */
  verdict: 'pass' | ErrorCode;
  /** Who may have changed it, by the commits: one of them has to hold it. */
  agents?: readonly string[];
  /** Ids of those commits, newest first. */
  commits?: readonly string[];
  created?: true;
  holder?: string;
  expires?: string;
  message?: string;
  remedy?: string;
}

export interface GateResult {
  ok: boolean;
  documents: GatedDocument[];
}

/** When another agent may take a lease over, if it is not renewed. */
export interface Takeover {
  /** Whether that is now. */
  allowed: boolean;
  /** Going by the time in the lease. */
  byClockAfter?: string;
  /** If this clone goes on seeing it unchanged. */
  byObservationAfter: string;
}

/** Everything known of one document's lease. */
export type ShownLease = AbsentLease | (ListedLease & { takeover?: Takeover });

export interface AbsentLease {
  id: string;
  type: string;
  ref: string;
  state: 'absent';
}
