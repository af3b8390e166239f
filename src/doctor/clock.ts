import type { HeldView } from '../lease/view.ts';
import { lengthOfTime } from '../times.ts';
import type { Finding } from './finding.ts';
import { ok, warning } from './finding.ts';

/**
 * Compares this clock with those that leases were written by. Only a lease from the future shows
 * that one of two is wrong: one from the past may simply be old.
 * @param now seconds since 1970
 * @param maxClockSkew seconds
 */
export function checkClock(
  leases: readonly HeldView[],
  now: number,
  maxClockSkew: number,
): Finding {
  const [freshest] = [...leases].sort((a, b) => b.committed - a.committed);
  if (!freshest) return ok('clock', 'there is no lease to compare this clock with');
  const ahead = freshest.committed - now;
  if (ahead <= maxClockSkew) return ok('clock', 'no lease is dated in the future');
  const { agent, host } = freshest.lease;
  const whose = host ? `${agent}'s on ${host}` : `${agent}'s`;
  return warning(
    'clock',
    `this clock or ${whose} is wrong by about ${lengthOfTime(ahead)}: a lease is dated that far in the future`,
    'Set the clock that is wrong by a time server (timedatectl set-ntp true).',
  );
}
