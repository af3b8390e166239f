import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import type { LeaseRecord } from './record.ts';
import { LAST_SECOND, parseRecord } from './record.ts';

/** A lease as one look at its ref showed it. `commit` is the version of the record. */
export type View =
  | { state: 'absent' }
  | { state: 'malformed'; commit: string; problem: string }
  | HeldView;

export interface HeldView {
  state: 'held';
  commit: string;
  /** Committer time of the lease commit, seconds since 1970. */
  committed: number;
  lease: LeaseRecord;
}

/** What stands in for the holder's name where a lease cannot be read. */
export const UNREADABLE_HOLDER = '?';

export function viewOf(stored: {
  oid: string;
  committed: number | undefined;
  content: Uint8Array | { problem: string };
}): Exclude<View, { state: 'absent' }> {
  const malformed = (problem: string) =>
    ({ state: 'malformed', commit: stored.oid, problem }) as const;
  if (stored.committed === undefined) return malformed('its ref points at no commit');
  // git reads a date that it cannot hold as 0.
  const dated = stored.committed > 0 && stored.committed <= LAST_SECOND;
  if (!dated) return malformed('its commit is dated beyond all time');
  if (!(stored.content instanceof Uint8Array)) return malformed(stored.content.problem);
  const parsed = parseRecord(stored.content);
  if ('problem' in parsed) return malformed(parsed.problem);
  return {
    state: 'held',
    commit: stored.oid,
    committed: stored.committed,
    lease: parsed.record,
  };
}

/** The ref of a document's lease; id and type are known to be safe in a ref. */
export function leaseRef(document: DocumentId): string {
  return LEASE_REFS + documentKey(document);
}

/** The document of a lease ref; undefined for a ref that is no document's. */
export function documentOf(ref: string): DocumentId | undefined {
  const [type, id, ...rest] = ref.startsWith(LEASE_REFS)
    ? ref.slice(LEASE_REFS.length).split('/')
    : [];
  return type && id && rest.length === 0 ? { id, type } : undefined;
}
