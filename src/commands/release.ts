import type { DocumentId } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import { decideAdminRelease, decideRelease } from '../lease/decide.ts';
import type { Decide } from '../lease/engine.ts';
import { refusedError } from '../lease/explain.ts';
import { executeEach } from '../lease/one-by-one.ts';
import type { View } from '../lease/view.ts';
import { forgetHeartbeat } from '../state/heartbeat.ts';
import { firstLines } from '../visible-text.ts';
import { allButRefused, without } from './all-but-refused.ts';
import type { ReleaseArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { followLeases } from './follow-leases.ts';
import { heldDocuments } from './held.ts';
import { agentOrNobody } from './listed-lease.ts';
import { namedLeases } from './named-documents.ts';
import type { ReleasedLease } from './results.ts';

/**
 * Gives leases back, all or none; one by one where the remote takes no more.
 * @throws {LazyspecError} LEASE_NOT_FOUND, NOT_HOLDER, MALFORMED_LEASE, and as `execute`
 */
export async function release(
  context: Context,
  { documents, expectedHolder: holder, confirm }: ReleaseArguments,
): Promise<ReleasedLease[]> {
  await context.coordination();
  const expectedHolder = holder?.normalize('NFC');
  if (documents === 'all' && expectedHolder !== undefined) {
    return releaseAllOf(context, expectedHolder, confirm);
  }
  const targets =
    documents === 'all' ? await heldDocuments(context) : await namedLeases(context, documents);
  if (targets.length === 0) return [];

  if (expectedHolder !== undefined) {
    return releaseAs(context, targets, expectedHolder);
  }
  const agent = await context.agent();
  return giveBack(context, targets, agent, (view) => decideRelease(view, agent));
}

/** Each lease has to be theirs still; one that is not is reported, and the others are released. */
async function releaseAllOf(
  context: Context,
  holder: string,
  confirm: ReleaseArguments['confirm'],
): Promise<ReleasedLease[]> {
  const targets = await heldDocuments(context, (view) => {
    return decideAdminRelease(view, holder).action === 'delete';
  });
  if (targets.length === 0) return [];
  if (confirm && !(await confirm(targets.map(({ id }) => id)))) {
    throw new LazyspecError('CANCELLED', 'nothing was released');
  }
  const { refused, failure } = await allButRefused(targets, (some) =>
    releaseAs(context, some, holder),
  );
  const released = without(targets, refused).map(({ id }) => id);
  if (!failure) return released.map((id) => ({ released: id }));
  const { code, message, details, remedies, data } = failure;
  throw new LazyspecError(code, message, {
    details: [...details, ...firstLines(released, (id) => `Released ${id}`, '--json')],
    remedies,
    data: { ...data, released },
  });
}

async function releaseAs(
  context: Context,
  targets: readonly DocumentId[],
  expectedHolder: string,
): Promise<ReleasedLease[]> {
  const administrator = (await agentOrNobody(context)) ?? '';
  const decide = (view: View) => decideAdminRelease(view, expectedHolder);
  return giveBack(context, targets, administrator, decide, true);
}

/** @param fetchFirst as of `execute` @throws {LazyspecError} as `release` */
export async function giveBack(
  context: Context,
  targets: readonly DocumentId[],
  agent: string,
  decide: Decide,
  fetchFirst = false,
): Promise<ReleasedLease[]> {
  const executed = await executeEach(await context.engine(), targets, decide, fetchFirst);
  if ('done' in executed) {
    const { root } = await context.repository();
    for (const document of targets) forget(context, root, document);
    await followLeases(context);
    return targets.map(({ id }) => ({ released: id }));
  }
  throw refusedError(executed.refused, context.reader(agent));
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
