#!/usr/bin/env node
/** lazyspec-lease: claims, by hand or from an agent. */
import { endOnClosedOutput } from './closed-output.ts';
import { keepCompiled } from './compile-cache.ts';

endOnClosedOutput();
keepCompiled();
void import('./lease-program.ts').then(({ runLeaseProgram }) =>
  runLeaseProgram(process.argv.slice(2)),
);
