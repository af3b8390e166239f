import { LazyspecError } from '../errors.ts';
import type { LeasesArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { knownLeases } from './held.ts';
import { agentOrNobody, listedLease } from './listed-lease.ts';
import type { ListedLease } from './results.ts';

/**
 * All leases; where the remote cannot be asked, this clone's copies, marked as such, with a
 * warning. A malformed lease is listed as one and hides no other.
 */
export async function leases(context: Context, args: LeasesArguments): Promise<ListedLease[]> {
  const [{ remote }, { types }] = await Promise.all([context.engine(), context.config()]);
  if (args.type !== undefined && !types.some(({ name }) => name === args.type)) {
    throw new LazyspecError('USAGE', `there is no document type '${args.type}'`, {
      remedy: `Known types: ${types.map(({ name }) => name).join(', ')}.`,
    });
  }
  const fresh = !args.local && (await fetchAll(context));
  const cached = !fresh && remote.name !== '.';
  const me = args.mine ? await context.agent() : await agentOrNobody(context);
  return (await knownLeases(context, fresh))
    .map((known) => listedLease(known, me, context.now(), cached))
    .filter(
      (lease) =>
        (!args.mine || lease.mine) &&
        (args.type === undefined || lease.type === args.type) &&
        (!args.expired || lease.state === 'expired'),
    );
}

async function fetchAll(context: Context): Promise<boolean> {
  const { remote } = await context.engine();
  try {
    await remote.fetch('all');
    return true;
  } catch (error) {
    if (!(error instanceof LazyspecError) || error.code === 'CANCELLED') throw error;
    context.warn(`${error.message}; these are the leases as last seen`);
    return false;
  }
}
