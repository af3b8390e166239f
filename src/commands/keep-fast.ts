/**
 * Keeps what the installed hooks go by, so that they need no Node: what is governed, and which files
 * pass under which lease. A convenience: where it fails, hooks are slower, and as right.
 */
import { join } from 'node:path';
import { documentKey } from '../documents/document.ts';
import { configurationInForce, refreshGovernedNote } from '../install/governed-note.ts';
import type { PassedLease } from '../install/passed-note.ts';
import type { Done } from '../lease/engine.ts';
import type { Context } from './context.ts';
import type { DocumentFile } from './named-documents.ts';

/** @param leases of the agent's own, as the remote was just seen to have them */
export async function keepFast(context: Context, leases: PassedLease[] = []): Promise<void> {
  const [{ commonDir, gitDir }, config] = await Promise.all([
    context.repository(),
    context.config(),
  ]);
  const folder = join(commonDir, 'lazyspec');
  try {
    await refreshGovernedNote(folder, config);
    // A commit is not made by who is named for one command.
    if (leases.length === 0 || context.options.agentId !== undefined) return;
    const configuration = configurationInForce(folder, config);
    if (configuration === undefined) return;
    const [{ remote }, gitConfig] = await Promise.all([context.engine(), context.gitConfig()]);
    const { notePassed } = await import('../install/passed-note.ts');
    await notePassed(folder, gitDir, {
      leases,
      ...(remote.shellFetch && { fetch: remote.shellFetch }),
      configuration,
      config: gitConfig,
      env: context.options.env,
      timeout: config.gate.timeout,
    });
  } catch (error) {
    context.warn(`commits stay slower than need be: ${(error as Error).message}`);
  }
}

/**
 * The leases that were just written.
 * @param files of documents in this work tree; what is noted of others is kept up
 */
export function writtenLeases(
  done: readonly Done[],
  files: readonly DocumentFile[] = [],
): PassedLease[] {
  const paths = new Map<string, string[]>(done.map(({ document }) => [documentKey(document), []]));
  for (const { document, path } of files) paths.get(documentKey(document))?.push(path);
  return done.flatMap(({ document, ref, decision, oid }) => {
    if (decision.action !== 'write' || oid === undefined) return [];
    const { expires } = decision.lease;
    return [{ paths: paths.get(documentKey(document)) ?? [], ref, oid, expires }];
  });
}
