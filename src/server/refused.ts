import type { FailureOptions } from '../errors.ts';
import { LazyspecError } from '../errors.ts';

/** A push that the server does not take. */
export function refused(message: string, options: FailureOptions): LazyspecError {
  return new LazyspecError('PUSH_REFUSED', message, options);
}

/** So much is told whole; whoever pushes ten thousand refs is told how many more. */
export const MOST_TOLD = 10;

/** One error for all that was refused, at least one. */
export function combined(refusals: readonly LazyspecError[]): LazyspecError {
  const [first, ...others] = refusals;
  if (!first) throw new TypeError('nothing was refused');
  if (others.length === 0) return first;
  const told = refusals
    .slice(0, MOST_TOLD)
    .flatMap(({ message, details, remedies, remedy }) => [
      `- ${message}`,
      ...details,
      ...(remedies.length > 0
        ? remedies.map(({ label, command }) => `${label}: ${command}`)
        : [remedy ?? []].flat()),
    ]);
  const more = refusals.length - MOST_TOLD;
  return refused(`this push was refused for ${refusals.length} reasons`, {
    details: [...told, ...(more > 0 ? [`and ${more} more`] : [])],
  });
}
