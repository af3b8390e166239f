import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';

/**
 * Does something for all documents at once; if some are refused, for the others.
 * @returns the refused ones, and why
 * @throws what `act` throws that is no refusal
 */
export async function allButRefused(
  documents: readonly DocumentId[],
  act: (documents: readonly DocumentId[]) => Promise<unknown>,
): Promise<{ refused: DocumentId[]; failure?: LazyspecError }> {
  if (documents.length === 0) return { refused: [] };
  try {
    await act(documents);
    return { refused: [] };
  } catch (error) {
    const refused = refusedBy(error);
    if (!(error instanceof LazyspecError) || refused.length === 0) throw error;
    const others = without(documents, refused);
    if (others.length > 0) await act(others);
    return { refused, failure: error };
  }
}

function refusedBy(error: unknown): DocumentId[] {
  const refused = error instanceof LazyspecError ? error.data.documents : undefined;
  return Array.isArray(refused) ? (refused as DocumentId[]) : [];
}

export function without(some: readonly DocumentId[], others: readonly DocumentId[]): DocumentId[] {
  const gone = new Set(others.map(documentKey));
  return some.filter((document) => !gone.has(documentKey(document)));
}
