import type { DocumentId, DocumentType } from './document.ts';
import { matchKey } from './match.ts';
import { prefixedId } from './prefixed.ts';

/**
 * The document that a path belongs to, or undefined where no lease governs it.
 *
 * @param path Relative to the repository root, with `/` between its components.
 */
export function identifyPath(path: string, types: readonly DocumentType[]): DocumentId | undefined {
  const kept = keptInFiles(types);
  // Every type asks the same of each name.
  const prefixed = new Map<string, DocumentId | undefined>();
  const byPrefix = (name: string) => {
    if (!prefixed.has(name)) prefixed.set(name, prefixedId(name, kept));
    return prefixed.get(name);
  };
  const containing = kept.filter(({ dir }) => dir === '' || path.startsWith(`${dir}/`));
  for (const type of containing) {
    for (const component of componentsBelow(path, type)) {
      const document = identifyComponent(component, type, byPrefix);
      if (document !== undefined) return document;
    }
  }
  return undefined;
}

const inFiles = new WeakMap<readonly DocumentType[], DocumentType[]>();

/** Innermost folder first: the order in which they are asked. */
function keptInFiles(types: readonly DocumentType[]): DocumentType[] {
  const known = inFiles.get(types);
  if (known) return known;
  const kept = types
    .filter(({ store }) => store === 'filesystem')
    .sort((a, b) => b.dir.length - a.dir.length);
  inFiles.set(types, kept);
  return kept;
}

interface Component {
  name: string;
  isFolder: boolean;
}

/**
 * The components of a path below the type's folder, in the order in which they are asked: from
 * the file up, so that the innermost document owns a file; or, where a document is a folder, from
 * the top down, so that it owns all that is in it.
 */
function componentsBelow(path: string, { dir, subdirectory }: DocumentType): Component[] {
  const names = (dir === '' ? path : path.slice(dir.length + 1)).split('/');
  const file = { name: names.at(-1) ?? '', isFolder: false };
  const folders = names.slice(0, -1).map((name) => ({ name, isFolder: true }));
  return subdirectory ? [...folders, file] : [file, ...folders.reverse()];
}

function identifyComponent(
  { name, isFolder }: Component,
  type: DocumentType,
  byPrefix: (name: string) => DocumentId | undefined,
): DocumentId | undefined {
  const prefixed = byPrefix(name);
  if (prefixed !== undefined) return prefixed;

  const key = matchKey(type, name, isFolder);
  if (key !== undefined) return { id: `${type.prefix}-${key}`, type: type.name };

  const isSingleton = type.singleton && !isFolder && stem(name) === type.prefix;
  return isSingleton ? { id: type.prefix, type: type.name } : undefined;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
