/** Why a type governs nothing: a slip in its dir or prefix protects no file. */
import { existsSync, lstatSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { HOME } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import type { DocumentId, DocumentType } from '../documents/document.ts';
import { identifyPath } from '../documents/identify.ts';
import { foldCase } from '../documents/letter-case.ts';
import { proposeTypes } from '../documents/propose.ts';
import { editDistance, nearestWord } from '../nearest.ts';
import { realPath } from '../real-path.ts';
import type { Finding } from './finding.ts';
import { failed } from './finding.ts';

export interface Entry {
  path: string;
  /** As in the index; undefined for a file that is not added yet. */
  mode: string | undefined;
  document: DocumentId | undefined;
}

/** What is known of a repository in which some type governs nothing. */
export interface Survey {
  root: string;
  config: Config;
  types: readonly DocumentType[];
  all: readonly Entry[];
  /** Whether a type may govern nothing, unless files would be its documents. */
  isLenient: boolean;
}

export const LINK = '120000';
const SUBMODULE = '160000';
export const CHECK = 'types';

export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** Whether a file belongs to a document of the type, in a folder. */
export function isOwn({ path, document }: Entry, { name }: DocumentType, folder: string): boolean {
  return document?.type === name && isBelow(path, folder);
}

export function whyEmpty(type: DocumentType, survey: Survey): Finding | undefined {
  const below = survey.all.filter(({ path }) => isBelow(path, type.dir));
  return (
    notAFolder(type, survey) ??
    submoduleBelow(type, below) ??
    otherNames(type, below, survey) ??
    (below.length === 0 ? nearFolder(type, survey) : undefined) ??
    elsewhere(type, survey)
  );
}

function nothing(
  { name, dir }: DocumentType,
  why: string,
  remedy: string,
  details?: string[],
): Finding {
  const message = `${name} governs no file in ${dir || '.'}: ${why}`;
  return failed(CHECK, message, remedy, details ? { details } : {});
}

/** How to change a key of the type. */
function set({ name }: DocumentType, key: string, value: string, { config }: Survey): string {
  const toml = `${key} = ${JSON.stringify(value)}`;
  return `If that is meant, write ${toml} for the type ${name} in ${config.source ?? HOME}.`;
}

/** The dir, or a folder above it, is a link, a file, or another repository. */
function notAFolder(type: DocumentType, survey: Survey): Finding | undefined {
  const { root, all } = survey;
  const parts = type.dir === '' ? [] : type.dir.split('/');
  for (const [index] of parts.entries()) {
    const path = parts.slice(0, index + 1).join('/');
    const mode = all.find((entry) => entry.path === path && entry.mode)?.mode;
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (mode === LINK || (!mode && stat?.isSymbolicLink())) return link(type, path, survey);
    if (mode === SUBMODULE || (!mode && existsSync(join(root, path, '.git')))) {
      return submodule(type, path);
    }
    if (mode || stat?.isFile()) {
      return nothing(type, `${path} is a file`, 'Let dir be the folder of the documents.');
    }
  }
  return undefined;
}

function link(type: DocumentType, path: string, survey: Survey): Finding {
  const target = targetOf(survey.root, path);
  if (target === undefined) {
    const why = `${path} is a symbolic link, and leads to no folder of this repository`;
    return nothing(type, why, 'Move the documents into the repository, or remove the type.');
  }
  const dir = target + type.dir.slice(path.length);
  const why = `${path} is a symbolic link to ${target}, and git tracks the files there`;
  return nothing(type, why, set(type, 'dir', dir, survey));
}

/** Where a link leads, if that is inside the work tree. */
export function targetOf(root: string, path: string): string | undefined {
  const real = realPath(join(root, path));
  const isFolder = lstatSync(real, { throwIfNoEntry: false })?.isDirectory();
  const target = relative(realPath(root), real).split(sep).join('/');
  return isFolder && target !== '' && !/^\.\.(\/|$)/.test(target) ? target : undefined;
}

function submodule(type: DocumentType, path: string): Finding {
  const why = `${path} is a repository of its own, so that its files are not in the commits here`;
  const remedy =
    'Configure and install lazyspec-hooks in that repository, and remove the type here.';
  return nothing(type, why, remedy);
}

function submoduleBelow(type: DocumentType, below: readonly Entry[]): Finding | undefined {
  const found = below.find(({ mode, path }) => mode === SUBMODULE && path !== type.dir);
  const isAlone = type.dir !== '' && below.every(({ mode }) => mode === SUBMODULE);
  return found && isAlone ? submodule(type, found.path) : undefined;
}

/** What explains a folder of documents, is made from, or keeps it in git while it has none. */
const ACCESSORY = /^\.|^(?:readme|index|contributing)\b|template/i;

/** Files are there, but their names are not those of documents. */
function otherNames(
  type: DocumentType,
  below: readonly Entry[],
  survey: Survey,
): Finding | undefined {
  const { dir, prefix } = type;
  const names = below
    .filter(({ document, mode }) => !document && mode !== LINK && mode !== SUBMODULE)
    .map(({ path }) => (dir === '' ? path : path.slice(dir.length + 1)))
    .filter((name) => !ACCESSORY.test(name));
  const words = wordsOf(names, type);
  const near = nearestWord(prefix, words);
  const isShared = below.some(({ document }) => document);
  const needsEvidence = survey.isLenient || dir === '' || isShared;
  if (names.length === 0 || (needsEvidence && !near)) return undefined;
  const why = `${counted(names.length, 'file')} there, and none is named ${exampleOf(type)}`;
  const details = names.slice(0, 3);
  const [word = near] = near && near !== prefix ? [near] : words;
  const proposed = proposeTypes(names.map((name) => (dir === '' ? name : `${dir}/${name}`)));
  const [pattern] = proposed.flatMap(({ type: { match } }) => match);
  if (pattern && word?.toLowerCase() !== proposed[0]?.type.prefix.toLowerCase()) {
    return nothing(type, why, set(type, 'match', pattern, survey), details);
  }
  if (word !== undefined && word !== prefix) {
    return nothing(type, why, set(type, 'prefix', word, survey), details);
  }
  return nothing(type, why, `Name them like that, or let dir, prefix or match fit them.`, details);
}

/** What the names start with, before a number; of a type with one document: all of the name. */
function wordsOf(names: readonly string[], { singleton }: DocumentType): string[] {
  const form = singleton ? /^([^.]+)/ : /^([A-Za-z]+(?:-[A-Za-z]+)*)[-_ .]?[0-9]/;
  const counts = new Map<string, number>();
  for (const part of names.flatMap((name) => name.split('/'))) {
    const word = form.exec(part)?.[1];
    if (word) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([word]) => word);
}

function exampleOf({ prefix, singleton, numbering, match }: DocumentType): string {
  if (singleton) return `${prefix}.md`;
  const [pattern] = match;
  const example = `${prefix}-${numbering === 'sqids' ? 'k3f' : '001'}-title.md`;
  return pattern ? `${example} or ${pattern}` : example;
}

/** There is no such folder, but one of nearly that name. */
function nearFolder(type: DocumentType, survey: Survey): Finding | undefined {
  const { dir } = type;
  const dirs = new Set(survey.types.map((one) => one.dir));
  const near = foldersOf(survey.all)
    .filter((folder) => !dirs.has(folder) && isNear(dir, folder))
    .filter((folder) => !survey.all.some((entry) => isOwn(entry, type, folder)))
    .map((folder) => ({ folder, isSure: hasDocuments(type, folder, survey) }))
    .filter(({ isSure }) => isSure || !survey.isLenient)
    .sort(
      (one, other) =>
        Number(other.isSure) - Number(one.isSure) ||
        editDistance(dir, one.folder) - editDistance(dir, other.folder),
    );
  const [first] = near;
  if (!first) return undefined;
  const how = differenceOf(dir, first.folder);
  const why = `there is no such folder, but ${first.folder}${how}`;
  return nothing(type, why, set(type, 'dir', first.folder, survey));
}

function foldersOf(all: readonly Entry[]): string[] {
  const folders = new Set<string>();
  for (const { path } of all) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders];
}

