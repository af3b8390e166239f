/** Shows a configuration and asks whether to write it. */
import type { Context } from '../commands/context.ts';
import type { ProposedConfiguration } from '../commands/first-configuration.ts';
import type { InstallArguments } from '../commands/install.ts';
import { LazyspecError } from '../errors.ts';
import type { CommonOptions } from './main.ts';
import { printable } from './printable.ts';

/** How to find out whether a configuration is to be written; undefined: not to be thought of. */
export function consent(
  { options: { env, signal } }: Context,
  { json, quiet }: CommonOptions,
): InstallArguments['configuration'] {
  if (quiet) return undefined;
  if (json || !isAtTerminal(env)) return 'propose';
  return (proposal) => {
    for (const line of proposalLines(proposal)) process.stderr.write(`${printable(line)}\n`);
    return ask('Write .lazyspec.toml? [Y/n] ', signal, true);
  };
}

/** Whether a person is there to answer. */
export function isAtTerminal({ CI }: NodeJS.ProcessEnv): boolean {
  const isCI = CI !== undefined && !/^(0|false|)$/i.test(CI);
  return !isCI && process.stdin.isTTY && process.stderr.isTTY;
}

function proposalLines({ types, text }: ProposedConfiguration): string[] {
  return [
    'There is no configuration here. These look like documents:',
    ...types.map(({ type, documents, examples: [first] }) => {
      const count = `${documents} ${documents === 1 ? type.name : type.plural}`;
      return `  ${count} in ${type.dir || '.'}${first ? `: ${first.path} is ${first.id}` : ''}`;
    }),
    '',
    'This would be .lazyspec.toml:',
    '',
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => line && `  ${line}`),
    '',
  ];
}

/**
 * The end of the input is no.
 * @param byDefault what Return alone is
 * @throws {LazyspecError} CANCELLED
 */
export async function ask(
  question: string,
  signal: AbortSignal | undefined,
  byDefault: boolean,
): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  // The terminal edits the line, and makes Ctrl-C a signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    for (;;) {
      const asked = lines.question(question, signal ? { signal } : {});
      const answer = await Promise.race([asked, ended]);
      if (answer === undefined) process.stderr.write('\n');
      if (answer === undefined || /^\s*no?\s*$/i.test(answer)) return false;
      if (/^\s*$/.test(answer)) return byDefault;
      if (/^\s*y(es)?\s*$/i.test(answer)) return true;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    process.stderr.write('\n');
    throw new LazyspecError('CANCELLED', 'interrupted; nothing was changed', { cause: error });
  } finally {
    lines.close();
  }
}
