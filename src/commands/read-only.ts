/**
 * `[comfort] read_only`: the files of documents are read-only in the work tree, but for those that are
 * claimed from it. An editor then says at once what the gate would say at the commit. Advice: who
 * writes all the same is refused there.
 */
import { existsSync } from 'node:fs';
import { isScratch } from '../doctor/scratch.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { refreshIndex, trackedPaths } from '../git/work-tree-paths.ts';
import { withLock } from '../state/lock.ts';
import {
  forgetReadOnly,
  noteReadOnly,
  readOnlyHere,
  readOnlyLock,
  readOnlyNotes,
} from '../state/read-only-note.ts';
import { writeBitsIn } from '../state/write-bits.ts';
import type { Context } from './context.ts';
import { isGated } from './gate.ts';
import { knownLeases } from './held.ts';

/**
 * Makes the files of documents what the leases say, as this clone knows them, where that is asked for;
 * where it was and is no longer, what we made read-only can be written again.
 * @throws {LazyspecError} AGENT_UNKNOWN; and the file system's error where that cannot be noted
 */
export async function setReadOnly(context: Context): Promise<void> {
  const { root, commonDir, gitDir } = await context.repository();
  // doctor writes into its own.
  if (isScratch(root)) return;
  const isDone = await withLock(readOnlyLock(commonDir, gitDir), () => setBits(context));
  // It is only advice: the next hook or command sets them.
  if (!isDone) context.warn('files may be read-only that need not be: another process is at it');
}

/** What follows where the note is damaged. */
const LOST = 'files of documents may stay read-only; chmod u+w makes them writable';

async function setBits(context: Context): Promise<void> {
  const { root, commonDir, gitDir } = await context.repository();
  const { types, comfort } = await context.config();
  const isAsked = (await isGated(context)) && comfort.readOnly;
  const note = readOnlyHere(commonDir, gitDir, (message) => context.warn(`${message}: ${LOST}`));
  const before = new Set(note?.paths);
  const [held, tracked] = isAsked
    ? await Promise.all([heldHere(context), trackedPaths(context.git, governedFolders(types))])
    : [new Set<string>(), []];
  const files = writeBitsIn(root);
  const ours: string[] = [];
  let changed = false;
  for (const path of tracked) {
    const document = identifyPath(path, types);
    const writable = !document || held.has(documentKey(document));
    // What is no document is left alone, unless it was one.
    if (!document && !before.has(path)) continue;
    const isNew = files.set(path, writable);
    changed ||= isNew;
    if (!writable && (isNew || before.has(path))) ours.push(path);
    before.delete(path);
  }
  for (const path of before) changed = files.set(path, true) || changed;
  if (changed) await refreshIndex(context.git);
  if (isAsked) noteReadOnly(commonDir, gitDir, { root, paths: ours });
  else forgetReadOnly(commonDir, gitDir);
}

/** In all work trees of the clone, what we made read-only can be written again. */
export async function endReadOnly(context: Context): Promise<void> {
  const { root, commonDir, gitDir } = await context.repository();
  const here = readOnlyHere(commonDir, gitDir, (message) => context.warn(`${message}: ${LOST}`));
  const notes = readOnlyNotes(commonDir);
  // The clone may have been moved since.
  if (here) notes.push({ ...here, root });
  let changed = false;
  for (const note of notes) {
    if (!existsSync(note.root)) continue;
    const files = writeBitsIn(note.root);
    for (const path of note.paths) changed = files.set(path, true) || changed;
  }
  if (changed) await refreshIndex(context.git);
  forgetReadOnly(commonDir);
}

/** What the agent holds, and what was claimed from this very work tree by another. */
async function heldHere(context: Context): Promise<Set<string>> {
  const [{ agent, host, worktree }, leases] = await Promise.all([
    context.asker(),
    knownLeases(context, false),
  ]);
  return new Set(
    leases.flatMap(({ document, view }) => {
      if (!document || view.state !== 'held') return [];
      const { lease } = view;
      const isHere = lease.host === host && lease.worktree === worktree;
      return lease.agent === agent || isHere ? [documentKey(document)] : [];
    }),
  );
}
