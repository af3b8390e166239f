/** The post-commit hook: whoever commits a document is at work on it, and goes on holding it. */
import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { filesOfCommits } from '../git/commits.ts';
import { resolveCommits } from '../git/range.ts';
import { allButRefused } from './all-but-refused.ts';
import type { Context } from './context.ts';
import { isGated } from './gate.ts';
import { heartbeat } from './heartbeat.ts';
import { knownLeases } from './held.ts';

/** Seconds between two renewals of a lease, at the most; a third of its duration where that is less. */
const INTERVAL = 300;

/**
 * Renews the agent's own leases on what a commit changes, where `[comfort] renew_after_commit` asks
 * for that. The hook has nobody wait for it, and throws away what it says.
 * @param commit left out: what HEAD is at
 * @throws {LazyspecError} as `heartbeat`; for those that were lost the others are renewed all the same
 */
export async function renewAfterCommit(context: Context, commit = 'HEAD'): Promise<void> {
  if (!(await isGated(context)) || !(await context.config()).comfort.renewAfterCommit) return;
  const [changed, agent] = await Promise.all([documentsOf(context, commit), context.agent()]);
  if (changed.size === 0) return;
  // The gate has just looked: nobody is asked about what another holds.
  const leases = await knownLeases(context, false);
  const documents = leases.flatMap(({ document, view }) =>
    document &&
    changed.has(documentKey(document)) &&
    view.state === 'held' &&
    view.lease.agent === agent
      ? [document]
      : [],
  );
  const { leaseDuration } = await context.coordination();
  const minInterval = Math.min(INTERVAL, Math.floor(leaseDuration / 3));
  await allButRefused(documents, (some: readonly DocumentId[]) =>
    heartbeat(context, { documents: some.map(({ id }) => id), minInterval }),
  );
}

/** Keys of the documents that a commit changes. */
async function documentsOf(context: Context, commit: string): Promise<Set<string>> {
  const [id] = await resolveCommits(context.git, [commit]);
  if (id === undefined) return new Set();
  const { types } = await context.config();
  const files = await filesOfCommits(context.git, [id], governedFolders(types));
  return new Set(
    files.flatMap(({ path }) => {
      const found = identifyPath(path, types);
      return found ? [documentKey(found)] : [];
    }),
  );
}
