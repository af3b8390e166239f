import { LazyspecError } from '../errors.ts';
import type { DocumentId, DocumentType } from './document.ts';
import { equalInEitherCase, prefixedId } from './prefixed.ts';
import { refComponentProblem } from './ref-component.ts';

/**
 * The document that a word on the command line names: `RFC-001`, `rfc-1`, a singleton's
 * `CONVENTION`, or the bare name of a file such as `RFC-001-some-title.md`. The prefix comes out
 * as configured, the key as written. Undefined where it names none.
 */
export function parseId(text: string, types: readonly DocumentType[]): DocumentId | undefined {
  if (text.includes('/')) return undefined;
  const prefixed = prefixedId(text, types);
  if (prefixed !== undefined) return prefixed;

  const stem = text.replace(/\.[^.]*$/, '');
  const single = types.find((type) => type.singleton && equalInEitherCase(stem, type.prefix));
  return single && { id: single.prefix, type: single.name };
}

/**
 * Refuses an id that git would not take as one component of a ref, before git sees it.
 * @throws LazyspecError USAGE
 */
export function assertSafeId(text: string): void {
  const problem = refComponentProblem(text);
  if (problem === undefined) return;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  throw new LazyspecError('USAGE', `${shown} cannot be the id of a document: it ${problem}`, {
    remedy: 'Write an id such as RFC-001, or the path of the document.',
  });
}
