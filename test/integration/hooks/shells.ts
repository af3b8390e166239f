/** The hook under each shell that can be had here, and a Node that tells when it was started. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';
import { HOOKS } from '../../../src/hook-names.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { install } from './guarded.ts';

export interface Shell {
  name: string;
  /** The hook's first line, so that this shell reads it. */
  shebang: string;
}

/** Where it is, if it is there. */
export const busybox = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'busybox'))
  .find((path) => existsSync(path));

/** How to call each shell that is here. */
export const shells = ['sh', ...(busybox ? [`${busybox} sh`] : [])];

/** Runs a group of tests under /bin/sh, and under busybox where there is one. */
export function describeShells(title: string, tests: (shell: Shell) => void): void {
  describe(`${title} (/bin/sh)`, () => tests({ name: 'sh', shebang: '#!/bin/sh' }));
  if (busybox) {
    const shebang = `#!${busybox} sh`;
    describe(`${title} (busybox sh)`, () => tests({ name: 'busybox', shebang }));
  } else {
    process.stderr.write(`skipped: ${title} under busybox sh: no busybox on PATH\n`);
    describe.skip(`${title} (busybox sh: not on PATH)`, () => tests({ name: '', shebang: '' }));
  }
}

/** Installs everything anew, and has the hooks read by a shell. */
export async function installUnder({ shebang }: Shell, clone: Clone): Promise<void> {
  const hooks = HOOKS.map((hook) => clone.at('.git/hooks', hook));
  for (const hook of hooks) rmSync(hook, { force: true });
  rmSync(clone.at('.git/lazyspec/governed.sh'), { force: true });
  await install(clone);
  for (const hook of hooks) {
    writeFileSync(hook, readFileSync(hook, 'utf8').replace(/^#!.*/, shebang));
  }
}

/** Puts a Node that counts its starts in place of the one that install wrote down. */
export function countNode(clone: Clone): { starts: () => number } {
  const marker = join(clone.sandbox.folder, `starts-${Math.random().toString(36).slice(2)}`);
  writeFileSync(marker, '');
  const node = `${marker}.sh`;
  writeFileSync(node, `#!/bin/sh\necho >>'${marker}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(node, 0o755);
  writeProgramNote(clone, { node });
  return {
    starts() {
      const count = readFileSync(marker, 'utf8').length;
      writeFileSync(marker, '');
      return count;
    },
  };
}

/** Changes what install wrote down of Node and the program. */
export function writeProgramNote(clone: Clone, note: { node?: string; program?: string }): void {
  const path = clone.at('.git/lazyspec/program.sh');
  let text = readFileSync(path, 'utf8');
  for (const [name, value] of Object.entries(note)) {
    text = text.replace(new RegExp(`^lazyspec_${name}=.*$`, 'm'), () => {
      return `lazyspec_${name}='${value.replaceAll("'", "'\\''")}'`;
    });
  }
  writeFileSync(path, text);
}
