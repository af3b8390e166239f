import type { DocumentType } from '../../../src/documents/document.ts';

/** A document type with what a test does not care about filled in. */
export function documentType(
  type: Pick<DocumentType, 'name' | 'dir' | 'prefix'> & Partial<DocumentType>,
): DocumentType {
  return {
    plural: `${type.name}s`,
    numbering: 'incremental',
    subdirectory: false,
    singleton: false,
    match: [],
    store: 'filesystem',
    ...type,
  };
}

export const RFC = documentType({ name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC' });
export const STORY = documentType({ name: 'story', dir: 'docs/stories', prefix: 'STORY' });
export const CONVENTION = documentType({
  name: 'convention',
  dir: 'docs/convention',
  prefix: 'CONVENTION',
  singleton: true,
  subdirectory: true,
});
