import type { Asker } from '../../../src/lease/decide.ts';
import type { LeaseRecord } from '../../../src/lease/record.ts';
import type { TakeoverPolicy } from '../../../src/lease/takeover.ts';
import type { HeldView, View } from '../../../src/lease/view.ts';

/** 2026-05-11T10:41:00Z */
export const NOW = 1_778_496_060;
export const HOUR = 3_600;

export const POLICY: TakeoverPolicy = {
  leaseDuration: HOUR,
  gracePeriod: 120,
  maxClockSkew: 300,
  maxLeaseDuration: 24 * HOUR,
  takeover: 'clock',
};

export const ABSENT: View = { state: 'absent' };
export const MALFORMED = {
  state: 'malformed',
  commit: 'b'.repeat(40),
  problem: 'its lease.json is empty',
} as const;

/** A lease of agent-a, written half an hour ago for one hour. */
export function held(lease: Partial<LeaseRecord> = {}, committed = NOW - HOUR / 2): HeldView {
  return {
    state: 'held',
    commit: 'a'.repeat(40),
    committed,
    lease: {
      agent: 'agent-a',
      acquired: committed,
      expires: committed + HOUR,
      ttl: HOUR,
      ...lease,
    },
  };
}

export function asker(agent: string, options: Partial<Asker> = {}): Asker {
  return { agent, now: NOW, policy: POLICY, ...options };
}
