/** What the scratch work tree holds: enough for every hook manager to do here as it does at home. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Config } from '../config/types.ts';
import { identifyPath } from '../documents/identify.ts';
import { fieldsOf } from '../git/answer.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';

export interface ScratchFile {
  /** From the root, with slashes. */
  path: string;
  content: Buffer;
  executable: boolean;
}

/** Larger files are no manager's configuration, and no hook's script. */
const LARGEST = 1024 * 1024;
/** A work tree of no more files, and bytes of them, is copied whole: what hooks call is in it. */
const FEW = 2_000;
const SMALL = 16 * LARGEST;
/** Configurations of hook managers that may not be tracked. */
const CONFIGURATION =
  /^(package\.json|\.?lefthook(-local)?\.(ya?ml|toml|jsonc?)|\.pre-commit-config\.ya?ml|prek\.toml|\.?simple-git-hooks\.(json|[cm]?js)|\.lintstagedrc(\..*)?|lint-staged\.config\..*)$/;
/** Attributes would have filters and merge drivers work on the scratch document. */
const LEFT_OUT = new Set(['.gitattributes', '.gitmodules']);

/**
 * The tracked files as they are in the work tree, committed or not: all, or in a large one those
 * of the root; and the files of some folders, tracked or not.
 * @param folders of the managers' scripts, from the root
 */
export async function scratchFiles(
  git: Git,
  root: string,
  config: Config,
  folders: readonly string[],
): Promise<ScratchFile[]> {
  const { stdout } = await mustRun(git, ['ls-files', '-z', '--full-name', '--', ':/']);
  const all = fieldsOf('ls-files', stdout);
  const tracked = isSmall(root, all) ? all : all.filter((path) => !path.includes('/'));
  const known = ['', '.config/'].flatMap((folder) =>
    namesIn(join(root, folder))
      .filter((name) => CONFIGURATION.test(name))
      .map((name) => `${folder}${name}`),
  );
  const files = new Map<string, ScratchFile>();
  const add = (file: ScratchFile | undefined) => file && files.set(file.path, file);
  for (const path of [...tracked, ...known]) add(readScratch(root, path));
  const below = folders.map((folder) => posix.normalize(`${folder}/`).slice(0, -1));
  for (const folder of below.filter((path) => path !== '.' && !path.startsWith('..'))) {
    for (const file of filesBelow(root, folder)) add(file);
  }
  for (const { path, content } of config.consulted) {
    // Where the work tree has none, it was read from the index.
    const place = path.replace(/ in the index$/, '');
    if (content) add({ path: place, content, executable: false });
  }
  return [...files.values()];
}

function isSmall(root: string, paths: readonly string[]): boolean {
  if (paths.length > FEW) return false;
  const sizes = paths.map((path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.size);
  return sizes.reduce<number>((sum, size = 0) => sum + size, 0) <= SMALL;
}

function readScratch(root: string, path: string): ScratchFile | undefined {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > LARGEST || LEFT_OUT.has(posix.basename(path))) {
    return undefined;
  }
  return { path, content: readFileSync(join(root, path)), executable: (stat.mode & 0o111) !== 0 };
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}

function filesBelow(root: string, folder: string): ScratchFile[] {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    // husky's `_` is generated, and linked to.
    if (entry.isDirectory()) {
      return ['_', 'node_modules'].includes(entry.name) ? [] : filesBelow(root, path);
    }
    return readScratch(root, path) ?? [];
  });
}

/** A governed path that nobody can have claimed; undefined where no file would be governed. */
export function scratchDocument({ types }: Config): string | undefined {
  const key = `0doctor${Math.random().toString().slice(2, 12)}`;
  for (const { dir, prefix, name } of types) {
    const path = `${dir ? `${dir}/` : ''}${prefix}-${key}-scratch.md`;
    const found = identifyPath(path, types);
    if (found?.id === `${prefix}-${key}` && found.type === name) return path;
  }
  return undefined;
}
