import type { DocumentId, DocumentType } from './document.ts';
import { matchKey } from './match.ts';
import { prefixedId } from './prefixed.ts';

/**
 * The document that a path belongs to, or undefined where no lease governs it.
 *
 * @param path Relative to the repository root, with `/` between its components.
 */
export function identifyPath(path: string, types: readonly DocumentType[]): DocumentId | undefined {
  const inFiles = types.filter(({ store }) => store === 'filesystem');
  const containing = inFiles
    .filter(({ dir }) => dir === '' || path.startsWith(`${dir}/`))
    .sort((a, b) => b.dir.length - a.dir.length);
  for (const type of containing) {
    for (const component of componentsBelow(path, type)) {
      const document = identifyComponent(component, type, inFiles);
      if (document !== undefined) return document;
    }
  }
  return undefined;
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
  types: readonly DocumentType[],
): DocumentId | undefined {
  const prefixed = prefixedId(name, types);
  if (prefixed !== undefined) return prefixed;

  const key = matchKey(type, name, isFolder);
  if (key !== undefined) return { id: `${type.prefix}-${key}`, type: type.name };

  const isSingleton = type.singleton && !isFolder && stem(name) === type.prefix;
  return isSingleton ? { id: type.prefix, type: type.name } : undefined;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
