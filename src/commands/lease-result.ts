/** Leases as they are reported. */
import type { Done } from '../lease/engine.ts';
import type { HeldView } from '../lease/view.ts';
import { rfc3339 } from '../times.ts';
import type { LeaseResult, WrittenLease } from './results.ts';

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
