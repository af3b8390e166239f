import { LazyspecError } from '../errors.ts';

const SECONDS = { h: 3600, m: 60, s: 1 } as const;
/** Ten years: beyond it a duration is a slip, and dates computed from it stop making sense. */
const LONGEST = 10 * 365 * 24 * SECONDS.h;

const DURATION_FORM =
  'a whole number followed by s, m or h, such as 90s, 60m or 24h, and at most 10 years';

/** Seconds of a duration such as `90s`, `60m` or `24h`; undefined for any other text. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^([0-9]+)([smh])$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const seconds = Number(digits) * SECONDS[unit as keyof typeof SECONDS];
  return seconds <= LONGEST ? seconds : undefined;
}

/** The same duration as it must be written, for one in days, which the lazyspec CLI does not read. */
export function suggestDuration(text: string): string | undefined {
  const [, days] = /^([0-9]+)d$/.exec(text) ?? [];
  const hours = `${Number(days) * 24}h`;
  return readDuration(hours) ? hours : undefined;
}

/**
 * Seconds of a duration such as `90s`, `60m` or `24h`, up to ten years.
 * @throws LazyspecError USAGE for any other text
 */
export function parseDuration(text: string): number {
  const seconds = readDuration(text);
  if (seconds !== undefined) return seconds;
  throw new LazyspecError('USAGE', `${JSON.stringify(text)} is not a duration`, {
    remedy: `Write ${suggestDuration(text) ?? DURATION_FORM}.`,
  });
}

/** A duration of whole seconds in its shortest exact form: 3600 is `1h`, 5400 is `90m`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  if (seconds % SECONDS.h === 0) return `${seconds / SECONDS.h}h`;
  if (seconds % SECONDS.m === 0) return `${seconds / SECONDS.m}m`;
  return `${seconds}s`;
}
