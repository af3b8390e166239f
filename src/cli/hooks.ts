#!/usr/bin/env node
/** lazyspec-hooks: sets a repository up, and is what its hooks call. */
import { performHook } from './main.ts';

const argv = process.argv.slice(2);
const [command, hook, ...rest] = argv;

// On the way of a commit nothing is loaded that only a command line typed by a person needs.
if (
  command === 'run' &&
  hook !== undefined &&
  ![hook, ...rest].some((arg) => arg.startsWith('-'))
) {
  await performHook(hook, {});
} else {
  const { runHooksProgram } = await import('./hooks-program.ts');
  await runHooksProgram(argv);
}
