/**
 * Which documents a tree seems to hold, and the types that would govern them. Rather none than a
 * wrong one: what is told here has been read back with `identifyPath`.
 */
import type { DocumentType } from './document.ts';
import { identifyPath } from './identify.ts';
import type { Kind } from './kinds.ts';
import { kindOfFolder, kindOfPrefix } from './kinds.ts';
import { documentExtension, numberedName } from './numbered-name.ts';

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

/** A document, by a path that belongs to it. */
interface Found {
  path: string;
  /** The file or the folder, without the extension. */
  document: string;
  /** In upper case. */
  prefix: string;
  key: string;
  pattern: string | undefined;
  isFolder: boolean;
  kind: Kind | undefined;
  /** Whether the name says what it is, in capitals. */
  isCapital: boolean;
  /** The folder that all documents of its kind are in, as far as can be told. */
  dir: string;
  /** The folder that it is in. */
  folder: string;
}

/** What is in there was made by others, by a program, for a test, or is counted for another reason. */
const OTHERS = new Set(
  `node_modules bower_components vendor vendored third_party third-party external deps
  test tests __tests__ testdata test-data fixtures fixture __fixtures__ snapshots __snapshots__
  examples example samples demo demos testing mocks
  dist build out target coverage site public _site generated assets static images media resources
  migrations migration migrate changelog changelogs changes newsfragments news releases release-notes
  releasenotes blog posts _posts _drafts articles advisories
  i18n l10n locale locales translations translated lang langs languages`.split(/\s+/),
);

function findDocuments(paths: readonly string[]): Found[] {
  // As in the repositories of several languages: the drafts are in text/, the template is beside it.
  const hasTemplate = ['0000-template.md', 'template.md'].some((path) => paths.includes(path));
  const folders = new Map<string, (Kind | undefined)[] | undefined>();
  const found = new Map<string, Found>();
  for (const path of paths) {
    const extension = documentExtension(path);
    if (extension === undefined || path.length > 1000 || path.includes('\ufffd')) continue;
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (!folders.has(folder)) folders.set(folder, kindsOf(folder, hasTemplate));
    const kinds = folders.get(folder);
    const one = kinds && findDocument(path, extension, kinds);
    if (one && !found.has(one.document)) found.set(one.document, one);
  }
  return [...found.values()];
}

/** The kind of each folder of a path; undefined where nothing of ours can be. */
function kindsOf(folder: string, hasTemplate: boolean): (Kind | undefined)[] | undefined {
  const names = folder === '' ? [] : folder.split('/');
  if (names.length > 12 || !isPlainFolder(folder)) return undefined;
  if (names.some((name) => name.startsWith('.') || OTHERS.has(name.toLowerCase())))
    return undefined;
  return names.map((name, depth) =>
    hasTemplate && depth === 0 && name === 'text' ? kindOfPrefix('rfc') : kindOfFolder(name),
  );
}

/** Whether a configuration may name it. */
function isPlainFolder(folder: string): boolean {
  return !folder.includes('\\') && !/^[A-Za-z]:/.test(folder);
}

/** How many folders there may be between the folder of a kind and a document, as in keps/sig-node/. */
const DEEPEST = 2;

/** The innermost part that starts with a prefix; else the outermost that is numbered. */
function findDocument(
  path: string,
  extension: string,
  kinds: readonly (Kind | undefined)[],
): Found | undefined {
  const names = path.split('/');
  const last = names.length - 1;
  const parts = names.map((name, depth) => {
    const isFolder = depth < last;
    return numberedName(isFolder ? name : name.slice(0, -extension.length), extension);
  });
  const folderOf = (depth: number) => names.slice(0, depth).join('/');
  const make = (depth: number, kind: Kind | undefined, prefix: string, dir: number): Found => {
    const part = parts[depth];
    const document = names.slice(0, depth + 1).join('/');
    return {
      path,
      document: depth === last ? document.slice(0, -extension.length) : document,
      prefix,
      key: part?.key ?? '',
      pattern: part?.pattern,
      isFolder: depth < last,
      kind,
      isCapital: part?.word !== undefined && /^[A-Z-]+$/.test(part.word),
      dir: folderOf(dir),
      folder: folderOf(depth),
    };
  };
  for (let depth = last; depth >= 0; depth--) {
    const word = parts[depth]?.word ?? '';
    if (word === '') continue;
    const kind = kindOfPrefix(word);
    if (kind === undefined && !mayBePrefix(word)) continue;
    const prefix = word.toUpperCase();
    const nearest = nearestKind(kinds, depth);
    const isTheirs = nearest !== undefined && kinds[nearest]?.prefix === prefix;
    // ERC1155/ is a contract, unless the folder says otherwise.
    if (parts[depth]?.pattern !== undefined && !isTheirs) continue;
    return make(depth, kind, prefix, isTheirs ? nearest + 1 : depth);
  }
  for (let depth = 0; depth <= last; depth++) {
    const part = parts[depth];
    const nearest = nearestKind(kinds, depth);
    const kind = nearest === undefined ? undefined : kinds[nearest];
    if (part?.word !== '' || kind === undefined || nearest === undefined) continue;
    // 01-introduction.md in design/ is a chapter.
    if (kind.isCommonWord && part.key.length < 3) continue;
    return make(depth, kind, kind.prefix, nearest + 1);
  }
  return undefined;
}

/** The depth of the nearest folder above that is named like a kind. */
function nearestKind(kinds: readonly (Kind | undefined)[], depth: number): number | undefined {
  for (let above = depth - 1; above >= Math.max(0, depth - 1 - DEEPEST); above--) {
    if (kinds[above] !== undefined) return above;
  }
  return undefined;
}

/** Words in capitals that a number follows for another reason. */
const NO_PREFIX = new Set(
  `README UTF ISO IEC SHA MD HTTP HTML CSS ES COVID BASE X WIN IPV MP WEB H
  RELEASE CHANGELOG CHANGES HISTORY NEWS VERSION V NOTE NOTES CHAPTER PART STEP LESSON WEEK DAY LAB
  EXERCISE UNIT MODULE SECTION SESSION APPENDIX FIGURE PHASE SPRINT LEVEL PAGE SLIDE TEST EXAMPLE
  SAMPLE CVE GHSA CWE GPL LGPL AGPL LICENSE APACHE BSD CC MPL EPL MIT COPYING PR GH FIX`.split(
    /\s+/,
  ),
);

function mayBePrefix(word: string): boolean {
  return /^[A-Z]{2,12}(?:-[A-Z]{2,12})?$/.test(word) && !NO_PREFIX.has(word.split('-')[0] ?? '');
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

function areEnough(documents: readonly Found[]): boolean {
  const [{ kind, isCapital, key } = { kind: undefined, isCapital: false, key: '' }] = documents;
  if (kind === undefined) return documents.length >= 3;
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
