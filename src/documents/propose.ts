/**
 * Which documents a tree seems to hold, and the types that would govern them. Rather none than a
 * wrong one: what is told here has been read back with `identifyPath`.
 */
import type { DocumentType } from './document.ts';
import type { Found } from './find-documents.ts';
import { findDocuments } from './find-documents.ts';
import { identifyPath } from './identify.ts';
import { kindOfFolder } from './kinds.ts';
import { documentExtension } from './numbered-name.ts';

export interface ProposedType {
  type: DocumentType;
  /** How many documents of it there are. */
  documents: number;
  /** The first and the last of them: a path, and the id that it gets. */
  examples: { path: string; id: string }[];
}

/** Somebody has to read the proposal. */
const MOST_TYPES = 20;
const MOST_PATTERNS = 4;

/**
 * @param paths every file, relative to the root, with `/` between the components
 * @returns in the order of their folders
 */
export function proposeTypes(paths: readonly string[]): ProposedType[] {
  const found = findDocuments(paths);
  const groups = groupBy(found, ({ prefix }) => prefix);
  const wanted = [...groups.values()].flatMap(typesOf);
  const most = uniqueTypes(wanted.sort((a, b) => b.documents.length - a.documents.length));
  return verified(most.slice(0, MOST_TYPES)).sort((a, b) => compare(a.type.dir, b.type.dir));
}

interface Wanted {
  type: DocumentType;
  documents: Found[];
}

/** The types for all that goes by one prefix: one, or where only numbers tell, one a folder. */
function typesOf(found: readonly Found[]): Wanted[] {
  const folders = [...groupBy(found, ({ dir }) => dir)]
    .flatMap(([dir, documents]) => withUniqueIds(dir, documents))
    .filter(({ documents }) => areEnough(documents))
    .sort(
      (a, b) =>
        b.documents.length - a.documents.length ||
        a.dir.length - b.dir.length ||
        compare(a.dir, b.dir),
    );
  const [first, ...others] = folders;
  if (first === undefined) return [];
  const merged = mergedFolder(folders);
  if (merged) return [wantedType(merged)];
  const stems = new Set(first.documents.map(({ document }) => lastPart(document)));
  // A name that carries its prefix would name the same document in each of the folders.
  const further = others.filter(
    ({ documents }) =>
      documents.every(({ pattern }) => pattern !== undefined) && !areCopies(documents, stems),
  );
  const isOneOfMany = further.length > 0 && kindOfFolder(lastPart(first.dir)) === undefined;
  const types = [first, ...further].map(wantedType);
  return types.flatMap((type, index) => (index > 0 || isOneOfMany ? qualified(type) : type));
}

interface Folder {
  dir: string;
  documents: Found[];
}

/** The folder; or where its folders count each for itself, as in adr/web and adr/server, those. */
function withUniqueIds(dir: string, documents: Found[]): Folder[] {
  if (areUnique(documents)) return [{ dir, documents }];
  const inside = [...groupBy(documents, ({ folder }) => folder)];
  if (inside.length < 2) return [];
  return inside
    .map(([folder, some]) => ({ dir: folder, documents: some }))
    .filter((folder) => areUnique(folder.documents));
}

/**
 * Nearly: in a real tree somebody has always taken a number twice, and where the names carry their
 * ids, some documents are kept in several files.
 */
function areUnique(documents: readonly Found[]): boolean {
  const ids = new Set(documents.map(({ key }) => key.replace(/^0+(?=.)/, '')));
  const isPrefixed = documents.every(({ pattern }) => pattern === undefined);
  const share = documents.length / (isPrefixed ? 3 : 10);
  return documents.length - ids.size <= Math.max(documents.length > 3 ? 1 : 0, share);
}

/** A folder that says what is in it needs little more: it begins with one. */
function areEnough(documents: readonly Found[]): boolean {
  const [first] = documents;
  if (first === undefined) return false;
  const { kind, isInItsFolder, isCapital, key } = first;
  if (kind === undefined || !isInItsFolder) return documents.length >= (isCapital && kind ? 2 : 3);
  if (kind.isCommonWord) return documents.length >= 2;
  return documents.length >= 2 || isCapital || key.length >= 3;
}

