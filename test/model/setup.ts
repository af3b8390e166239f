/** What a model is made of: who takes part, from which clones, under which rules. */
import { normalise } from '../../src/config/normalise.ts';
import type { Config } from '../../src/config/types.ts';
import { LEASE_REFS } from '../../src/lease-refs.ts';

/** One process at a time, run by one agent in one clone. */
export interface Place {
  agent: string;
  /** Index of the clone; places in one clone share copies and observations. */
  clone: number;
}

export type Command =
  | { name: 'claim' | 'force' | 'heartbeat' | 'release' | 'gate'; documents: readonly number[] }
  | { name: 'admin'; documents: readonly number[]; holder: string }
  | { name: 'heartbeat' | 'release'; documents: 'all' };

export interface Setup {
  places: readonly Place[];
  documents: number;
  /** `remote = "."`: the clone itself is the remote. */
  own: boolean;
  takeover: 'clock' | 'observed';
  maxRetries: number;
  /** Seconds that each clone's clock is ahead. */
  skews: readonly number[];
  /** Seconds that pass in one step of the clock. */
  ticks: readonly number[];
  /** What each place may run. */
  commands: (place: Place) => readonly Command[];
  /** Whether looking at a private copy is a step of its own, between which others may move. */
  looks: boolean;
  /** What may go wrong with a connection. */
  faults: readonly Fault[];
}

/**
 * `lost`: the write is applied and the answer lost. `dropped`: neither arrives. `late`: the
 * connection breaks, and the write may still arrive at any time. `died`: the process ends after
 * its write was applied, before it notes that.
 */
export type Fault = 'lost' | 'dropped' | 'late' | 'died' | 'contended' | 'refused' | 'unreachable';
export const FAULTS: readonly Fault[] = [
  'lost',
  'dropped',
  'late',
  'died',
  'contended',
  'refused',
  'unreachable',
];

/** Seconds. One step of the clock ends a lease, and two of them its grace period. */
export const TTL = 10;
export const GRACE = 10;
export const MAX_SKEW = 5;
export const MAX_LEASE = 40;
export const TICK = 11;
/** Any moment: seconds since 1970. */
export const START = 1_700_000_000;

export function configOf({ own, takeover, maxRetries }: Setup): Config {
  const read = normalise({
    types: [{ name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC' }],
    coordination: {
      remote: own ? '.' : 'origin',
      lease_duration: `${TTL}s`,
      grace_period: `${GRACE}s`,
      max_clock_skew: `${MAX_SKEW}s`,
      max_lease_duration: `${MAX_LEASE}s`,
      max_push_retries: maxRetries,
      takeover,
    },
    gate: { create: 'own' },
  });
  return { ...read, source: '.lazyspec.toml', consulted: [] };
}

export const idOf = (document: number) => `RFC-${String(document + 1).padStart(3, '0')}`;
export const refOf = (document: number) => `${LEASE_REFS}rfc/${idOf(document)}`;
export const documentAt = (ref: string) => Number(ref.slice(-3)) - 1;

export function commandsOn(documents: number, agents: readonly string[]) {
  const single = Array.from({ length: documents }, (_, index) => [index]);
  const batches = documents > 1 ? [Array.from({ length: documents }, (_, index) => index)] : [];
  const sets: readonly (readonly number[])[] = [...single, ...batches];
  return ({ agent }: Place): Command[] => {
    // Of one other only: the holder whom an administrator names is just a name.
    const next = agents[(agents.indexOf(agent) + 1) % agents.length] ?? agent;
    return sets.flatMap((set): Command[] => [
      ...(['claim', 'force', 'heartbeat', 'release', 'gate'] as const).map((name) => {
        return { name, documents: set };
      }),
      { name: 'admin', documents: set, holder: next },
    ]);
  };
}

export function commandText(command: Command): string {
  const what = command.documents === 'all' ? '--all' : command.documents.map(idOf).join(' ');
  if (command.name === 'admin') return `release ${what} --expected-holder ${command.holder}`;
  return command.name === 'force' ? `claim ${what} --force` : `${command.name} ${what}`;
}
