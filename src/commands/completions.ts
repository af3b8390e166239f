/**
 * What a word of a command line may become: names of this work tree and of this clone's copies of
 * the leases. No remote is asked, and nothing is written.
 */
import type { DocumentId } from '../documents/document.ts';
import type { LeaseRecord } from '../lease/record.ts';
import { documentOf, viewOf } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { lengthOfTime } from '../times.ts';
import type { Context } from './context.ts';
import { agentOrNobody } from './listed-lease.ts';
import { filesInTree, unique } from './named-documents.ts';

export interface Completion {
  value: string;
  about?: string;
}

/** The documents of the work tree, with who held them when this clone last looked. */
export async function documentCompletions(context: Context): Promise<Completion[]> {
  const { types } = await context.config();
  const [files, leases] = await Promise.all([filesInTree(context, types), heldLeases(context)]);
  return unique(files.map(({ document }) => document)).map(({ id, type }) => {
    const held = leases.find(({ document }) => document.id === id && document.type === type);
    return { value: id, about: held ? holding(held.lease, context.now()) : type };
  });
}

/** The documents that the agent held when this clone last looked. */
export async function ownCompletions(context: Context): Promise<Completion[]> {
  const [leases, me] = await Promise.all([heldLeases(context), agentOrNobody(context)]);
  return leases
    .filter(({ lease }) => lease.agent === me)
    .map(({ document, lease }) => ({ value: document.id, about: ending(lease, context.now()) }));
}

/** The documents with a lease of anybody, when this clone last looked. */
export async function leasedCompletions(context: Context): Promise<Completion[]> {
  const leases = await heldLeases(context);
  return leases.map(({ document, lease }) => ({
    value: document.id,
    about: holding(lease, context.now()),
  }));
}

/** Those who held anything when this clone last looked. */
export async function agentCompletions(context: Context): Promise<Completion[]> {
  const leases = await heldLeases(context);
  return [...new Set(leases.map(({ lease }) => lease.agent))].map((value) => ({ value }));
}

export async function typeCompletions(context: Context): Promise<Completion[]> {
  const { types } = await context.config();
  return types.map(({ name, prefix }) => ({ value: name, about: prefix }));
}

interface HeldLease {
  document: DocumentId;
  lease: LeaseRecord;
}

async function heldLeases(context: Context): Promise<HeldLease[]> {
  const { store } = await context.refStore();
  return (await store.list(LEASE_REFS)).flatMap((stored) => {
    const document = documentOf(stored.ref);
    const view = viewOf(stored);
    return document && view.state === 'held' ? [{ document, lease: view.lease }] : [];
  });
}

function holding(lease: LeaseRecord, now: number): string {
  return `held by '${lease.agent}', ${ending(lease, now)}`;
}

function ending({ expires }: LeaseRecord, now: number): string {
  return expires > now ? `${lengthOfTime(expires - now)} left` : 'expired';
}
