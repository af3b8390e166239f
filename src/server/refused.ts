import type { FailureOptions } from '../errors.ts';
import { LazyspecError } from '../errors.ts';
import { firstLines } from '../visible-text.ts';

/** A push that the server does not take. */
export function refused(message: string, options: FailureOptions): LazyspecError {
  return new LazyspecError('PUSH_REFUSED', message, options);
}

/** One error for all that was refused, at least one. */
export function combined(refusals: readonly LazyspecError[]): LazyspecError {
  const [first, ...others] = refusals;
  if (!first) throw new TypeError('nothing was refused');
  if (others.length === 0) return first;
  return refused(`this push was refused for ${refusals.length} reasons`, {
    details: firstLines(refusals, ({ message, details, remedies, remedy }) => [
      `- ${message}`,
      ...details,
      ...(remedies.length > 0
        ? remedies.map(({ label, command }) => `${label}: ${command}`)
        : [remedy ?? []].flat()),
    ]),
  });
}
