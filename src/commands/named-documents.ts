/** Which documents a command line names. */

import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { DocumentId, DocumentType } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { otherNames } from '../documents/other-names.ts';
import { assertSafeId, parseId } from '../documents/parse-id.ts';
import { refComponentProblem } from '../documents/ref-component.ts';
import { chooseSpelling } from '../documents/spelling.ts';
import { LazyspecError } from '../errors.ts';
import { fieldsOf } from '../git/answer.ts';
import { pathspec } from '../git/pathspec.ts';
import { guessRoot } from '../git/repository.ts';
import { mustRun } from '../git/run.ts';
import { look } from '../lease/engine.ts';
import { leaseRef } from '../lease/view.ts';
import { realPath } from '../real-path.ts';
import { firstLines } from '../visible-text.ts';
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

/**
 * The documents whose leases a person named. Another program may have leased a document by the very
 * word that was typed, such as `RFC-1` or `RFC-001-title.md`: that lease is meant if it exists.
 * @throws as `namedDocuments`, and REMOTE_*
 */
export async function namedLeases(
  context: Context,
  names: readonly string[],
): Promise<DocumentId[]> {
  return (await namedWithFiles(context, names, 'refuse', true)).documents;
}

type Choice = ReturnType<typeof chooseSpelling>;

interface Word {
  /** As typed. */
  name: string;
  document: DocumentId;
  /** By the tree, or by the leases that are known here. */
  choice: Choice;
}

/** The same, with all files of documents in this work tree. @throws as `namedDocuments` */
export async function namedWithFiles(
  context: Context,
  names: readonly string[],
  ungoverned: 'refuse' | 'pass over' = 'refuse',
  isLease = false,
): Promise<{ documents: DocumentId[]; files: DocumentFile[] }> {
  const [{ types }, { root, prefix }] = await Promise.all([context.config(), context.repository()]);
  const files = await filesInTree(context, types);
  const wanted = names.flatMap((name) => {
    const document = nameToDocument(name, types, root, prefix);
    if (document) return { name, document };
    const path = pathFromRoot(name, root, prefix);
    const folder = folderProblem(name, path, types, files);
    if (folder) throw folder;
    if (ungoverned === 'pass over') return [];
    const what = path === name || path.startsWith('..') ? 'it' : path;
    throw unknown(`'${name}' is not a document: no [[types]] entry governs ${what}`, types);
  });
  const existing = files.map(({ document }) => document);
  const inTree = new Set(existing.map(documentKey));
  const isSettled = (choice: Choice) => 'ambiguous' in choice || inTree.has(documentKey(choice));
  const spelt = wanted.map(({ document }) => chooseSpelling(document, existing));
  // Of a document that is on another branch, the spelling of a lease that is known here.
  const leases = spelt.every(isSettled) ? [] : await knownLeases(context, false);
  const leased = leases.flatMap(({ document }) => document ?? []);
  const words = wanted.map((word, index) => {
    const choice = spelt[index] ?? word.document;
    return { ...word, choice: isSettled(choice) ? choice : chooseSpelling(word.document, leased) };
  });
  const leasedAs = isLease ? await leasesByWord(context, words, files) : [];
  const documents = words.map(({ document, choice }, index) => {
    return leasedAs[index] ?? unambiguous(document, choice);
  });
  return { documents: unique(documents), files };
}

/**
 * The leases that are called exactly what was typed, or that of another name of the document, where a
 * type is renamed; the remote is asked only if one could be.
 */
async function leasesByWord(
  context: Context,
  words: readonly Word[],
  files: readonly DocumentFile[],
): Promise<(DocumentId | undefined)[]> {
  const elsewhere = await context.elsewhere();
  const exact = words.map(({ name, document: { id, type }, choice }) => {
    const own = 'ambiguous' in choice ? undefined : choice;
    const others = own ? otherNames(own, pathsOf(own, files), elsewhere) : [];
    const renamed = own && others.length > 0 ? [own, ...others] : [];
    // A path is no word that a lease is called by.
    if (refComponentProblem(name) !== undefined) return renamed;
    const typed = [name, id].filter((one) => one !== own?.id).map((one) => ({ id: one, type }));
    return [...typed, ...renamed];
  });
  if (exact.flat().length === 0) return [];
  const engine = await context.engine();
  await engine.remote.fetch(exact.flat().map(leaseRef));
  const views = await look(engine, exact.flat());
  const exists = (one: DocumentId) => views.get(leaseRef(one))?.state !== 'absent';
  return exact.map((ids) => ids.find(exists));
}

/** The files of a document. */
export function pathsOf(document: DocumentId, files: readonly DocumentFile[]): string[] {
  const key = documentKey(document);
  return files.flatMap((file) => (documentKey(file.document) === key ? file.path : []));
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

/** What git refuses in a ref: refused even where an id could be read. */
const NO_REF = /\.\.|@\{|\.lock$/;
/** Letters, a dash, digits, and perhaps a title; a file of such a name has an extension. */
const ID_SHAPE = /^[A-Za-z]+(?:-[A-Za-z]+)*-[0-9]+[A-Za-z0-9]*(?:[-_][^.]*)?$/;

/** @returns undefined for a path that belongs to no document */
function nameToDocument(
  name: string,
  types: readonly DocumentType[],
  root: string,
  prefix: string,
): DocumentId | undefined {
  if (/[/\\]/.test(name)) return identifyPath(pathFromRoot(name, root, prefix), types);
  const byId = parseId(name, types);
  if (name === '' || (byId && NO_REF.test(name))) assertSafeId(name);
  if (byId) return byId;
  const isFile = statSync(join(root, prefix, name), { throwIfNoEntry: false });
  if (ID_SHAPE.test(name) && !isFile) throw unknown(`'${name}' names no document`, types);
  // Any other word is a file here, there or not: README.md, or `0042-title.md` in docs/decisions.
  return identifyPath(pathFromRoot(name, root, prefix), types);
}

/**
 * A path as typed, as git tracks it: relative to the root of the work tree, with slashes, and past
 * symbolic links, except that a link itself is tracked by its own name.
 */
function pathFromRoot(name: string, root: string, prefix: string): string {
  const typed = resolve(root, prefix, name);
  const top = realPath(root);
  const path = join(realPath(dirname(typed)), basename(typed));
  // The files of a submodule are in no commit of this repository.
  const nearest = guessRoot(dirname(path), {}) ?? top;
  const isOthers = nearest.startsWith(top + sep);
  return isOthers ? `../${basename(nearest)}` : relative(top, path).split(sep).join('/');
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

/** The error for a folder, which is not a document: it names the documents inside. */
function folderProblem(
  name: string,
  path: string,
  types: readonly DocumentType[],
  files: readonly DocumentFile[],
): LazyspecError | undefined {
  const inside = files.filter((file) => path === '' || file.path.startsWith(`${path}/`));
  const ids = unique(inside.map(({ document }) => document)).map(({ id }) => id);
  const own = types.filter(({ dir, store }) => dir === path && store === 'filesystem');
  if (own.length === 0 && ids.length === 0) return undefined;
  const what =
    own.length > 0 ? `of type ${own.map((type) => `'${type.name}'`).join(', ')}` : 'of documents';
  const some = firstLines(ids, (id) => id).join(', ');
  return new LazyspecError('UNKNOWN_DOCUMENT', `'${name}' is the folder ${what}, not a document`, {
    remedy: some
      ? `Name documents in it: ${some}`
      : `Name a document by its id: ${own[0]?.prefix}-001`,
    data: { prefixes: [...new Set(types.map(({ prefix }) => prefix))] },
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
