import type { DocumentId } from '../documents/document.ts';
import { packLooseCopies } from '../git/loose-copies.ts';
import type { View } from '../lease/view.ts';
import { documentOf, viewOf } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import type { Context } from './context.ts';

/** One lease ref of any kind, as this clone knows it. */
export interface KnownLease {
  ref: string;
  /** Undefined for a ref that is no document's. */
  document: DocumentId | undefined;
  view: Exclude<View, { state: 'absent' }>;
}

/**
 * Every lease in this clone's copy, in the order of the refs.
 * @param fresh whether the copy was fetched just now: only then has anything been observed
 */
export async function knownLeases(context: Context, fresh: boolean): Promise<KnownLease[]> {
  const [{ store, observations }, { commonDir }] = await Promise.all([
    context.engine(),
    context.repository(),
  ]);
  if (fresh) await packLooseCopies(context.git, commonDir);
  const leases = (await store.list(LEASE_REFS)).map((stored) => ({
    ref: stored.ref,
    document: documentOf(stored.ref),
    view: viewOf(stored),
  }));
  const seen = new Map(leases.map(({ ref, view }) => [ref, view.commit]));
  if (fresh) observations.observe(seen, () => true);
  return leases;
}

/** The documents whose leases the agent holds, as the remote says; or those that are meant. */
export async function heldDocuments(
  context: Context,
  isMeant?: (view: View) => boolean,
): Promise<DocumentId[]> {
  const [{ remote }, agent] = await Promise.all([
    context.engine(),
    isMeant ? undefined : context.agent(),
  ]);
  await remote.fetch('all');
  const leases = await knownLeases(context, true);
  const isMine = (view: View) => view.state === 'held' && view.lease.agent === agent;
  return leases.flatMap(({ view, document }) =>
    document && (isMeant ?? isMine)(view) ? [document] : [],
  );
}
