/** Where Node and the program are, for a hook whose PATH may not have them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellQuote } from '../shell-quote.ts';
import type { Step } from './apply.ts';

const NOTE = 'program.sh';

/** @param root of our package, by the path that lasts longest */
export function programSteps(folder: string, root: string): Step[] {
  const path = join(folder, NOTE);
  const program = join(root, 'dist', 'hooks.js');
  const content = Buffer.from(`# Written by lazyspec-hooks install.
lazyspec_node=${shellQuote(process.execPath)}
lazyspec_program=${shellQuote(program)}
${otherVersions(program)}`);
  const current = existsSync(path) && readFileSync(path).equals(content);
  return current ? [] : [{ do: 'write', path, content, mode: 0o644 }];
}

/** Stores of package managers have the version in the path: after an update it is another. */
function otherVersions(program: string): string {
  const [, store, rest] =
    /^(.*\/(?:\.pnpm|\.bun|\.store|unplugged)\/lazyspec-hooks[@-])[^/]*(\/.*)$/.exec(program) ?? [];
  if (store === undefined || rest === undefined) return '';
  return `[ -f "$lazyspec_program" ] ||
  for lazyspec_program in ${shellQuote(store)}*${shellQuote(rest)}; do :; done
`;
}

export function removeProgramSteps(folder: string): Step[] {
  const path = join(folder, NOTE);
  return existsSync(path) ? [{ do: 'remove', path }] : [];
}
