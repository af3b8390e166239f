/** What the scratch work tree holds: enough for every hook manager to do here as it does at home. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/types.ts';
import { identifyPath } from '../documents/identify.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';

export interface ScratchFile {
  /** From the root, with slashes. */
  path: string;
  content: Buffer;
  executable: boolean;
}

/** Larger files are no manager's configuration. */
const LARGEST = 1024 * 1024;
/** Configurations of hook managers that may not be tracked. */
const CONFIGURATION =
  /^(package\.json|\.?lefthook(-local)?\.(ya?ml|toml|jsonc?)|\.pre-commit-config\.yaml|\.?simple-git-hooks\.(json|[cm]?js)|\.lintstagedrc(\..*)?|lint-staged\.config\..*)$/;
/** Folders of their scripts. */
const FOLDERS = ['.husky', '.lefthook', '.lefthook-local'];
/** Attributes would have filters and merge drivers work on the scratch document. */
const LEFT_OUT = new Set(['.gitattributes', '.gitmodules']);

/** The files of the root as they are in the work tree, committed or not, and of those folders. */
export async function scratchFiles(git: Git, root: string, config: Config): Promise<ScratchFile[]> {
  const args = ['ls-files', '-z', '--full-name', '--', ':(top,glob)*'];
  const { stdout } = await mustRun(git, args);
  const tracked = stdout.toString('utf8').split('\0').filter(Boolean);
  const known = ['', '.config/'].flatMap((folder) =>
    namesIn(join(root, folder))
      .filter((name) => CONFIGURATION.test(name))
      .map((name) => `${folder}${name}`),
  );
  const files = new Map<string, ScratchFile>();
  const add = (file: ScratchFile | undefined) => file && files.set(file.path, file);
  for (const path of [...tracked, ...known]) add(readScratch(root, path));
  for (const folder of FOLDERS) for (const file of filesBelow(root, folder)) add(file);
  for (const { path, content } of config.consulted) {
    // Where the work tree has none, it was read from the index.
    const place = path.replace(/ in the index$/, '');
    if (content) add({ path: place, content, executable: false });
  }
  return [...files.values()];
}

function readScratch(root: string, path: string): ScratchFile | undefined {
  const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > LARGEST || LEFT_OUT.has(path)) return undefined;
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
    if (entry.isDirectory()) return entry.name === '_' ? [] : filesBelow(root, path);
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
