import type { DocumentId, DocumentType } from './document.ts';
import { documentKey } from './document.ts';
import { identifyPath } from './identify.ts';
import { parseId } from './parse-id.ts';

/**
 * What else a document is called, by the types that other branches configure: a type's name is part
 * of the lease ref, so that after a rename two people would lock one file under two refs.
 * @param paths its files
 */
export function otherNames(
  document: DocumentId,
  paths: readonly string[],
  elsewhere: readonly (readonly DocumentType[])[],
): DocumentId[] {
  const found = elsewhere.flatMap((types) => [
    parseId(document.id, types),
    ...paths.map((path) => identifyPath(path, types)),
  ]);
  const byKey = new Map(found.flatMap((one) => (one ? [[documentKey(one), one] as const] : [])));
  byKey.delete(documentKey(document));
  return [...byKey.values()];
}
