import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { packageRoot } from '../package-root.ts';

/** Links into the scratch work tree what is not copied, because it is large or generated. */
export function linkInto(scratch: string, repository: Repository, hooksFolder: string): void {
  for (const path of linked(repository, hooksFolder)) {
    const place = join(scratch, path);
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(repository.root, path), place, 'junction');
  }
}

/** Paths from the root. */
function linked({ root, commonDir, prefix }: Repository, hooksFolder: string): string[] {
  const modules: string[] = [];
  // A dependency of the repository, or of the package in it from which we were called.
  for (let folder = join(root, prefix); isWithin(root, folder); folder = dirname(folder)) {
    modules.push(join(folder, 'node_modules'));
  }
  const [own] = packageRoot().split(/(?<=[\\/]node_modules)[\\/]/);
  if (own?.endsWith('node_modules')) modules.push(own);
  const hooks = isWithin(commonDir, hooksFolder) ? [] : [hooksFolder];
  return [...modules, ...hooks]
    .filter((path) => path !== root && isWithin(root, path) && existsSync(path))
    .map((path) => relative(root, path));
}

export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}
