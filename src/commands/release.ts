import type { DocumentId } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import { decideAdminRelease, decideRelease } from '../lease/decide.ts';
import { execute } from '../lease/engine.ts';
import { refusedError } from '../lease/explain.ts';
import { forgetHeartbeat } from '../state/heartbeat.ts';
import type { Context } from './context.ts';
import { heldDocuments } from './held.ts';
import { agentOrNobody } from './listed-lease.ts';
import { namedDocuments } from './named-documents.ts';
import type { ReleasedLease } from './results.ts';

export interface ReleaseArguments {
  /** Ids or paths; `'all'`: every lease that the agent holds. */
  documents: readonly string[] | 'all';
  /** An administrator's release: of this holder's lease. */
  expectedHolder?: string;
}

/**
 * Gives leases back, all or none.
 * @throws {LazyspecError} LEASE_NOT_FOUND, NOT_HOLDER, MALFORMED_LEASE, and as `execute`
 */
export async function release(
  context: Context,
  { documents, expectedHolder }: ReleaseArguments,
): Promise<ReleasedLease[]> {
  await context.coordination();
  if (documents === 'all' && expectedHolder !== undefined) {
    throw new LazyspecError('USAGE', '--expected-holder releases named documents only', {
      remedy: 'Name the documents, or leave out --expected-holder to release all of your own.',
    });
  }
  const [engine, targets] = await Promise.all([
    context.engine(),
    documents === 'all' ? heldDocuments(context) : namedDocuments(context, documents),
  ]);
  if (targets.length === 0) return [];

  const administrator = expectedHolder !== undefined;
  const agent = administrator ? '' : await context.agent();
  const executed = await execute(
    engine,
    targets,
    (view) =>
      administrator ? decideAdminRelease(view, expectedHolder) : decideRelease(view, agent),
    administrator,
  );
  if ('done' in executed) {
    const { root } = await context.repository();
    for (const document of targets) forget(context, root, document);
    return targets.map(({ id }) => ({ released: id }));
  }
  const { program } = context;
  const reader = administrator ? ((await agentOrNobody(context)) ?? '') : agent;
  throw refusedError(executed.refused, { agent: reader, now: context.now(), program });
}

/** The lease is gone by now, whatever becomes of a note about it. */
function forget(context: Context, root: string, document: DocumentId): void {
  try {
    forgetHeartbeat(root, document);
  } catch (error) {
    context.warn(
      `the time of the last heartbeat could not be removed: ${(error as Error).message}`,
    );
  }
}
