/**
 * The package as npm would publish it, packed once for a whole run of the tests. It is packed from a
 * copy, with its own scripts, so that what is built and configured in the checkout stays as it is.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeFileAtomically } from '../../src/state/atomic-write.ts';
import { PACKAGE, run } from './sandbox.ts';

export interface Packed {
  tarball: string;
  /** The files in it, from the top of the package. */
  paths: string[];
}

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', '.husky', '.nodegit']);

export async function packedPackage(): Promise<Packed> {
  const folder = join(process.env.LAZYSPEC_TEST_RUN ?? '', 'packed');
  const told = join(folder, 'packed.json');
  if (isFirst(folder)) {
    const result = await pack(folder).catch((error: Error) => ({ failed: error.message }));
    writeFileAtomically(told, JSON.stringify(result));
  }
  for (;;) {
    const result = read(told);
    if (result && 'failed' in result) throw new Error(result.failed);
    if (result) return result;
    await setTimeout(100);
  }
}

/** Several workers may want it at once: one of them packs. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, 'package');
  mkdirSync(copy);
  for (const name of readdirSync(PACKAGE)) {
    if (!LEFT_OUT.has(name)) cpSync(join(PACKAGE, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
  const args = ['pack', '--json', '--pack-destination', folder];
  const ran = await run('npm', args, { cwd: copy, env: process.env });
  if (ran.status !== 0) throw new Error(`npm pack: ${ran.stderr}`);
  const [told] = JSON.parse(ran.stdout.slice(ran.stdout.indexOf('[\n')));
  return {
    tarball: join(folder, told.filename),
    paths: told.files.map(({ path }: { path: string }) => path),
  };
}

function read(path: string): Packed | { failed: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
