/** What a push would do to the refs of this repository, as git tells its pre-receive hook. */
import { LazyspecError } from '../errors.ts';
import { isZero } from '../git/pushed.ts';
import { LEASE_REFS, OUR_REFS } from '../lease-refs.ts';

export interface Update {
  ref: string;
  /** Undefined: the ref is not there yet. git itself sees to it that this is still so. */
  old: string | undefined;
  /** Undefined: the ref is to be deleted. */
  next: string | undefined;
}

/** What a ref is to us; what is none of our business passes. */
export type RefKind = 'branch' | 'lease' | 'probe' | 'reserved' | 'other';

const BRANCHES = 'refs/heads/';
/** The scratch refs of `lazyspec-hooks doctor` (src/doctor/swaps.ts). */
const PROBE = /^refs\/lazyspec\/probe\/[0-9a-f]{24}$/;

export function kindOf(ref: string): RefKind {
  if (ref.startsWith(BRANCHES)) return 'branch';
  if (ref.startsWith(LEASE_REFS)) return 'lease';
  if (PROBE.test(ref)) return 'probe';
  return ref.startsWith(OUR_REFS) ? 'reserved' : 'other';
}

/** `main` of `refs/heads/main`. */
export function branchName(ref: string): string {
  return ref.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : ref;
}

const OID = '[0-9a-f]{40}(?:[0-9a-f]{24})?';
const LINE = new RegExp(`^(?<old>${OID}) (?<next>${OID}) (?<ref>refs/\\S.*)$`);

/**
 * Reads `<old id> SP <new id> SP <ref>` lines (githooks(5)).
 * @throws {LazyspecError} USAGE for anything else, for a ref named twice, and for nothing at all:
 *   another hook may have read it away, and nothing may pass because it was not read
 */
export function parseUpdates(text: string): Update[] {
  const lines = text.split('\n');
  const updates = lines.slice(0, -1).map((line) => {
    const { old = '', next = '', ref = '' } = LINE.exec(line)?.groups ?? {};
    const isChange = ref !== '' && !(isZero(old) && isZero(next));
    if (!isChange) throw unreadable([line]);
    return { ref, old: isZero(old) ? undefined : old, next: isZero(next) ? undefined : next };
  });
  if (lines.at(-1) !== '' || updates.length === 0) throw unreadable(lines.slice(-1));
  const refs = new Set(updates.map(({ ref }) => ref));
  if (refs.size < updates.length) throw unreadable(['a ref is there twice']);
  return updates;
}

function unreadable(details: string[]): LazyspecError {
  return new LazyspecError('USAGE', 'what is on stdin does not say which refs are pushed', {
    remedy: 'Hand through what git tells its pre-receive hook on stdin, whole and as it is.',
    details: details.filter(Boolean),
  });
}
