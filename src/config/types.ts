/** What the rest of the program knows of the configuration: normalised, with every default filled in. */
import type { DocumentType } from '../documents/document.ts';

/** All durations are seconds. */
export interface Coordination {
  /** Name of a git remote, or '.' for this repository itself. */
  remote: string;
  /** Addresses of the one repository that the remote stands for, if it has several. */
  addresses: string[];
  leaseDuration: number;
  gracePeriod: number;
  maxPushRetries: number;
  maxClockSkew: number;
  maxLeaseDuration: number;
  takeover: 'clock' | 'observed';
  /** What reads and writes the refs of this clone (docs/backends.md). */
  backend: 'auto' | 'nodegit' | 'git';
  /** How long one fetch or push may take. */
  timeout: number;
}

export interface GateSettings {
  /** What a new document needs: any lease of mine, one on that very id, or nothing. */
  create: 'any' | 'own' | 'off';
  offline: 'refuse' | 'allow-held';
  /** Seconds. */
  timeout: number;
  /** Whether the hooks say in a commit which agent made it. */
  trailer: boolean;
  /** `<name> <<email>>` of those whose commits need no lease in CI. */
  exemptAuthors: string[];
}

/** What hooks do besides refusing, each where it was asked for. */
export interface Comfort {
  /** Whether the leases of what a commit changes are renewed behind it. */
  renewAfterCommit: boolean;
  /** Whether the gate renews an expired lease of who commits, where it is still in place. */
  renewInGate: boolean;
  /** Branches: the leases of what a push has brought to one of them are given back. */
  releaseAfterPush: string[];
  /** Whether files of documents that are not claimed are read-only in the work tree. */
  readOnly: boolean;
}

/** A place that was looked at, in order, up to and including the one that was used. */
export interface ConsultedPlace {
  /** Relative to the root. */
  path: string;
  /** The exact bytes found, or undefined where there is no such file. */
  content: Buffer | undefined;
}

export interface Config {
  types: DocumentType[];
  /** Undefined: nothing is gated. */
  coordination: Coordination | undefined;
  gate: GateSettings;
  comfort: Comfort;
  /** File the configuration came from, relative to root; undefined: the defaults. */
  source: string | undefined;
  consulted: ConsultedPlace[];
}
