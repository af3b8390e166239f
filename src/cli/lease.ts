#!/usr/bin/env node
/** lazyspec-lease: claims, by hand or from an agent. */
import { endOnClosedOutput } from './closed-output.ts';
import { runProgram } from './command-line.ts';
import { leaseProgram } from './lease-program.ts';

endOnClosedOutput();
void runProgram(leaseProgram, process.argv.slice(2));
