/** All that install may touch of a clone, to be compared before and after. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Clone } from '../../helpers/sandbox.ts';

/** Every file below some paths: its mode, and its content to the byte. */
export function files(...paths: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string, top: string) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path)) visit(join(path, name), top);
      return;
    }
    const content = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'latin1');
    found[relative(join(top, '..'), path)] = `${stat.mode.toString(8)} ${content}`;
  };
  for (const path of paths) visit(path, path);
  return found;
}

/** Hooks, exclude file, our notes, settings and status of a clone. */
export async function stateOf(clone: Clone, ...more: string[]): Promise<Record<string, unknown>> {
  const folder = await clone.git('rev-parse', '--path-format=absolute', '--git-path', 'hooks');
  const common = await clone.git('rev-parse', '--path-format=absolute', '--git-common-dir');
  return {
    files: files(
      folder,
      ...['hooks', 'info', 'lazyspec', 'config'].map((name) => join(common, name)),
      ...more,
    ),
    settings: await clone.git('config', '--list', '--local'),
    status: await clone.git('status', '--porcelain', '--ignored', '--untracked-files=all'),
  };
}
