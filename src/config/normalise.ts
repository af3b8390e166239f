import type { DocumentType } from '../documents/document.ts';
import {
  DEFAULT_COMFORT as COMFORT,
  DEFAULT_COORDINATION as COORDINATION,
  DEFAULT_TYPES,
  DEFAULT_GATE as GATE,
  DEFAULT_TYPE as TYPE,
} from './defaults.ts';
import { parseDuration } from './duration.ts';
import type { RawComfort, RawConfig, RawCoordination, RawDocumentType, RawGate } from './raw.ts';
import type { Comfort, Config, Coordination, GateSettings } from './types.ts';

/** A configuration in which nothing was found wrong, with its defaults filled in. */
export function normalise(
  raw: RawConfig,
): Pick<Config, 'types' | 'coordination' | 'gate' | 'comfort'> {
  const types = raw.types ?? DEFAULT_TYPES;
  return {
    types: types.filter((type) => type !== undefined).map(normaliseType),
    coordination: raw.coordination && normaliseCoordination(raw.coordination),
    gate: normaliseGate(raw.gate ?? {}),
    comfort: normaliseComfort(raw.comfort ?? {}),
  };
}

/** lazyspec takes `RFC-` and `RFC` for the same. */
export function normalisePrefix(prefix: string): string {
  return prefix.replace(/-$/, '');
}

function normaliseType(raw: RawDocumentType): DocumentType {
  const { name = '', dir = '', prefix = '' } = raw;
  return {
    name,
    plural: raw.plural ?? `${name}s`,
    dir: normaliseDir(dir),
    prefix: normalisePrefix(prefix),
    numbering: raw.numbering ?? TYPE.numbering,
    subdirectory: raw.subdirectory ?? TYPE.subdirectory,
    singleton: raw.singleton ?? TYPE.singleton,
    match: [raw.match ?? TYPE.match].flat().filter((pattern) => pattern !== undefined),
    store: raw.store ?? TYPE.store,
  };
}

/** `./docs//rfcs/` as `docs/rfcs`, and `.` as ''. */
function normaliseDir(dir: string): string {
  const components = dir.split('/');
  return components.filter((component) => component !== '' && component !== '.').join('/');
}

function normaliseCoordination(raw: RawCoordination): Coordination {
  const leaseDuration = parseDuration(raw.lease_duration ?? COORDINATION.lease_duration);
  const longest = raw.max_lease_duration;
  return {
    remote: raw.remote ?? COORDINATION.remote,
    addresses: (raw.addresses ?? COORDINATION.addresses).filter((one) => one !== undefined),
    leaseDuration,
    gracePeriod: parseDuration(raw.grace_period ?? COORDINATION.grace_period),
    maxPushRetries: raw.max_push_retries ?? COORDINATION.max_push_retries,
    maxClockSkew: parseDuration(raw.max_clock_skew ?? COORDINATION.max_clock_skew),
    maxLeaseDuration: longest
      ? parseDuration(longest)
      : Math.max(leaseDuration, parseDuration(COORDINATION.max_lease_duration)),
    takeover: raw.takeover ?? COORDINATION.takeover,
    backend: raw.backend ?? COORDINATION.backend,
    timeout: parseDuration(raw.timeout ?? COORDINATION.timeout),
  };
}

function normaliseGate(raw: RawGate): GateSettings {
  return {
    create: raw.create ?? GATE.create,
    offline: raw.offline ?? GATE.offline,
    timeout: parseDuration(raw.timeout ?? GATE.timeout),
    trailer: raw.trailer ?? GATE.trailer,
    exemptAuthors: (raw.exempt_authors ?? GATE.exempt_authors).filter(
      (author) => author !== undefined,
    ),
  };
}

function normaliseComfort(raw: RawComfort): Comfort {
  return {
    renewAfterCommit: raw.renew_after_commit ?? COMFORT.renew_after_commit,
    renewInGate: raw.renew_in_gate ?? COMFORT.renew_in_gate,
    releaseAfterPush: (raw.release_after_push ?? COMFORT.release_after_push).filter(
      (branch) => branch !== undefined,
    ),
    readOnly: raw.read_only ?? COMFORT.read_only,
  };
}
