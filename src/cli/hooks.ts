#!/usr/bin/env node
/** lazyspec-hooks: sets a repository up, and is what its hooks call. */
import { isAgentMoment } from '../agent-moments.ts';
import { SERVER_HOOK } from '../hook-names.ts';
import { endOnClosedOutput } from './closed-output.ts';
import { keepCompiled } from './compile-cache.ts';
import { performHook } from './perform-hook.ts';
import { programArguments } from './verdict.ts';

const argv = programArguments();
const [command, hook, ...rest] = argv;

// What only a server runs is loaded apart: no commit waits for it.
const isServers = command === 'run' && hook === SERVER_HOOK && rest.length === 0;

// What follows the name of pre-push is git's: a remote and its address, whatever they begin with.
const options = hook === 'pre-push' ? [] : rest;

// On the way of a commit nothing is loaded that only a command line typed by a person needs.
if (isServers) {
  void import('./perform-server-hook.ts').then(({ performServerHook }) => performServerHook({}));
} else if (
  command === 'run' &&
  hook !== undefined &&
  ![hook, ...options].some((arg) => arg.startsWith('-'))
) {
  void performHook(hook, rest, {});
} else if (command === 'agent' && isAgentMoment(hook) && rest.length === 0) {
  endOnClosedOutput();
  keepCompiled();
  void import('./perform-agent.ts').then(({ performAgent }) => performAgent(hook));
} else {
  keepCompiled();
  void import('./hooks-program.ts').then(({ runHooksProgram }) => runHooksProgram(argv));
}