/** Folders in one folder that is not the root, whose prefixed documents are counted together. */
function mergedFolder(folders: readonly Folder[]): Folder | undefined {
  const documents = folders.flatMap((folder) => folder.documents);
  const isPrefixed = documents.every(({ pattern }) => pattern === undefined);
  if (folders.length < 2 || !isPrefixed || !areUnique(documents)) return undefined;
  const [first = [], ...others] = folders.map(({ dir }) => dir.split('/'));
  const end = first.findIndex((name, depth) => others.some((other) => other[depth] !== name));
  const dir = first.slice(0, end < 0 ? first.length : end).join('/');
  return dir === '' ? undefined : { dir, documents };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A translation, or what a program has made of the others. */
function areCopies(documents: readonly Found[], stems: ReadonlySet<string>): boolean {
  const same = documents.filter(({ document }) => stems.has(lastPart(document)));
  return same.length * 2 >= documents.length;
}

function wantedType({ dir, documents }: Folder): Wanted {
  const { kind, prefix = '' } = documents[0] ?? {};
  const name = kind?.name ?? prefix.toLowerCase();
  const folders = documents.filter(({ isFolder }) => isFolder).length;
  return {
    type: {
      name,
      plural: kind?.plural ?? `${name}s`,
      dir,
      prefix,
      numbering: 'incremental',
      subdirectory: folders * 2 > documents.length,
      singleton: false,
      match: patternsOf(documents),
      store: 'filesystem',
    },
    documents,
  };
}

/** The patterns by which they are named, those of most documents first. */
function patternsOf(documents: readonly Found[]): string[] {
  const patterned = documents.filter(({ pattern }) => pattern !== undefined);
  const widths = new Set(patterned.map(({ key }) => key.length));
  const [width = 1] = widths;
  const number = widths.size === 1 && width > 1 ? `{n:0${width}}` : '{n}';
  const groups = [...groupBy(patterned, ({ pattern }) => pattern ?? '')]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([pattern, some]) => ({ pattern, areFolders: some.every(({ isFolder }) => isFolder) }));
  // Of a folder the extension is not asked, so that it takes no pattern of its own for that.
  const needed = groups.filter(
    ({ pattern, areFolders }, index) =>
      !areFolders ||
      !groups.some((other, place) => {
        const goesBefore = !other.areFolders || place < index;
        return goesBefore && withoutExtension(other.pattern) === withoutExtension(pattern);
      }),
  );
  return needed.slice(0, MOST_PATTERNS).map(({ pattern }) => pattern.replace('{n}', number));
}

function withoutExtension(pattern: string): string {
  return pattern.slice(0, pattern.length - (documentExtension(pattern)?.length ?? 0));
}

const SAY_NOTHING = /^(?:docs?|documentation|documents|packages|apps|libs|services|src)$/i;

/** A second type of its kind, named by the folder that it is for; none where that has no plain name. */
function qualified({ type, documents }: Wanted): Wanted[] {
  const names = type.dir.split('/').filter((name) => !SAY_NOTHING.test(name));
  const telling = names.findLast((name) => kindOfFolder(name) === undefined) ?? '';
  const word = telling.toLowerCase().replace(/[_ .]/g, '-');
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(word) || word.length > 40) return [];
  const name = `${word}-${type.name}`;
  const plural = `${word}-${type.plural}`;
  return [{ type: { ...type, name, plural, prefix: name.toUpperCase() }, documents }];
}

function uniqueTypes(wanted: readonly Wanted[]): Wanted[] {
  const taken = new Set<string>();
  return wanted.filter(({ type }) => {
    const isNew = !taken.has(type.name) && !taken.has(type.prefix);
    taken.add(type.name).add(type.prefix);
    return isNew;
  });
}

/** Those whose documents get the ids that they should; the others disturb nobody. */
function verified(wanted: readonly Wanted[]): ProposedType[] {
  const types = wanted.map(({ type }) => type);
  const read = wanted.map((one) => ({
    ...one,
    right: one.documents.flatMap(({ path, key }) => {
      const { id, type } = identifyPath(path, types) ?? {};
      const isRight = type === one.type.name && id === `${one.type.prefix}-${key}`;
      return isRight ? [{ path, id }] : [];
    }),
  }));
  const good = read.filter(({ right, documents }) => right.length * 10 >= documents.length * 9);
  if (good.length < read.length) return verified(good);
  return good.map(({ type, right }) => {
    const sorted = right.sort((a, b) => compare(a.path, b.path));
    const ends = [...new Set([sorted[0], sorted.at(-1)])].filter((one) => one !== undefined);
    return { type, documents: new Set(right.map(({ id }) => id)).size, examples: ends };
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
