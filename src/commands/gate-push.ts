/** May these commits be pushed by this agent, now? */
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import type { Accepted, Push } from '../git/pushed.ts';
import { judgedRefs, pushedCommits, remotesOf, remoteTips, trackingRefsOf } from '../git/pushed.ts';
import { changeToJudge } from '../git/well-formed.ts';
import type { ChangedDocument } from '../lease/gate.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { isGated, isRenewable, judged } from './gate.ts';

/**
 * Judges the documents that the commits change which the remote lacks. What the remote that
 * coordinates has was accepted there already, and is nobody's to answer for again: a fork may lag
 * behind.
 * @param push asked for only where something is gated
 * @param mayRenew as of `gate`
 * @throws {LazyspecError} as `gate`
 */
export async function gatePush(
  context: Context,
  push: () => Promise<Push>,
  mayRenew = false,
): Promise<GateOutcome> {
  const pass: GateOutcome = { result: { ok: true, documents: [] } };
  if (!(await isGated(context))) return pass;
  const asked = await push();
  if (judgedRefs(asked).length === 0) return pass;

  const [config, { remote: coordinating }] = await Promise.all([
    context.gitConfig(),
    context.coordination(),
  ]);
  const remotes = [...new Set([...remotesOf(asked, config), coordinating])].filter((name) =>
    config.remotes().includes(name),
  );
  const trackingRefs = trackingRefsOf(remotes, config);
  let changed: ChangedDocument[] = [];
  let unsafe: LazyspecError | undefined;
  try {
    changed = await documentsOf(context, asked, { trackingRefs, commits: [] });
  } catch (error) {
    unsafe = unsafeTree(error);
  }
  if (changed.length === 0 && !unsafe) return pass;
  const outcome = unsafe ? undefined : await judged(context, changed);
  if (outcome?.result.ok) return outcome;

  // Tracking refs may be old, or there are none. Only who would be refused pays for the question.
  const { gate: settings } = await context.config();
  const { env } = context.options;
  const deadline = settings.timeout * 1000;
  const commits = await remoteTips(context.git, asked.url, { env, config, deadline });
  if (unsafe && commits.length === 0) throw unsafe;
  const left =
    commits.length === 0 ? changed : await documentsOf(context, asked, { trackingRefs, commits });
  if (left.length === 0) return pass;
  // Nothing is renewed that need not be claimed.
  const renews = mayRenew && outcome?.result.documents.some(isRenewable);
  return outcome && isSame(left, changed) && !renews ? outcome : judged(context, left, mayRenew);
}

/** What the remote has already may be unsafe. @throws any other error */
function unsafeTree(error: unknown): LazyspecError {
  if (error instanceof LazyspecError && error.code === 'UNSAFE_TREE') return error;
  throw error;
}

async function documentsOf(
  context: Context,
  push: Push,
  accepted: Accepted,
): Promise<ChangedDocument[]> {
  const { types } = await context.config();
  const commits = await pushedCommits(context.git, push, accepted);
  const change = await changeToJudge(context.git, commits, governedFolders(types));
  return changedDocuments(context, change);
}

function isSame(one: readonly ChangedDocument[], other: readonly ChangedDocument[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
