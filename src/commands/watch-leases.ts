import { setTimeout as sleep } from 'node:timers/promises';
import type { LeasesArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { lastSeenOf } from './last-seen.ts';
import { leases } from './leases.ts';
import type { ListedLease } from './results.ts';

/** One look at the leases. */
export interface LeasesSeen {
  leases: ListedLease[];
  /** Why they are as last seen only. */
  problem?: string;
  /** Seconds since 1970: when the remote answered last; undefined where it never did. */
  answered: number | undefined;
}

/**
 * Looks at the leases again and again, one connection each time, until the signal of the context.
 * A remote that does not answer ends nothing: the leases are then those last seen.
 * @param interval seconds between an answer and the next question
 */
export async function watchLeases(
  context: Context,
  args: LeasesArguments,
  interval: number,
  show: (seen: LeasesSeen) => void,
): Promise<void> {
  const { signal } = context.options;
  let answered: number | undefined;
  while (!signal?.aborted) {
    try {
      const list = await leases(context, args);
      answered = context.now();
      show({ leases: list, answered });
    } catch (error) {
      if (signal?.aborted) return;
      const list = lastSeenOf(error);
      if (!list) throw error;
      show({ leases: list, answered, problem: (error as Error).message });
    }
    await sleep(interval * 1000, undefined, signal && { signal }).catch(() => {});
  }
}
