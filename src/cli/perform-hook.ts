import type { Context } from '../commands/context.ts';
import { runHook } from '../commands/run-hook.ts';
import { LazyspecError } from '../errors.ts';
import type { CommonOptions, Output } from './main.ts';
import { perform } from './main.ts';

/** Runs one of the hooks; silent when it passes. */
export async function performHook(
  hook: string,
  args: readonly string[],
  options: CommonOptions,
): Promise<void> {
  const command = async (context: Context): Promise<Output> => {
    const input = () => standardInput(context.options.signal);
    const { result, refusal } = await runHook(context, hook, { args, input });
    return { json: result, text: () => [], refusal };
  };
  await perform('lazyspec-hooks', options, command, { isHook: true });
}

/** What git tells a hook there. @throws {LazyspecError} CANCELLED */
export async function standardInput(signal: AbortSignal | undefined): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return ''; // a person typed the command: git said nothing
  const cancel = () => stdin.destroy(new LazyspecError('CANCELLED', 'interrupted'));
  signal?.addEventListener('abort', cancel, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  signal?.removeEventListener('abort', cancel);
  return Buffer.concat(chunks).toString('utf8');
}
