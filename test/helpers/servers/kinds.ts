import { gitolite } from './gitolite.ts';
import { http } from './http.ts';
import type { Kind } from './server.ts';
import { plainSsh } from './ssh.ts';

export const KINDS: readonly Kind[] = [gitolite, plainSsh, http];

/** Says on stderr, once in a test file, which servers are left out. */
export function tellMissing(what: string, ...kinds: readonly Kind[]): void {
  for (const { title, missing } of kinds) {
    if (missing) process.stderr.write(`skipped: ${what} over ${title}: ${missing}\n`);
  }
}
