/**
 * Keeps what the installed hooks go by, so that they need no Node: what is governed, and which files
 * pass under which lease. A convenience: where it fails, hooks are slower, and as right.
 */
import { join } from 'node:path';
import { documentKey } from '../documents/document.ts';
import { packLooseCopies } from '../git/loose-copies.ts';
import type { CommitRules } from '../install/governed-note.ts';
import { configurationInForce, refreshGovernedNote } from '../install/governed-note.ts';
import type { Done } from '../lease/engine.ts';
import type { HeldView } from '../lease/view.ts';
import type { Context } from './context.ts';
import type { DocumentFile } from './named-documents.ts';
import { MANY, noteLeases } from './noted-leases.ts';

/** A lease of the agent's own, under which files may change. */
export interface OwnLease {
  /** Files of its document, relative to the root. */
  paths: readonly string[];
  ref: string;
  view: HeldView;
}

/**
 * @param leases of the agent's own, as the remote was just seen to have them
 * @param rules what a commit was just judged by
 */
export async function keepFast(
  context: Context,
  leases: OwnLease[] = [],
  rules?: CommitRules,
): Promise<void> {
  const [{ commonDir, gitDir }, config] = await Promise.all([
    context.repository(),
    context.config(),
  ]);
  const folder = join(commonDir, 'lazyspec');
  try {
    if (rules) await refreshGovernedNote(folder, rules);
    if (leases.length > MANY) {
      const noted = new Map(leases.map(({ ref, view }) => [ref, view]));
      noteLeases(folder, noted, context.now());
      await packLooseCopies(context.git, commonDir);
    }
    // A commit is not made by who is named for one command.
    if (leases.length === 0 || context.options.agentId !== undefined) return;
    // Under another configuration than that of a commit a file may be of another document.
    const configuration = configurationInForce(folder, config);
    if (configuration === undefined) return;
    const [{ remote }, gitConfig] = await Promise.all([context.engine(), context.gitConfig()]);
    const { notePassed } = await import('../install/passed-note.ts');
    await notePassed(folder, gitDir, {
      leases: leases.map(({ view: { commit: oid, lease }, ...more }) => {
        return { ...more, oid, expires: lease.expires };
      }),
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
): OwnLease[] {
  const paths = new Map<string, string[]>(done.map(({ document }) => [documentKey(document), []]));
  for (const { document, path } of files) paths.get(documentKey(document))?.push(path);
  return done.flatMap(({ document, ref, view }) => {
    return view ? [{ paths: paths.get(documentKey(document)) ?? [], ref, view }] : [];
  });
}
