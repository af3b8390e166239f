/** What one check of `doctor` has to say. */
import type { Hook } from '../hook-names.ts';

export type Check =
  | 'git-version'
  | 'node-version'
  | 'repository'
  | 'configuration'
  | 'types'
  | 'agent'
  | 'work-trees'
  | 'ref-store'
  | 'remote'
  | 'compare-and-swap'
  | 'clock'
  | 'hooks'
  | 'program-note'
  | 'governed-note'
  | 'agent-hooks'
  | 'fires'
  | 'leftovers';

/** What one document type governs, in tracked files. */
export interface GovernedType {
  name: string;
  /** '.' is the root. */
  dir: string;
  prefix: string;
  documents: number;
  files: number;
}

export interface Finding {
  check: Check;
  /** failed: documents are not guarded, or not surely. warning: something is to be looked at. */
  state: 'ok' | 'warning' | 'failed';
  message: string;
  /** What more is known, such as the words of git or of the server. */
  details?: string[];
  /** What to do; there for everything that is not ok. */
  remedy?: string;
  /** The hook that a finding of `hooks` or `fires` is about. */
  hook?: Hook;
  /** The types that a finding of `types` is about. */
  governs?: GovernedType[];
}

/** What a finding may be told with. */
export type More = Pick<Finding, 'details' | 'hook' | 'governs'>;

export function ok(check: Check, message: string, more: More = {}): Finding {
  return { check, state: 'ok', message, ...more };
}

export function warning(check: Check, message: string, remedy: string, more: More = {}): Finding {
  return { check, state: 'warning', message, remedy, ...more };
}

export function failed(check: Check, message: string, remedy: string, more: More = {}): Finding {
  return { check, state: 'failed', message, remedy, ...more };
}

/** What cannot be known is not well either. */
export function notChecked(check: Check, why: string, more: More = {}): Finding {
  return warning(check, `not checked: ${why}`, 'Mend that first, then run doctor again.', more);
}
