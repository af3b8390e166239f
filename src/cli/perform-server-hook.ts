import type { Context } from '../commands/context.ts';
import { preReceive } from '../commands/pre-receive.ts';
import type { CommonOptions, Output } from './main.ts';
import { perform } from './main.ts';
import { standardInput } from './standard-input.ts';

/** Runs the hook of a server; silent when it passes. Nothing that a clone may say skips it. */
export async function performServerHook(options: CommonOptions): Promise<void> {
  const command = async (context: Context): Promise<Output> => {
    await preReceive(context, await standardInput(context.options.signal));
    return { json: { ok: true }, text: () => [] };
  };
  // It is shown on the terminal of whoever pushes, of which nothing is known here.
  await perform('lazyspec-hooks', { ...options, color: false }, command, { isHook: true });
}
