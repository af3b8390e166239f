/** Which documents a command line names. */

import { statSync } from 'node:fs';
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import type { DocumentId, DocumentType } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { assertSafeId, parseId } from '../documents/parse-id.ts';
import { chooseSpelling } from '../documents/spelling.ts';
import { LazyspecError } from '../errors.ts';
import { fieldsOf } from '../git/answer.ts';
import { pathspec } from '../git/pathspec.ts';
import { mustRun } from '../git/run.ts';
import { realPath } from '../real-path.ts';
import type { Context } from './context.ts';
import { knownLeases } from './held.ts';

/**
 * The documents that a person named, each once, sorted by id.
 * @param ungoverned what a path that belongs to no document is: a mistake, or passed over
 * @throws {LazyspecError} UNKNOWN_DOCUMENT, USAGE
 */
export async function namedDocuments(
  context: Context,
  names: readonly string[],
  ungoverned: 'refuse' | 'pass over' = 'refuse',
): Promise<DocumentId[]> {
  return (await namedWithFiles(context, names, ungoverned)).documents;
}

/** A file of a document. */
export interface DocumentFile {
  document: DocumentId;
  /** Relative to the root of the work tree. */
  path: string;
}

/** The same, with all files of documents in this work tree. @throws as `namedDocuments` */
export async function namedWithFiles(
  context: Context,
  names: readonly string[],
  ungoverned: 'refuse' | 'pass over' = 'refuse',
): Promise<{ documents: DocumentId[]; files: DocumentFile[] }> {
  const [{ types }, { root, prefix }] = await Promise.all([context.config(), context.repository()]);
  const wanted = names.flatMap((name) => {
    const document = nameToDocument(name, types, root, prefix);
    if (document || ungoverned === 'pass over') return document ?? [];
    throw unknown(`'${name}' is not a document: no [[types]] entry governs it`, types);
  });
  const files = await filesInTree(context, types);
  const existing = files.map(({ document }) => document);
  const inTree = new Set(existing.map(documentKey));
  const spelt = wanted.map((document) => unambiguous(document, chooseSpelling(document, existing)));
  if (spelt.every((document) => inTree.has(documentKey(document)))) {
    return { documents: unique(spelt), files };
  }

  // Of a document that is on another branch, the spelling of a lease that is known here.
  const leases = await knownLeases(context, false);
  const leased = leases.flatMap(({ document }) => document ?? []);
  const documents = spelt.map((document) =>
    inTree.has(documentKey(document))
      ? document
      : unambiguous(document, chooseSpelling(document, leased)),
  );
  return { documents: unique(documents), files };
}

/** Which of some words name documents, as far as can be told without looking for them. */
export async function sortedOut(
  context: Context,
  words: readonly string[],
): Promise<{ names: string[]; others: string[] }> {
  const [{ types }, { root, prefix }] = await Promise.all([context.config(), context.repository()]);
  const isName = (word: string) => {
    try {
      return nameToDocument(word, types, root, prefix) !== undefined;
    } catch (error) {
      if (error instanceof LazyspecError) return false;
      throw error;
    }
  };
  const names = words.filter(isName);
  return { names, others: words.filter((word) => !names.includes(word)) };
}

/** Each document once, sorted, so that two batches can never wait for each other. */
export function unique(documents: readonly DocumentId[]): DocumentId[] {
  const byId = new Map(documents.map(({ id, type }) => [documentKey({ id, type }), { id, type }]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What git refuses in a ref, and what no file name needs: refused even where an id could be read. */
const NO_REF = /\.\.|@\{|\.lock$/;

/** @returns undefined for a path that belongs to no document */
function nameToDocument(
  name: string,
  types: readonly DocumentType[],
  root: string,
  prefix: string,
): DocumentId | undefined {
  if (/[/\\]/.test(name)) return identifyPath(pathFromRoot(name, root, prefix), types);
  if (NO_REF.test(name)) assertSafeId(name);
  const byId = parseId(name, types);
  if (byId) return byId;
  // A bare name that is no id may still be a file here: `0042-title.md` in docs/decisions.
  assertSafeId(name);
  const here = posix.join(prefix, name);
  if (statSync(join(root, here), { throwIfNoEntry: false })) return identifyPath(here, types);
  throw unknown(`'${name}' names no document`, types);
}

/** A path as typed, relative to the root of the work tree, with slashes. */
function pathFromRoot(name: string, root: string, prefix: string): string {
  const absolute = isAbsolute(name) ? resolve(name) : resolve(root, prefix, name);
  const direct = relative(root, absolute);
  const outside = direct.startsWith('..') || isAbsolute(direct);
  // Another way into the same work tree, through a symbolic link.
  const path = outside ? relative(root, realPath(absolute)) : direct;
  return path.split(sep).join('/');
}

/** Every file of a document in this work tree, committed or not. */
export async function filesInTree(
  { git }: Context,
  types: readonly DocumentType[],
): Promise<DocumentFile[]> {
  const folders = governedFolders(types).map(pathspec);
  if (folders.length === 0) return [];
  const args = ['ls-files', '-z', '--full-name', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await mustRun(git, [...args, '--', ...folders]);
  const paths = fieldsOf('ls-files', stdout);
  return paths.flatMap((path) => {
    const document = identifyPath(path, types);
    return document ? { document, path } : [];
  });
}

function unknown(message: string, types: readonly DocumentType[]): LazyspecError {
  const prefixes = [...new Set(types.map(({ prefix }) => prefix))];
  return new LazyspecError('UNKNOWN_DOCUMENT', message, {
    remedy: `Name a document by its id or its path. Known prefixes: ${prefixes.join(', ')}.`,
    data: { prefixes },
  });
}

/** @throws {LazyspecError} USAGE where a name may mean several documents */
function unambiguous({ id }: DocumentId, choice: ReturnType<typeof chooseSpelling>): DocumentId {
  if (!('ambiguous' in choice)) return choice;
  const ids = choice.ambiguous.map(({ id }) => id);
  throw new LazyspecError('USAGE', `'${id}' may mean ${ids.join(' or ')}`, {
    remedy: 'Write the id as the file name has it.',
    data: { documents: ids },
  });
}