/** Whether each part is the same or a typing slip, whatever the case or the Unicode form. */
function isNear(dir: string, folder: string): boolean {
  const [ones = [], others = []] = [dir, folder].map((path) => {
    return foldCase(path)
      .split('/')
      .map((part) => part.trim());
  });
  return (
    ones.length === others.length &&
    ones.every((one, index) => {
      const other = others[index] ?? '';
      return one === other || nearestWord(one, [other]) !== undefined;
    })
  );
}

function differenceOf(dir: string, folder: string): string {
  if (dir.normalize('NFC') === folder.normalize('NFC')) {
    return ', which only looks the same: its letters are in another Unicode form';
  }
  return foldCase(dir) === foldCase(folder) ? ', which differs in the case of letters' : '';
}

/** Whether files in a folder would be documents of the type if its dir were that. */
function hasDocuments(type: DocumentType, folder: string, { all }: Survey): boolean {
  const moved = [{ ...type, dir: folder }];
  return all.some(({ path, document }) => !document && identifyPath(path, moved));
}

/** What look like its documents are in a folder of quite another name. */
function elsewhere(type: DocumentType, survey: Survey): Finding | undefined {
  const free = survey.all.flatMap(({ path, document }) => (document ? [] : [path]));
  const found = proposeTypes(free).find(
    (one) => foldCase(one.type.prefix) === foldCase(type.prefix),
  );
  if (!found) return undefined;
  const { dir } = found.type;
  const why = `${counted(found.documents, 'document')} like its own ${found.documents === 1 ? 'is' : 'are'} in ${dir || 'the root'}`;
  const details = found.examples.map(({ path }) => path);
  return nothing(type, why, set(type, 'dir', dir || '.', survey), details);
}

/** A link below the dir to a folder with documents that no type governs. */
export function linkedFolder(type: DocumentType, survey: Survey): Finding | undefined {
  for (const { path, mode } of survey.all) {
    if (mode !== LINK || !isBelow(path, type.dir)) continue;
    const target = targetOf(survey.root, path);
    if (target === undefined || !hasDocuments(type, target, survey)) continue;
    const why = `${path} is a symbolic link to ${target}, and no type governs the files there`;
    const remedy = `Move the files to ${type.dir || 'the root'}, or add a [[types]] table with dir = ${JSON.stringify(target)}.`;
    return failed(CHECK, `${type.name}: ${why}`, remedy);
  }
  return undefined;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
