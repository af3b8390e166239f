/** The shapes that commands return and `--json` prints (schemas/output.schema.json). */
import type { ErrorCode } from '../errors.ts';
import type { Done } from '../lease/engine.ts';
import type { HeldView } from '../lease/view.ts';
import { rfc3339 } from '../times.ts';

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

export function leaseResult(
  { id, type, ref }: { id: string; type: string; ref: string },
  lease: HeldView['lease'],
): LeaseResult {
  const { agent, acquired, expires, host, worktree, branch, note } = lease;
  return {
    id,
    type,
    ref,
    agent,
    acquired: rfc3339(acquired),
    expires: rfc3339(expires),
    ...(host && { host }),
    ...(worktree && { worktree }),
    ...(branch && { branch }),
    ...(note && { note }),
  };
}

export function writtenLease({ document, ref, decision }: Done): WrittenLease {
  if (decision.action !== 'write') throw new TypeError('not a write');
  const { kind, tookOverFrom, lease } = decision;
  return {
    ...leaseResult({ ...document, ref }, lease),
    ...(kind === 'renewed' && { renewed: true }),
    ...(tookOverFrom !== undefined && { tookOverFrom }),
  };
}
