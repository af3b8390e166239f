import type { DocumentType } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import type { Change } from '../git/change.ts';
import { pathsInTree } from '../git/change.ts';
import type { Git } from '../git/run.ts';
import type { ChangedDocument } from '../lease/gate.ts';
import type { Context } from './context.ts';
import { refuseOtherCase } from './other-case.ts';

/**
 * The governed documents that a change touches, with their files, sorted.
 * @param agentsOf who has to hold what a commit changes; a document is then told once for each of
 * those, with what their commits change
 */
export async function changedDocuments(
  context: Pick<Context, 'git' | 'config'>,
  change: Change,
  agentsOf?: ReadonlyMap<string, readonly string[]>,
): Promise<ChangedDocument[]> {
  const config = await context.config();
  const { types } = config;
  const documents = new Map<string, ChangedDocument>();
  const added = new Set<ChangedDocument>();
  for (const { path, status, commit } of change.files) {
    const found = identifyPath(path, types);
    if (!found) continue;
    const agents = commit === undefined ? undefined : agentsOf?.get(commit);
    const key = agents ? JSON.stringify([documentKey(found), agents]) : documentKey(found);
    let document = documents.get(key);
    if (!document) {
      const { id, type } = found;
      document = { id, type, paths: [], commits: [], created: false };
      if (agents) document.agents = agents;
      documents.set(key, document);
    }
    if (!document.paths.includes(path)) document.paths.push(path);
    if (commit !== undefined && document.commits.at(-1) !== commit) document.commits.push(commit);
    if (status === 'A') added.add(document);
  }
  const changed = [...documents.values()];
  const existing = existingPaths(context.git, types, change);
  await refuseOtherCase(change.files, config, existing);
  const created = await createdDocuments(types, [...added], changed, change, existing);
  for (const document of added) document.created = created.has(documentKey(document));
  return changed.sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1));
}

/** The paths below the governed folders where a change started from, listed once where needed. */
function existingPaths(
  git: Git,
  types: readonly DocumentType[],
  { parents }: Change,
): () => Promise<string[]> {
  let listed: Promise<string[]> | undefined;
  const list = async () => {
    const paths: string[] = [];
    for (const parent of parents) {
      for (const path of await pathsInTree(git, parent, governedFolders(types))) paths.push(path);
    }
    return paths;
  };
  return () => {
    listed ??= list();
    return listed;
  };
}

/**
 * Those of the candidates that no parent has a file of, and no file of which was renamed from
 * another document's.
 */
async function createdDocuments(
  types: readonly DocumentType[],
  candidates: readonly ChangedDocument[],
  changed: readonly ChangedDocument[],
  { files, renameTargets }: Change,
  existingPaths: () => Promise<string[]>,
): Promise<Set<string>> {
  if (candidates.length === 0) return new Set();
  const existing = new Set<string>();
  for (const path of await existingPaths()) {
    const found = identifyPath(path, types);
    if (found) existing.add(documentKey(found));
  }
  const governed = new Set(changed.flatMap(({ paths }) => paths));
  const deleted = files.some(({ path, status }) => status === 'D' && governed.has(path));
  const renamed = deleted ? await renameTargets([...governed]) : new Set<string>();
  const created = candidates.filter(
    (document) =>
      !existing.has(documentKey(document)) && !document.paths.some((path) => renamed.has(path)),
  );
  return new Set(created.map(documentKey));
}
