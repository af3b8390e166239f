/** Where Node and the program are, for a hook whose PATH may not have them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellQuote } from '../shell-quote.ts';
import type { Step } from './apply.ts';

const NOTE = 'program.sh';

export function programSteps(folder: string, program: string): Step[] {
  const path = join(folder, NOTE);
  const content = Buffer.from(`# Written by lazyspec-hooks install.
lazyspec_node=${shellQuote(process.execPath)}
lazyspec_program=${shellQuote(program)}
`);
  const current = existsSync(path) && readFileSync(path).equals(content);
  return current ? [] : [{ do: 'write', path, content, mode: 0o644 }];
}

export function removeProgramSteps(folder: string): Step[] {
  const path = join(folder, NOTE);
  return existsSync(path) ? [{ do: 'remove', path }] : [];
}
