/** GitHub Actions: workflow commands, which its runner looks for in all that a step prints. */
import { randomUUID } from 'node:crypto';
import type { LazyspecError } from '../../errors.ts';
import type { Presentation } from '../main.ts';
import { printable } from '../printable.ts';
import { refusedDocuments } from './format.ts';

/**
 * Text from outside (names of files and agents, what a remote says) may read as a command: between
 * these lines the runner takes nothing for one. After them come the annotations.
 */
export function githubPresentation(): Presentation {
  const token = randomUUID();
  return {
    before: [`::stop-commands::${token}`],
    after: (error) => [`::${token}::`, ...(error ? annotations(error) : [])],
  };
}

/** One for each document that is refused, at its first file; or one for any other failure. */
export function annotations(error: LazyspecError): string[] {
  const documents = refusedDocuments(error);
  if (documents.length === 0) {
    return [command({ title: 'lazyspec-lease' }, withRemedy(error))];
  }
  return documents.map((document) => {
    const [file] = document.paths ?? [];
    const title = `lazyspec-lease: ${document.id}`;
    return command({ ...(file && { file, line: '1' }), title }, withRemedy(document));
  });
}

function withRemedy({ message, remedy }: { message: string; remedy?: string | undefined }): string {
  return [message, ...(remedy ? [remedy] : [])].map(printable).join('\n');
}

function command(properties: Record<string, string>, text: string): string {
  const told = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::error ${told.join(',')}::${data(text)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
