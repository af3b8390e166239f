/** What a pusher may do to a lease: pure, by the server's clock and by what it has here itself. */
import type { Coordination } from '../config/types.ts';
import type { DocumentId, DocumentType } from '../documents/document.ts';
import { parseId } from '../documents/parse-id.ts';
import { refComponentProblem } from '../documents/ref-component.ts';
import type { LazyspecError } from '../errors.ts';
import { refusedError } from '../lease/explain.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import type { HeldView, View } from '../lease/view.ts';
import { documentOf } from '../lease/view.ts';
import { shellQuote } from '../shell-quote.ts';
import { rfc3339 } from '../times.ts';
import { isVisible } from '../visible-text.ts';
import type { Pusher } from './pusher.ts';
import { refused } from './refused.ts';

/** One lease ref that a push moves. */
export interface LeaseChange {
  ref: string;
  /** Absent only where the push says so; what git said is there and is not is malformed. */
  old: View;
  /** Undefined: the lease is to be removed. */
  next: NextLease | undefined;
  /** Seconds since the lease that is there arrived, unchanged. */
  arrivedFor: number;
}

export interface NextLease {
  view: Exclude<View, { state: 'absent' }>;
  /** Whether its tree holds `lease.json` and nothing else. */
  isAlone: boolean;
}

export interface LeaseLaw {
  policy: Coordination;
  types: readonly DocumentType[];
  /** Seconds since 1970, by the server's clock. */
  now: number;
  /** How the pusher calls lazyspec-lease. */
  program: string;
}

/** @returns why it is refused; undefined where it passes */
export function judgeLease(
  change: LeaseChange,
  pusher: Pusher,
  law: LeaseLaw,
): LazyspecError | undefined {
  const { next } = change;
  if (!next) return judgeRemoval(change, pusher, law);
  const document = documentNamed(change.ref, law.types);
  if (!document) return noDocument(change.ref);
  return judgeRecord(document, next, pusher, law) ?? judgeSuccession(document, change, pusher, law);
}

/** The document that a ref names in exactly the spelling that leases are looked for under. */
function documentNamed(ref: string, types: readonly DocumentType[]): DocumentId | undefined {
  const named = documentOf(ref);
  if (!named || refComponentProblem(named.id) !== undefined) return undefined;
  const known = parseId(named.id, types);
  return known?.id === named.id && known.type === named.type ? named : undefined;
}

function judgeRemoval(
  { ref, old }: LeaseChange,
  pusher: Pusher,
  { now, program }: LeaseLaw,
): LazyspecError | undefined {
  if (pusher.isAdministrator) return undefined;
  if (old.state === 'held' && pusher.owns(old.lease.agent)) return undefined;
  const document = documentOf(ref);
  // git removes a ref whatever it is at where the old value that it is told is of an object that it
  // has not got (builtin/receive-pack.c). Such a lease is malformed here, and nobody's own.
  if (!document || old.state === 'absent') return noDocument(ref);
  const code = old.state === 'held' ? 'NOT_HOLDER' : 'MALFORMED_LEASE';
  return refusedError([{ document, code, view: old }], { agent: pusher.account, now, program });
}

/** Whether a record could have been written by the pusher, now, by the rules. */
function judgeRecord(
  { id }: DocumentId,
  { view, isAlone }: NextLease,
  pusher: Pusher,
  { policy, now }: LeaseLaw,
): LazyspecError | undefined {
  if (view.state === 'malformed') {
    return refused(`${id}: what was pushed is no lease: ${view.problem}`, {
      remedy: 'Claim with lazyspec-lease, which writes leases as they have to be.',
    });
  }
  const { lease, committed } = view;
  if (!isAlone) {
    return refused(`${id}: what was pushed is no lease: its tree holds more than lease.json`, {
      remedy: 'Claim with lazyspec-lease, which writes leases as they have to be.',
    });
  }
  if (!isVisible(lease.agent)) {
    return refused(`${id}: the agent of the lease has characters that do not show`, {
      remedy: 'Say who you are: git config lazyspec.agentId <name>',
    });
  }
  if (!pusher.isAdministrator && !pusher.owns(lease.agent)) {
    return notYours(id, lease.agent, pusher.account);
  }
  if (Math.max(committed, lease.acquired) > now + policy.maxClockSkew) {
    return wrongTime(`${id}: the lease was written in the server's future`, view, now);
  }
  if (lease.expires <= now) {
    return wrongTime(`${id}: the lease would be over before it began`, view, now);
  }
  if (lease.expires > now + policy.maxLeaseDuration + policy.maxClockSkew) {
    return wrongTime(`${id}: the lease would last longer than max_lease_duration`, view, now);
  }
  return undefined;
}

/** Whether the pusher may put a lease of theirs in the place of what is there. */
function judgeSuccession(
  document: DocumentId,
  { old, arrivedFor }: LeaseChange,
  pusher: Pusher,
  { policy, now, program }: LeaseLaw,
): LazyspecError | undefined {
  if (old.state === 'absent' || pusher.isAdministrator) return undefined;
  const to = { agent: pusher.account, now, program };
  if (old.state === 'malformed') {
    return refusedError([{ document, code: 'MALFORMED_LEASE', view: old }], to);
  }
  if (pusher.owns(old.lease.agent)) return undefined;
  const takeover = judgeTakeover(old, now, arrivedFor, policy);
  if (takeover.allowed) return undefined;
  const code = takeover.skewed ? 'CLOCK_SKEW' : 'NOT_EXPIRED';
  return refusedError([{ document, code, view: old, takeover }], to);
}

function notYours(id: string, agent: string, account: string): LazyspecError {
  const mine = account.includes('/') ? undefined : account;
  return refused(`${id}: '${agent}' is no agent of '${account}'`, {
    details: ['Nobody claims in the name of another.'],
    remedies: [
      ...(mine
        ? [{ label: 'say who you are', command: `git config lazyspec.agentId ${shellQuote(mine)}` }]
        : []),
      {
        label: 'on the server',
        command: `git config --add ${shellQuote(`lazyspec.${account}.agent`)} ${shellQuote(agent)}`,
        note: 'if it is yours',
      },
    ],
  });
}

function noDocument(ref: string): LazyspecError {
  return refused(`${ref} is the lease of no document`, {
    remedy:
      'Leases are of documents whose type is in the configuration of the default branch; an administrator may remove anything else.',
  });
}

function wrongTime(message: string, { lease, committed }: HeldView, now: number): LazyspecError {
  return refused(message, {
    details: [
      `written ${rfc3339(committed)}, expires ${rfc3339(lease.expires)}`,
      `the server's clock says ${rfc3339(now)}`,
    ],
    remedy: 'Set the clock that is wrong by a time server, or ask for another length: --for.',
  });
}
