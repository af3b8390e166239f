import type { Context } from '../commands/context.ts';
import { runHook } from '../commands/run-hook.ts';
import { LazyspecError } from '../errors.ts';
import { SERVER_HOOK } from '../hook-names.ts';
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
  // What a server's hook says is shown on the terminal of whoever pushes, of which it knows nothing.
  const color = hook === SERVER_HOOK ? false : options.color;
  const shown = { ...options, ...(color !== undefined && { color }) };
  await perform('lazyspec-hooks', shown, command, { isHook: true });
}

/** @throws {LazyspecError} CANCELLED */
async function standardInput(signal: AbortSignal | undefined): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return ''; // a person typed the command: git said nothing
  const cancel = () => stdin.destroy(new LazyspecError('CANCELLED', 'interrupted'));
  signal?.addEventListener('abort', cancel, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  signal?.removeEventListener('abort', cancel);
  return Buffer.concat(chunks).toString('utf8');
}
