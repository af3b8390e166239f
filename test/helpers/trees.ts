/** Trees that git itself would not write. */
import type { Clone } from './sandbox.ts';

/** `100644`, a name and an id; any of them may be wrong. */
export type Entry = readonly [mode: string, name: string, oid: string];

export function treeBytes(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(([mode, name, oid]) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(oid, 'hex'),
  ]);
  return Buffer.concat(parts);
}

/** Writes a tree as it is told. @returns its id */
export async function writeTree(clone: Clone, entries: readonly Entry[]): Promise<string> {
  const how = ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
  const { stdout, stderr } = await clone.tryGit(how, { input: treeBytes(entries) });
  if (stderr) throw new Error(stderr);
  return stdout.trim();
}

export async function writeBlob(clone: Clone, content: string): Promise<string> {
  const { stdout } = await clone.tryGit(['hash-object', '-w', '--stdin'], { input: content });
  return stdout.trim();
}

/** The entries of a folder of a commit, as they are. */
export async function entriesOf(clone: Clone, name: string): Promise<Entry[]> {
  const listed = await clone.git('ls-tree', name);
  return listed.split('\n').map((line) => {
    const [, mode = '', , oid = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/.exec(line) ?? [];
    return [mode.replace(/^0/, ''), path, oid];
  });
}

/** A commit with a tree, on top of one. @returns its id */
export function commitTree(clone: Clone, tree: string, parent = 'HEAD'): Promise<string> {
  return clone.git('commit-tree', tree, '-p', parent, '-m', 'Forged');
}
