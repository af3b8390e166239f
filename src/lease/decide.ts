/**
 * What each command does about what it sees: pure, one look in, one compare-and-swap or one
 * refusal out. A decision never rests on anything but the view that its swap will expect.
 */
import type { DocumentId } from '../documents/document.ts';
import type { ErrorCode } from '../errors.ts';
import { shortLine, visibleLine } from '../visible-text.ts';
import type { LeaseRecord } from './record.ts';
import type { Takeover, TakeoverPolicy } from './takeover.ts';
import { judgeTakeover } from './takeover.ts';
import type { HeldView, View } from './view.ts';
import { UNREADABLE_HOLDER } from './view.ts';

/** Who asks, when, and what they know beside the view. */
export interface Asker {
  agent: string;
  /** The name as it was given, and is stored; left out: `agent`. */
  name?: string;
  /** Seconds since 1970. */
  now: number;
  policy: TakeoverPolicy;
  /** For people, written into the record. */
  host?: string;
  worktree?: string;
  branch?: string;
}

export interface Write {
  action: 'write';
  /** The commit that must still be there; undefined: none. */
  expected: string | undefined;
  lease: LeaseRecord;
  kind: 'claimed' | 'renewed' | 'took over';
  /** Whose lease it was, in a takeover. */
  tookOverFrom?: string;
}

export interface Delete {
  action: 'delete';
  expected: string;
}

export interface Refusal {
  action: 'refuse';
  code: ErrorCode;
  view: View;
  takeover?: Takeover;
  /** The holder that an administrator named. */
  expectedHolder?: string;
}

export type Decision = Write | Delete | Refusal;

/** Longer notes are cut: a record has to stay below 8 KiB. */
export const MAX_NOTE = 500;

export interface ClaimOptions {
  force: boolean;
  /** Seconds; the length of the lease held already, or else `leaseDuration`, when not given. */
  ttl?: number;
  note?: string;
}

export function decideClaim(
  view: View,
  asker: Asker,
  options: ClaimOptions,
  observedFor: number,
): Write | Refusal {
  if (view.state === 'malformed') return refuse('MALFORMED_LEASE', view);
  if (view.state === 'absent') return grant(asker, undefined, options);
  if (view.lease.agent === asker.agent) return renew(view, asker, options);

  const takeover = judgeTakeover(view, asker.now, observedFor, asker.policy);
  if (!options.force) return { ...refuse('HELD_BY_OTHER', view), takeover };
  if (takeover.allowed) return grant(asker, view, options);
  const code = takeover.skewed ? 'CLOCK_SKEW' : 'NOT_EXPIRED';
  return { ...refuse(code, view), takeover };
}

/** An expired lease that nobody took may still be renewed. */
export function decideHeartbeat(view: View, asker: Asker): Write | Refusal {
  if (view.state === 'malformed') return refuse('MALFORMED_LEASE', view);
  if (view.state === 'absent' || view.lease.agent !== asker.agent) {
    return refuse('LEASE_LOST', view);
  }
  return renew(view, asker, {});
}

export function decideRelease(view: View, agent: string): Delete | Refusal {
  if (view.state === 'absent') return refuse('LEASE_NOT_FOUND', view);
  if (view.state === 'malformed') return refuse('MALFORMED_LEASE', view);
  if (view.lease.agent !== agent) return refuse('NOT_HOLDER', view);
  return { action: 'delete', expected: view.commit };
}

/** An administrator's release: of the lease whose holder was named, and of no other. */
export function decideAdminRelease(view: View, expectedHolder: string): Delete | Refusal {
  if (view.state === 'absent') return refuse('LEASE_NOT_FOUND', view);
  const holder = view.state === 'held' ? view.lease.agent : UNREADABLE_HOLDER;
  // By what is shown of the name: nobody can type what does not show.
  if (visibleLine(holder) !== visibleLine(expectedHolder)) {
    return { ...refuse('NOT_HOLDER', view), expectedHolder };
  }
  return { action: 'delete', expected: view.commit };
}

function refuse(code: ErrorCode, view: View): Refusal {
  return { action: 'refuse', code, view };
}

/** A lease of our own from now on, in place of nothing or of the lease taken over. */
function grant(asker: Asker, taken: HeldView | undefined, options: Partial<ClaimOptions>): Write {
  const { now, policy } = asker;
  const ttl = boundedTtl(options.ttl ?? policy.leaseDuration, policy);
  const lease = { ...person(asker, options.note), acquired: now, expires: now + ttl, ttl };
  if (!taken) return { action: 'write', expected: undefined, lease, kind: 'claimed' };
  const tookOverFrom = taken.lease.agent;
  return { action: 'write', expected: taken.commit, lease, kind: 'took over', tookOverFrom };
}

/** A lease of our own, longer: `acquired`, the note and unknown fields are kept. */
function renew(held: HeldView, asker: Asker, options: Partial<ClaimOptions>): Write {
  const { now, policy } = asker;
  const previous = held.lease;
  const ttl = boundedTtl(options.ttl ?? previous.ttl ?? policy.leaseDuration, policy);
  // Asked for no length, a renewal never shortens what was granted before.
  const kept = options.ttl === undefined ? previous.expires : 0;
  const expires = Math.max(now + ttl, Math.min(kept, now + policy.maxLeaseDuration));
  const lease: LeaseRecord = {
    // Written by another tool, or by whoever forged a lease in our name.
    ...person(asker, options.note ?? shortLine(previous.note ?? '', MAX_NOTE)),
    acquired: previous.acquired,
    expires,
    ttl,
  };
  if (previous.unknown) lease.unknown = previous.unknown;
  return { action: 'write', expected: held.commit, lease, kind: 'renewed' };
}

function person(asker: Asker, note: string | undefined) {
  const { agent, name, host, worktree, branch } = asker;
  return {
    agent: name ?? agent,
    ...(host && { host }),
    ...(worktree && { worktree }),
    ...(branch && { branch }),
    ...(note && { note }),
  };
}

function boundedTtl(ttl: number, policy: TakeoverPolicy): number {
  return Math.min(ttl, policy.maxLeaseDuration);
}

/** The message of a lease commit: what happened, for whoever reads the ref's history. */
export function commitMessage({ kind, tookOverFrom }: Write, document: DocumentId): string {
  if (kind === 'claimed') return `claim ${document.id}`;
  if (kind === 'renewed') return `renew ${document.id}`;
  return `take over ${document.id} from ${tookOverFrom}`;
}
