/** `[comfort] renew_in_gate`: an expired lease that nobody has taken is renewed instead of refused. */
import { LazyspecError } from '../errors.ts';
import { decideHeartbeat } from '../lease/decide.ts';
import type { Decide, Engine } from '../lease/engine.ts';
import type { Verdict } from '../lease/gate.ts';
import { executeEach } from '../lease/one-by-one.ts';
import type { Context } from './context.ts';

/**
 * Renews leases, each by compare-and-swap on what was seen.
 * @param seconds for each connection
 * @returns whether it is worth looking again: a lease was renewed, or another has taken it. What may
 * or may not have been written is not.
 * @throws {LazyspecError} CANCELLED
 */
export async function renewExpired(
  context: Context,
  expired: readonly Verdict[],
  seconds: number,
): Promise<boolean> {
  const [engine, asker] = await Promise.all([context.engine(), context.asker()]);
  const decide: Decide = (view) => decideHeartbeat(view, { ...asker, now: context.now() });
  try {
    await executeEach(within(engine, seconds * 1000), expired, decide, false);
    return true;
  } catch (error) {
    if (!(error instanceof LazyspecError) || error.code === 'CANCELLED') throw error;
    context.warn(`an expired lease could not be renewed: ${error.message}`);
    return false;
  }
}

/** The engine, with the gate's own patience. */
function within(engine: Engine, deadline: number): Engine {
  const { remote } = engine;
  return {
    ...engine,
    remote: {
      ...remote,
      fetch: (refs, shorter) => remote.fetch(refs, Math.min(shorter ?? deadline, deadline)),
      swap: (changes) => remote.swap(changes, deadline),
    },
  };
}
