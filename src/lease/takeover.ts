/**
 * When a lease may be taken from its holder without asking (docs/protocol.md, Takeover).
 *
 * By the clock: our clock says that the lease has run out, and a grace period more. By
 * observation: this clone has watched the same lease commit for longer than the lease lasts, by
 * its own clock alone, so that no timestamp, forged or skewed, can keep a document for ever.
 */

import { clockTime } from '../times.ts';
import type { HeldView } from './view.ts';
export interface TakeoverPolicy {
  /** All in seconds. */
  leaseDuration: number;
  gracePeriod: number;
  maxClockSkew: number;
  maxLeaseDuration: number;
  takeover: 'clock' | 'observed';
}

export interface Takeover {
  allowed: boolean;
  /** After this second the clock alone allows it; undefined where it never does. */
  byClockAfter: number | undefined;
  /** After this second observation allows it, if the lease is not renewed. */
  byObservationAfter: number;
  /** The lease claims to have been written in our future. */
  skewed: boolean;
}

/**
 * @param now seconds since 1970
 * @param observedFor seconds that this clone has seen this very commit
 */
export function judgeTakeover(
  view: HeldView,
  now: number,
  observedFor: number,
  policy: TakeoverPolicy,
): Takeover {
  const { committed, lease } = view;
  const ttl = effectiveTtl(view, policy);
  const wait = ttl + policy.gracePeriod;

  const skewed = committed > now + policy.maxClockSkew;
  // An expiry further away than any lease may last was not granted by the rules.
  const bounded = lease.expires <= committed + policy.maxLeaseDuration;
  const end = bounded ? Math.max(committed + ttl, lease.expires) : committed + ttl;
  const byClock = policy.takeover === 'clock' && !skewed;

  const byClockAfter = byClock ? end + policy.gracePeriod : undefined;
  const byObservation = observedFor > wait;
  return {
    allowed: byObservation || (byClockAfter !== undefined && now > byClockAfter),
    byClockAfter,
    byObservationAfter: now + Math.max(0, wait - observedFor),
    skewed,
  };
}

/** Seconds that the lease was granted for, from its commit on. */
function effectiveTtl({ committed, lease }: HeldView, policy: TakeoverPolicy): number {
  const told = lease.ttl ?? lease.expires - committed;
  return Math.min(told > 0 ? told : policy.leaseDuration, policy.maxLeaseDuration);
}

/** When a takeover is allowed: by either rule, so the sooner counts; `show` tells both. */
export function takeoverNote(
  { allowed, byClockAfter, byObservationAfter }: Takeover,
  now: number,
): string {
  if (allowed) return 'allowed now';
  if (byClockAfter !== undefined && byClockAfter <= byObservationAfter) {
    return `from ${clockTime(byClockAfter, now)}, if not renewed`;
  }
  return `from ${clockTime(byObservationAfter, now)} by observation, if not renewed`;
}
