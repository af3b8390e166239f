import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Place } from './place.ts';

/** The folder of the scripts that husky runs; undefined where git does not run husky. */
export function huskyFolder({ hooksFolder }: Pick<Place, 'hooksFolder'>): string | undefined {
  // husky 9 sets core.hooksPath to `.husky/_`, which it fills anew; husky 5 to 8 to `.husky`.
  if (basename(hooksFolder) === '_') {
    const isHuskys = ['h', 'husky.sh'].some((name) => existsSync(join(hooksFolder, name)));
    const named = basename(dirname(hooksFolder)) === '.husky';
    return isHuskys || named ? dirname(hooksFolder) : undefined;
  }
  return existsSync(join(hooksFolder, '_', 'husky.sh')) ? hooksFolder : undefined;
}
