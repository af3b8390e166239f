#!/usr/bin/env node
/** lazyspec-hooks: sets a repository up, and is what its hooks call. */
import { isAgentMoment } from '../agent-moments.ts';
import { endOnClosedOutput } from './closed-output.ts';
import { performHook } from './perform-hook.ts';

endOnClosedOutput();
const argv = process.argv.slice(2);
const [command, hook, ...rest] = argv;

// What follows the name of pre-push is git's: a remote and its address, whatever they begin with.
const options = hook === 'pre-push' ? [] : rest;

// On the way of a commit nothing is loaded that only a command line typed by a person needs.
if (
  command === 'run' &&
  hook !== undefined &&
  ![hook, ...options].some((arg) => arg.startsWith('-'))
) {
  void performHook(hook, rest, {});
} else if (command === 'agent' && isAgentMoment(hook) && rest.length === 0) {
  void import('./perform-agent.ts').then(({ performAgent }) => performAgent(hook));
} else {
  void import('./hooks-program.ts').then(({ runHooksProgram }) => runHooksProgram(argv));
}
