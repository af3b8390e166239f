import { look, noteSighting } from '../lease/engine.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import { leaseRef } from '../lease/view.ts';
import { rfc3339 } from '../times.ts';
import type { Context } from './context.ts';
import { withLastSeen } from './last-seen.ts';
import { agentOrNobody, listedLease } from './listed-lease.ts';
import { namedLeases } from './named-documents.ts';
import type { ShownLease } from './results.ts';

export async function show(context: Context, name: string): Promise<ShownLease> {
  const [engine, policy, [document]] = await Promise.all([
    context.engine(),
    context.coordination(),
    namedLeases(context, [name]),
  ]);
  if (!document) throw new TypeError('one name is one document');
  const ref = leaseRef(document);
  const me = await agentOrNobody(context);
  try {
    await engine.remote.fetch([ref]);
  } catch (error) {
    throw await withLastSeen(context, error, async () => {
      const view = (await look(engine, [document])).get(ref) ?? { state: 'absent' };
      if (view.state === 'absent') return [];
      return [listedLease({ ref, document, view }, me, context.now(), true)];
    });
  }
  const views = await look(engine, [document]);
  const view = views.get(ref) ?? { state: 'absent' };
  const ages = noteSighting(engine, views);
  if (view.state === 'absent') return { ...document, ref, state: 'absent' };
  const shown = listedLease({ ref, document, view }, me, context.now(), false);
  if (view.state !== 'held') return shown;
  const { allowed, byClockAfter, byObservationAfter } = judgeTakeover(
    view,
    context.now(),
    ages.get(ref) ?? 0,
    policy,
  );
  return {
    ...shown,
    takeover: {
      allowed,
      ...(byClockAfter !== undefined && { byClockAfter: rfc3339(byClockAfter) }),
      byObservationAfter: rfc3339(Math.floor(byObservationAfter)),
    },
  };
}
