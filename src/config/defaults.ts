import type { RawComfort, RawCoordination, RawDocumentType, RawGate } from './raw.ts';

/** What holds where `[coordination]` is there and leaves a key out. */
export const DEFAULT_COORDINATION = {
  remote: 'origin',
  addresses: [],
  lease_duration: '60m',
  grace_period: '2m',
  max_push_retries: 5,
  max_clock_skew: '5m',
  max_lease_duration: '24h',
  takeover: 'clock',
  backend: 'auto',
  timeout: '60s',
} as const satisfies Required<RawCoordination> | { addresses: readonly string[] };

/** What holds where `[gate]` leaves a key out, or is not there. */
export const DEFAULT_GATE = {
  create: 'any',
  offline: 'refuse',
  timeout: '10s',
  trailer: false,
  exempt_authors: [],
} as const satisfies Required<RawGate> | { exempt_authors: readonly string[] };

/** What holds where `[comfort]` leaves a key out, or is not there: nobody pays for what they did not ask for. */
export const DEFAULT_COMFORT = {
  renew_after_commit: false,
  renew_in_gate: false,
  release_after_push: [],
  read_only: false,
} as const satisfies Required<RawComfort> | { release_after_push: readonly string[] };

/** What holds where a `[[types]]` table leaves a key out; the other keys have no default. */
export const DEFAULT_TYPE = {
  numbering: 'incremental',
  subdirectory: false,
  singleton: false,
  match: [],
  store: 'filesystem',
} as const satisfies RawDocumentType | { match: readonly string[] };

/** The types of the lazyspec CLI, which hold where the file has no `[[types]]`. */
export const DEFAULT_TYPES: readonly RawDocumentType[] = [
  { name: 'rfc', plural: 'rfcs', dir: 'docs/rfcs', prefix: 'RFC' },
  { name: 'story', plural: 'stories', dir: 'docs/stories', prefix: 'STORY' },
  { name: 'iteration', plural: 'iterations', dir: 'docs/iterations', prefix: 'ITERATION' },
  { name: 'adr', plural: 'adrs', dir: 'docs/adrs', prefix: 'ADR' },
  { name: 'spec', plural: 'specs', dir: 'docs/specs', prefix: 'SPEC' },
  {
    name: 'convention',
    plural: 'convention',
    dir: 'docs/convention',
    prefix: 'CONVENTION',
    singleton: true,
    subdirectory: true,
  },
  { name: 'dictum', plural: 'dicta', dir: 'docs/convention', prefix: 'DICTUM' },
];
