import { DEFAULT_COORDINATION } from './defaults.ts';
import { readDuration } from './duration.ts';
import type { Finding } from './problem.ts';
import type { RawConfig, RawCoordination } from './raw.ts';

const COORDINATION_DURATIONS = [
  'lease_duration',
  'grace_period',
  'max_clock_skew',
  'max_lease_duration',
] as const;

type DurationKey = (typeof COORDINATION_DURATIONS)[number];

/** Longer ones are not durations to us, whatever the schema says of their form. */
export function durationsAreReadable({ coordination }: RawConfig): Finding[] {
  return COORDINATION_DURATIONS.flatMap((key) => {
    const text = coordination?.[key];
    if (text === undefined || readDuration(text) !== undefined) return [];
    return [{ path: ['coordination', key], message: tooLong(text, '10 years') }];
  });
}

/** A timer of Node's holds 24 days at most; a longer one would be over at once. */
export function timeoutFitsTimer({ coordination, gate }: RawConfig): Finding[] {
  const tables = [
    ['coordination', coordination],
    ['gate', gate],
  ] as const;
  return tables.flatMap(([table, { timeout: text } = {}]) => {
    if (text === undefined || isAtMost(readDuration(text) ?? Infinity, '24h')) return [];
    return [{ path: [table, 'timeout'], message: tooLong(text, '24h') }];
  });
}

export function graceFitsLease({ coordination }: RawConfig): Finding[] {
  return longerThan(coordination, 'grace_period', 'lease_duration');
}

/** A maximum that is left out follows: normalise.ts. */
export function leaseFitsMaximum({ coordination }: RawConfig): Finding[] {
  if (coordination?.max_lease_duration === undefined) return [];
  return longerThan(coordination, 'lease_duration', 'max_lease_duration');
}

function isAtMost(seconds: number, limit: string): boolean {
  return seconds <= (readDuration(limit) ?? Infinity);
}

function tooLong(text: string, limit: string): string {
  return `is ${JSON.stringify(text)}; allowed: at most ${limit}`;
}

function longerThan(
  coordination: RawCoordination | undefined,
  shorter: DurationKey,
  longer: DurationKey,
): Finding[] {
  if (coordination === undefined) return [];
  // A key that is there without a value was refused before; its default says nothing about it.
  const { [shorter]: low, [longer]: high } = { ...DEFAULT_COORDINATION, ...coordination };
  if (low === undefined || high === undefined) return [];
  if (isAtMost(readDuration(low) ?? 0, high)) return [];
  const said = (key: DurationKey, text: string) =>
    `${key} (${text}${key in coordination ? '' : ', the default'})`;
  const written = shorter in coordination ? shorter : longer;
  const message = `${said(shorter, low)} is longer than ${said(longer, high)}`;
  return [{ path: ['coordination', written], message }];
}
