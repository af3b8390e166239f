/**
 * The configuration as it is written in the file, after schemas/config.schema.json has passed it.
 * A key that the file does not have, or whose value was refused, is undefined.
 */

export interface RawDocumentType {
  name?: string | undefined;
  plural?: string | undefined;
  dir?: string | undefined;
  prefix?: string | undefined;
  numbering?: 'incremental' | 'sqids' | 'reserved' | undefined;
  subdirectory?: boolean | undefined;
  singleton?: boolean | undefined;
  match?: string | (string | undefined)[] | undefined;
  store?: string | undefined;
}

export interface RawCoordination {
  remote?: string | undefined;
  addresses?: (string | undefined)[] | undefined;
  lease_duration?: string | undefined;
  grace_period?: string | undefined;
  max_push_retries?: number | undefined;
  max_clock_skew?: string | undefined;
  max_lease_duration?: string | undefined;
  takeover?: 'clock' | 'observed' | undefined;
  backend?: 'auto' | 'nodegit' | 'git' | undefined;
  timeout?: string | undefined;
}

export interface RawGate {
  create?: 'any' | 'own' | 'off' | undefined;
  offline?: 'refuse' | 'allow-held' | undefined;
  timeout?: string | undefined;
  trailer?: boolean | undefined;
  exempt_authors?: (string | undefined)[] | undefined;
}

export interface RawComfort {
  renew_after_commit?: boolean | undefined;
  renew_in_gate?: boolean | undefined;
  read_only?: boolean | undefined;
  release_after_push?: (string | undefined)[] | undefined;
}

export interface RawConfig {
  types?: (RawDocumentType | undefined)[] | undefined;
  coordination?: RawCoordination | undefined;
  gate?: RawGate | undefined;
  comfort?: RawComfort | undefined;
}
