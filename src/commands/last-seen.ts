/** What this clone last saw, where the remote gives no answer. */
import { LazyspecError } from '../errors.ts';
import { lastAllSeen } from '../state/observations.ts';
import { lengthOfTime, rfc3339 } from '../times.ts';
import type { Context } from './context.ts';
import type { ListedLease } from './results.ts';

/** The error, with the leases in its data; unchanged if they cannot be read either. */
export async function withLastSeen(
  context: Context,
  error: unknown,
  lastSeen: () => Promise<ListedLease[]>,
): Promise<unknown> {
  if (!(error instanceof LazyspecError) || error.code === 'CANCELLED') return error;
  const leases = await lastSeen().catch(() => undefined);
  if (!leases) return error;
  const seen = lastAllSeen((await context.repository()).commonDir);
  const age =
    seen === undefined
      ? 'This clone has never seen all leases.'
      : `This clone last saw all leases ${lengthOfTime(context.now() - seen)} ago.`;
  const { code, message, remedy, details, data } = error;
  return new LazyspecError(code, message, {
    ...(remedy !== undefined && { remedy }),
    details: [...details, age],
    data: { ...data, leases, ...(seen !== undefined && { lastSeen: rfc3339(seen) }) },
    cause: error,
  });
}

/** The leases that an error carries. */
export function lastSeenOf(error: unknown): ListedLease[] | undefined {
  const leases = error instanceof LazyspecError ? error.data.leases : undefined;
  return leases as ListedLease[] | undefined;
}
