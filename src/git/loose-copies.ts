/**
 * Copies of leases in files of their own: git reads every one of them in each fetch, and a thousand
 * take longer than all else. Packed, as `git gc` would do it, they are one file.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LEASE_REFS } from '../lease-refs.ts';
import type { Git } from './run.ts';

const MANY = 500;

/** Packs this clone's refs where it has many loose copies of leases. */
export async function packLooseCopies(git: Git, commonDir: string): Promise<void> {
  if (looseCopies(commonDir) < MANY) return;
  // One that fails, because another git is at work on the refs, is made good the next time.
  await git(['pack-refs', '--all']);
}

/** None where refs are not kept in files. */
function looseCopies(commonDir: string): number {
  try {
    const folder = join(commonDir, LEASE_REFS);
    const types = readdirSync(folder);
    return types.reduce((sum, type) => sum + readdirSync(join(folder, type)).length, 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 0;
    throw error;
  }
}
