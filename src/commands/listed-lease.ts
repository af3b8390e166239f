/** A lease as `leases` and `show` report it, to whoever asks. */
import { LazyspecError } from '../errors.ts';
import { isLive } from '../lease/gate.ts';
import { rfc3339 } from '../times.ts';
import type { Context } from './context.ts';
import type { KnownLease } from './held.ts';
import { leaseResult } from './lease-result.ts';
import type { ListedLease } from './results.ts';

/** Whoever cannot say who they are may still look; nothing is theirs. */
export async function agentOrNobody(context: Context): Promise<string | undefined> {
  try {
    return await context.agent();
  } catch (error) {
    if (error instanceof LazyspecError && error.code === 'AGENT_UNKNOWN') return undefined;
    throw error;
  }
}

/** @param me who asks; @param cached whether the remote was not asked */
export function listedLease(
  { ref, document, view }: KnownLease,
  me: string | undefined,
  now: number,
  cached: boolean,
): ListedLease {
  const mark = cached ? ({ cached: true } as const) : {};
  if (view.state === 'malformed' || !document) {
    const problem = view.state === 'malformed' ? view.problem : 'its ref is no document';
    const unread = { agent: null, acquired: null, expires: null };
    return { ref, ...document, ...unread, state: 'malformed', mine: false, problem, ...mark };
  }
  return {
    ...leaseResult({ ...document, ref }, view.lease),
    state: isLive(view, now) ? 'live' : 'expired',
    mine: view.lease.agent === me,
    committed: rfc3339(view.committed),
    ...mark,
  };
}
