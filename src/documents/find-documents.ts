/** What in a tree looks like a numbered document, going by names alone. */
import type { Kind } from './kinds.ts';
import { kindOfFolder, kindOfPrefix } from './kinds.ts';
import { documentExtension, numberedName } from './numbered-name.ts';

/** A document, by a path that belongs to it. */
export interface Found {
  path: string;
  /** The file or the folder, without the extension. */
  document: string;
  /** In upper case. */
  prefix: string;
  key: string;
  pattern: string | undefined;
  isFolder: boolean;
  kind: Kind | undefined;
  /** Whether a folder above is named like its kind. */
  isInItsFolder: boolean;
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

/** @param paths every file, relative to the root; of each document the first counts */
export function findDocuments(paths: readonly string[]): Found[] {
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
  return !folder.includes('\\') && !/^[A-Za-z]:/.test(folder) && folder === folder.trim();
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
  const found = (depth: number, kind: Kind | undefined, kindDepth: number | undefined) => {
    const { word = '', key = '', pattern } = parts[depth] ?? {};
    const document = names.slice(0, depth + 1).join('/');
    return {
      path,
      document: depth === last ? document.slice(0, -extension.length) : document,
      prefix: word === '' ? (kind?.prefix ?? '') : word.toUpperCase(),
      key,
      pattern,
      isFolder: depth < last,
      kind,
      isInItsFolder: kindDepth !== undefined,
      isCapital: /^[A-Z-]+$/.test(word),
      dir: names.slice(0, kindDepth === undefined ? depth : kindDepth + 1).join('/'),
      folder: names.slice(0, depth).join('/'),
    };
  };
  for (let depth = last; depth >= 0; depth--) {
    const part = parts[depth];
    if (part === undefined || part.word === '') continue;
    const kind = kindOfPrefix(part.word);
    if (kind === undefined && !mayBePrefix(part.word)) continue;
    const above = nearestKind(kinds, depth);
    const isItsFolder = above !== undefined && kinds[above]?.prefix === part.word.toUpperCase();
    // ERC1155/ is a contract, unless the folder says otherwise.
    if (part.pattern !== undefined && !isItsFolder) continue;
    return found(depth, kind, isItsFolder ? above : undefined);
  }
  for (let depth = 0; depth <= last; depth++) {
    const part = parts[depth];
    const above = nearestKind(kinds, depth);
    const kind = above === undefined ? undefined : kinds[above];
    if (part?.word !== '' || kind === undefined) continue;
    // 01-introduction.md in design/ is a chapter.
    if (kind.isCommonWord && part.key.length < 3) continue;
    return found(depth, kind, above);
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
