import type { DocumentId } from '../documents/document.ts';
import { parseId } from '../documents/parse-id.ts';
import { decideHeartbeat } from '../lease/decide.ts';
import { refusedError } from '../lease/explain.ts';
import { executeEach } from '../lease/one-by-one.ts';
import { lastHeartbeat, noteHeartbeat } from '../state/heartbeat.ts';
import { rfc3339 } from '../times.ts';
import type { HeartbeatArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { followLeases } from './follow-leases.ts';
import { heldDocuments } from './held.ts';
import { keepFast, writtenLeases } from './keep-fast.ts';
import { writtenLease } from './lease-result.ts';
import { namedDocuments, unique } from './named-documents.ts';
import type { SkippedHeartbeat, WrittenLease } from './results.ts';

/**
 * Renews leases, all or none of those that are not skipped; one by one where the remote takes no more.
 * @throws {LazyspecError} LEASE_LOST, MALFORMED_LEASE, and as `execute`
 */
export async function heartbeat(
  context: Context,
  { documents, minInterval }: HeartbeatArguments,
): Promise<(WrittenLease | SkippedHeartbeat)[]> {
  if (documents !== 'all' && minInterval !== undefined) {
    const skipped = await allThrottled(context, documents, minInterval);
    if (skipped) return skipped;
  }
  await context.coordination();
  const targets =
    documents === 'all' ? await heldDocuments(context) : await namedDocuments(context, documents);
  const { root } = await context.repository();
  const skipped = targets.flatMap(
    (document) => throttled(root, document, context.now(), minInterval) ?? [],
  );
  const due = targets.filter(({ id }) => !skipped.some((one) => one.id === id));
  const renewed = due.length > 0 ? await renew(context, due) : [];
  if (minInterval !== undefined) for (const document of due) note(context, root, document);
  return [...renewed, ...skipped].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function renew(context: Context, due: DocumentId[]): Promise<WrittenLease[]> {
  const [engine, asker] = await Promise.all([context.engine(), context.asker()]);
  const executed = await executeEach(
    engine,
    due,
    (view) => decideHeartbeat(view, { ...asker, now: context.now() }),
    false,
  );
  if ('done' in executed) {
    await keepFast(context, writtenLeases(executed.done));
    return executed.done.map(writtenLease);
  }
  // What was lost is read-only from now on.
  await followLeases(context);
  throw refusedError(executed.refused, context.reader(asker.agent));
}

/**
 * The answer where every document is throttled, found without starting git: agents send a
 * heartbeat after each of their steps. Undefined where anything needs a closer look.
 */
async function allThrottled(
  context: Context,
  names: readonly string[],
  minInterval: number,
): Promise<SkippedHeartbeat[] | undefined> {
  const glance = await context.glance();
  if (!glance?.config.coordination) return undefined;
  const documents = names.flatMap((name) => parseId(name, glance.config.types) ?? []);
  if (documents.length < names.length) return undefined;
  const skipped = unique(documents).map((document) =>
    throttled(glance.root, document, context.now(), minInterval),
  );
  return skipped.every((one) => one !== undefined) ? skipped : undefined;
}

function throttled(
  root: string,
  document: DocumentId,
  now: number,
  minInterval: number | undefined,
): SkippedHeartbeat | undefined {
  if (minInterval === undefined) return undefined;
  const last = lastHeartbeat(root, document, now);
  if (last === undefined || now - last >= minInterval) return undefined;
  return { skipped: true, reason: 'throttled', last: rfc3339(last), ...document };
}

function note(context: Context, root: string, document: DocumentId): void {
  try {
    noteHeartbeat(root, document, context.now());
  } catch (error) {
    context.warn(`the time of this heartbeat could not be noted: ${(error as Error).message}`);
  }
}
