import { LazyspecError, remedyLines } from '../errors.ts';
import { damage } from '../package-root.ts';
import { printable } from './printable.ts';
import type { Paint } from './terminal.ts';

/** What happened, what is known of it, and what to do next; a line each. */
export function errorLines(error: LazyspecError, program: string, paint: Paint): string[] {
  const message = printable(error.message);
  return [
    `${paint.red(`${program}:`)} ${paint.bold(message)}`,
    ...error.details.map((line) => `  ${printable(line.trimEnd()).replace(/^ +/, '')}`),
    ...remedies(error).map((line) => `  ${paint.cyan(printable(line))}`),
  ];
}

function remedies({ remedies, remedy }: LazyspecError): string[] {
  if (remedies.length > 0) return remedyLines(remedies);
  return remedy ? [remedy] : [];
}

/** The one JSON value of a failure. */
export function errorJson(error: LazyspecError): unknown {
  const { code, message, remedy, details, data } = error;
  return {
    error: {
      code,
      message,
      ...(details.length > 0 && { details }),
      ...(remedy && { remedy }),
      ...data,
    },
  };
}

/** Anything thrown, as one of our errors: others are a bug, unless a file of the program is damaged. */
export function asLazyspecError(error: unknown): LazyspecError {
  if (error instanceof LazyspecError) return error;
  const damaged = damage(error);
  if (damaged) return damaged;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new LazyspecError('INTERNAL', 'this is a bug in lazyspec-hooks', {
    remedy: 'Please report it with the lines above.',
    details: stack.split('\n').slice(0, 12),
    cause: error,
  });
}
