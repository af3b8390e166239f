#!/usr/bin/env node
/** lazyspec-lease: claims, by hand or from an agent. */
import { keepCompiled } from './compile-cache.ts';
import { programArguments } from './verdict.ts';

keepCompiled();
void import('./lease-program.ts').then(({ runLeaseProgram }) =>
  runLeaseProgram(programArguments()),
);
