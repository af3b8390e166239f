/** Shows the leases that would be removed from somebody, and asks whether to. */
import type { Context } from '../commands/context.ts';
import { LazyspecError } from '../errors.ts';
import { firstLines } from '../visible-text.ts';
import { ask, isAtTerminal } from './ask-configuration.ts';
import type { CommonOptions } from './main.ts';
import { printable } from './printable.ts';

export function confirmRelease(context: Context, options: CommonOptions, holder: string) {
  return async (ids: readonly string[]): Promise<boolean> => {
    const { env, signal } = context.options;
    const count = `${ids.length} ${ids.length === 1 ? 'lease' : 'leases'} of '${holder}'`;
    const lines = firstLines(ids, (id) => id, `${context.program} leases`);
    if (options.json || options.quiet || !isAtTerminal(env)) {
      throw new LazyspecError(
        'USAGE',
        `${count} would be released, and nobody is there to confirm`,
        {
          details: lines,
          remedy: 'If that is right, add --yes.',
        },
      );
    }
    for (const line of lines) process.stderr.write(`  ${printable(line)}\n`);
    return ask(printable(`Release ${count}? [y/N] `), signal, false);
  };
}
