import { LazyspecError } from '../errors.ts';
import { noteAllSeen } from '../state/observations.ts';
import type { LeasesArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { knownLeases } from './held.ts';
import { withLastSeen } from './last-seen.ts';
import { agentOrNobody, listedLease } from './listed-lease.ts';
import type { ListedLease } from './results.ts';

/**
 * All leases. A malformed lease is listed as one and hides no other.
 * @throws {LazyspecError} REMOTE_*, GIT_FAILED where the remote gives no answer; `data.leases` is then
 * what this clone last saw
 */
export async function leases(context: Context, args: LeasesArguments): Promise<ListedLease[]> {
  const [{ remote }, { types }] = await Promise.all([context.engine(), context.config()]);
  if (args.type !== undefined && !types.some(({ name }) => name === args.type)) {
    throw new LazyspecError('USAGE', `there is no document type '${args.type}'`, {
      remedy: `Known types: ${types.map(({ name }) => name).join(', ')}.`,
    });
  }
  const me = args.mine ? await context.agent() : await agentOrNobody(context);
  const list = async (fresh: boolean) =>
    (await knownLeases(context, fresh))
      .map((known) => listedLease(known, me, context.now(), !fresh && remote.name !== '.'))
      .filter(
        (lease) =>
          (!args.mine || lease.mine) &&
          (args.type === undefined || lease.type === args.type) &&
          (!args.expired || lease.state === 'expired'),
      );
  if (args.local) return list(false);
  try {
    await remote.fetch('all');
  } catch (error) {
    throw await withLastSeen(context, error, () => list(false));
  }
  const all = await list(true);
  noteAllSeen((await context.repository()).commonDir);
  return all;
}
