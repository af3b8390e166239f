/** Whether the trees of new commits are as git writes them, so that its diffs show all there is. */
import { LazyspecError } from '../errors.ts';
import { oddAnswer } from './answer.ts';
import type { Ask } from './read-as-asked.ts';
import { readAsAsked } from './read-as-asked.ts';
import type { Git } from './run.ts';
import { readTree } from './tree.ts';

/** What is read below a folder: everything, or some of its folders, by their names in lower case. */
type Scope = 'all' | Map<string, Scope>;

/** A folder of the repository, whatever tree a commit has there. Names are bytes as latin1. */
interface Folder {
  name: string;
  parent: Folder | undefined;
  scope: Scope;
  folders: Map<string, Folder>;
  /** Trees that accepted commits have here: they are not judged again. */
  accepted: Set<string>;
  /** Trees that need not be read once more. */
  seen: Set<string>;
}

interface Malformed {
  commit: string;
  folder: string;
  tree: string;
  entry: string;
  what: string;
}

/**
 * Reads the trees that new commits have, and their accepted parents do not have at the same place:
 * of the top folder, and of those on the way to some paths and below them. One process of git.
 * @param ids the new commits, newest first; parents that are none of them are accepted
 * @throws {LazyspecError} UNSAFE_TREE
 */
export async function refuseMalformedTrees(
  git: Git,
  ids: readonly string[],
  paths: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  const found: Malformed[] = [];
  let hasAll = false;
  const top = folderOf('', undefined, scopeOf(paths));
  await readAsAsked(git, (ask) => {
    const readNew = readerOfTrees(ask, found);
    const trees: [tree: string, commit: string][] = [];
    const isNew = new Set(ids);
    const accepted = new Set<string>();
    // Oldest first: the commit that has a tree before all others has to be made anew.
    const readTrees = () => {
      for (const [tree, commit] of trees.reverse()) readNew(top, tree, commit);
    };
    const readAccepted = () =>
      readCommits(ask, [...accepted], ({ tree }) => top.accepted.add(tree), readTrees);
    const note = ({ tree, parents }: Header, commit: string) => {
      trees.push([tree, commit]);
      for (const parent of parents) if (!isNew.has(parent)) accepted.add(parent);
    };
    readCommits(ask, ids, note, () => {
      hasAll = trees.length === ids.length;
      readAccepted();
    });
  });
  if (!hasAll) throw oddAnswer('cat-file');
  if (found.length > 0) throw malformed(found);
}

const HEADER = /^tree [0-9a-f]+\n(?:parent [0-9a-f]+\n)*/i;

interface Header {
  tree: string;
  parents: string[];
}

function readCommits(
  ask: Ask,
  ids: readonly string[],
  take: (header: Header, id: string) => void,
  done: () => void,
): void {
  let left = ids.length;
  if (left === 0) done();
  for (const id of ids) {
    ask(id, (content) => {
      // git reads ids in capitals, too. A parent is not here where history is cut off.
      const header = content && HEADER.exec(content.toString('latin1'))?.[0].toLowerCase();
      const [tree, ...parents] = header?.match(/(?<= )\S+/g) ?? [];
      if (tree !== undefined) take({ tree, parents }, id);
      left -= 1;
      if (left === 0) done();
    });
  }
}

function readerOfTrees(ask: Ask, found: Malformed[]) {
  const isRead = new Set<Folder>();

  function readAccepted(folder: Folder): void {
    if (isRead.has(folder)) return;
    isRead.add(folder);
    for (const oid of folder.accepted) {
      ask(oid, (tree) => {
        if (!tree) return;
        readTree(tree, oid.length / 2, (name, id) => within(folder, name)?.accepted.add(id));
      });
    }
  }

  return function readNew(folder: Folder, oid: string, commit: string): void {
    if (folder.accepted.has(oid) || folder.seen.has(oid)) return;
    folder.seen.add(oid);
    // Answers come in order: what is accepted in its folders is known when those are read.
    readAccepted(folder);
    ask(oid, (tree) => {
      if (!tree) return;
      const problem = readTree(tree, oid.length / 2, (name, id) => {
        const inner = within(folder, name);
        if (inner) readNew(inner, id, commit);
      });
      if (problem) found.push({ ...problem, commit, tree: oid, folder: pathOf(folder) });
    });
  };
}

function scopeOf(paths: readonly string[]): Scope {
  const scope = new Map<string, Scope>();
  for (const path of paths) {
    if (path === '') return 'all';
    const names = Buffer.from(path).toString('latin1').toLowerCase().split('/');
    let inner: Scope = scope;
    for (const [depth, name] of names.entries()) {
      if (inner === 'all') break;
      const next: Scope =
        depth === names.length - 1 ? 'all' : (inner.get(name) ?? new Map<string, Scope>());
      inner.set(name, next);
      inner = next;
    }
  }
  return scope;
}

function folderOf(name: string, parent: Folder | undefined, scope: Scope): Folder {
  const seen = scope === 'all' && parent?.scope === 'all' ? parent.seen : new Set<string>();
  return { name, parent, scope, folders: new Map(), accepted: new Set(), seen };
}

/** A folder in another; undefined where it is not to be read. */
function within(folder: Folder, name: string): Folder | undefined {
  const known = folder.folders.get(name);
  const scope = folder.scope === 'all' ? 'all' : folder.scope.get(name.toLowerCase());
  if (known || !scope) return known;
  const made = folderOf(name, folder, scope);
  folder.folders.set(name, made);
  return made;
}

function pathOf(folder: Folder): string {
  const names: string[] = [];
  for (let at: Folder | undefined = folder; at?.parent; at = at.parent) names.unshift(at.name);
  return names.join('/');
}

/** Report at most so many trees. */
const MOST_REPORTED = 5;

function malformed(found: readonly Malformed[]): LazyspecError {
  const text = (latin1: string) => Buffer.from(latin1, 'latin1').toString();
  const [first, ...others] = found.map(({ commit, folder, tree, entry, what }) => {
    const where = folder === '' ? 'the top folder' : `the folder '${text(folder)}'`;
    return {
      message: `commit ${commit.slice(0, 10)} has a malformed tree: in ${where}, '${text(entry)}' ${what}`,
      detail: `tree ${tree}`,
    };
  });
  const told = others.slice(0, MOST_REPORTED).map(({ message }) => message);
  const more = others.length - told.length;
  return new LazyspecError('UNSAFE_TREE', first?.message ?? '', {
    details: [first?.detail ?? '', ...told, ...(more > 0 ? [`and ${more} more`] : [])],
    remedy: REBUILD,
  });
}

const REBUILD =
  'Make the commit anew: check out its files, then git read-tree --empty; git add --all; git commit --amend. git fsck names each malformed tree.';
