/** All that install may touch of a clone, to be compared before and after. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Clone } from '../../helpers/sandbox.ts';

/** Every file below some paths: its mode, and its content to the byte. */
export function files(...paths: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of paths) collect(path, join(path, '..'), found);
  return found;
}

/** The whole work tree, its folders too: committed, not committed, and ignored; but no packages. */
export function workTreeOf({ path: top }: Clone): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(top)) {
    if (!['.git', 'node_modules'].includes(name)) collect(join(top, name), top, found, true);
  }
  return found;
}

function collect(path: string, top: string, found: Record<string, string>, folders = false): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory()) {
    if (folders) found[relative(top, path)] = stat.mode.toString(8);
    for (const name of readdirSync(path)) collect(join(path, name), top, found, folders);
    return;
  }
  const content = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'latin1');
  found[relative(top, path)] = `${stat.mode.toString(8)} ${content}`;
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
