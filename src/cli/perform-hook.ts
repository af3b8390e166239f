import type { Context } from '../commands/context.ts';
import { runHook } from '../commands/run-hook.ts';
import type { CommonOptions, Output } from './main.ts';
import { perform } from './main.ts';
import { standardInput } from './standard-input.ts';

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
  await perform('lazyspec-hooks', options, command, {
    isHook: true,
    mayBeBare: hook === 'pre-push',
  });
}
