/** Judges the refs of a push that are ours: leases, and what else is below refs/lazyspec/. */

import type { LazyspecError } from '../errors.ts';
import { oidsOf } from '../git/answer.ts';
import { mustRun } from '../git/run.ts';
import type { View } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { momentNow, observationsIn } from '../state/observations.ts';
import { DELETED_REFS } from './deleted-branches.ts';
import { leasesAt } from './lease-commits.ts';
import { judgeLease } from './lease-rules.ts';
import type { Push } from './push.ts';
import { brokenRules } from './push.ts';
import { refused } from './refused.ts';
import type { Update } from './updates.ts';
import { kindOf } from './updates.ts';

/** @param updates whose refs are below refs/lazyspec/ @returns what is refused */
export async function judgeOurRefs(
  push: Push,
  updates: readonly Update[],
): Promise<LazyspecError[]> {
  if (updates.length === 0) return [];
  const law = push.trunkRules;
  if (law.state === 'none') return [];
  if (law.state === 'broken') return [brokenRules(push, push.head, law.error)];
  const others = updates.filter(({ ref }) => kindOf(ref) === 'reserved');
  const leases = updates.filter(({ ref }) => kindOf(ref) === 'lease');
  const { coordination: policy, types } = law.rules.config;
  return [
    ...others.flatMap((update) => judgeReserved(push, update) ?? []),
    ...(await judgeLeases(push, leases, { policy, types })),
  ];
}

function judgeReserved({ pusher }: Push, { ref, next }: Update): LazyspecError | undefined {
  const isKept = ref.startsWith(DELETED_REFS);
  if (pusher.isAdministrator && !next && !isKept) return undefined;
  return refused(`${ref} is none of the refs that lazyspec has`, {
    remedy: `Below refs/lazyspec/ there are leases only: ${LEASE_REFS}<type>/<ID>`,
  });
}

async function judgeLeases(
  push: Push,
  leases: readonly Update[],
  rules: Pick<Parameters<typeof judgeLease>[2], 'policy' | 'types'>,
): Promise<LazyspecError[]> {
  if (leases.length === 0) return [];
  const { served, pusher, program } = push;
  const named = leases.flatMap(({ old, next }) => [old ?? [], next ?? []].flat());
  const known = await leasesAt(served.git, named);
  const ages = await arrivals(
    push,
    leases.flatMap(({ next }) => next ?? []),
  );
  const law = { ...rules, now: push.now(), program };
  return leases.flatMap(({ ref, old, next }) => {
    const view: View = (old && known.get(old)?.view) || { state: 'absent' };
    const lease = next === undefined ? undefined : known.get(next);
    const arrivedFor = (old && ages.get(old)) || 0;
    return judgeLease({ ref, old: view, next: lease, arrivedFor }, pusher, law) ?? [];
  });
}

/**
 * Seconds since each lease that is here arrived; what comes now is noted as well. Noted by commit:
 * a push may be refused yet, or lose a race, and must not make another's lease look younger.
 */
async function arrivals(
  { served: { git, gitDir }, warn }: Push,
  coming: readonly string[],
): Promise<Map<string, number>> {
  const { stdout } = await mustRun(git, ['for-each-ref', '--format=%(objectname)', LEASE_REFS]);
  const present = oidsOf('for-each-ref', stdout);
  const seen = new Map([...present, ...coming].map((oid) => [oid, oid]));
  return observationsIn(gitDir, momentNow, warn).observe(seen, () => true);
}
