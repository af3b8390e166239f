/**
 * What commands are asked for. Here, and in results.ts, is all that programs which use the library see:
 * nothing but plain values, so that the types need no others. Lengths of time are whole seconds.
 */

export interface ClaimArguments {
  /** Ids or paths; `'staged'`: those that a commit of what is staged needs. */
  documents: readonly string[] | 'staged';
  /** Take over what the takeover rule gives free. */
  force?: boolean;
  /** Seconds to wait for others; Infinity waits as long as it takes. */
  wait?: number;
  /** Seconds that the lease is to last. */
  duration?: number;
  note?: string;
}

export interface ReleaseArguments {
  /** Ids or paths; `'all'`: every lease that the agent holds. */
  documents: readonly string[] | 'all';
  /** An administrator's release: of this holder's lease; with `'all'` of every one of theirs. */
  expectedHolder?: string;
  /** Asked before every lease of a holder is released; not asked if there is none. */
  confirm?: (ids: readonly string[]) => Promise<boolean>;
}

export interface HeartbeatArguments {
  /** Ids or paths; `'all'`: every lease that the agent holds. */
  documents: readonly string[] | 'all';
  /** Seconds; a document whose last heartbeat is younger is skipped. */
  minInterval?: number;
}

export interface LeasesArguments {
  /** Only the agent's own. */
  mine?: boolean;
  /** Only those of this document type. */
  type?: string;
  /** Only those that have run out. */
  expired?: boolean;
  /** Do not ask the remote. */
  local?: boolean;
}

/** Documents by id or path; none of them asks whether the agent holds anything at all. */
interface NamedArguments {
  documents: readonly string[];
}

/** What is staged in the index. */
interface StagedArguments {
  staged: true;
}

export type DocumentsArguments = NamedArguments | StagedArguments;

export interface Base {
  /**
   * What is accepted where a range, or a ref that was pushed, begins at no commit that is here: a
   * branch that is new, or was rewritten.
   */
  base?: string;
}

/** What the commits of a range have changed: held by whom they name, or by an `agentId` that is given. */
export interface RangeArguments extends Base {
  /** `<a>..<b>` */
  range: string;
}

/** What the agent may change now, or what commits have changed. */
export type GateArguments = DocumentsArguments | RangeArguments;
