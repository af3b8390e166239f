#!/usr/bin/env node
/** lazyspec-hooks: sets a repository up, and is what its hooks call. */
import { runHook } from '../commands/run-hook.ts';
import { perform } from './main.ts';

const argv = process.argv.slice(2);
const [command, hook] = argv;

// On the way of a commit nothing is loaded that only a command line typed by a person needs.
if (command === 'run' && hook !== undefined && !hook.startsWith('-')) {
  await perform('lazyspec-hooks', {}, async (context) => {
    await runHook(context, hook);
    return { json: null, text: () => [] };
  });
} else {
  const { runHooksProgram } = await import('./hooks-program.ts');
  await runHooksProgram(argv);
}
