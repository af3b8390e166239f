import type { DocumentType } from './document.ts';

/** The folders that documents are kept in, each once; only '' where one of them is the root. */
export function governedFolders(types: readonly DocumentType[]): string[] {
  const folders = types.filter(({ store }) => store === 'filesystem').map(({ dir }) => dir);
  return folders.includes('') ? [''] : [...new Set(folders)];
}
