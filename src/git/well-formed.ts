/** Whether the trees of new commits are as git writes them, so that its diffs show all there is. */
import { LazyspecError } from '../errors.ts';
import { oddAnswer } from './answer.ts';
import type { Answer, Ask } from './read-as-asked.ts';
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
 * @param history the new commits with their parents, newest first; other parents are accepted
 * @throws {LazyspecError} UNSAFE_TREE
 */
export async function refuseMalformedTrees(
  git: Git,
  history: ReadonlyMap<string, readonly string[]>,
  paths: readonly string[],
): Promise<void> {
  if (history.size === 0) return;
  const found: Malformed[] = [];
  let missing = 0;
  await readAsAsked(git, (ask) => {
    const top = folderOf('', undefined, scopeOf(paths));
    const { takeAccepted, takeNew } = readerOfTrees(ask, found);
    const accepted = new Set([...history.values()].flat().filter((id) => !history.has(id)));
    // A parent is not here where history is cut off.
    for (const id of accepted) ask(`${id}^{tree}`, (tree) => tree && takeAccepted(top, tree));
    // Oldest first: the commit that has a tree before all others has to be made anew.
    for (const id of [...history.keys()].reverse()) {
      ask(`${id}^{tree}`, (tree) => {
        if (!tree) missing += 1;
        else if (!isKnown(top, tree.oid)) takeNew(top, tree, id);
      });
    }
  });
  if (missing > 0) throw oddAnswer('cat-file');
  if (found.length > 0) throw malformed(found);
}

function readerOfTrees(ask: Ask, found: Malformed[]) {
  /** Folders whose accepted trees were asked for. */
  const asked = new Set<Folder>();

  function takeAccepted(folder: Folder, { oid, content }: Answer): void {
    folder.accepted.add(oid);
    readTree(content, oid.length / 2, (name, id) => within(folder, name)?.accepted.add(id));
  }

  function takeNew(folder: Folder, { oid, content }: Answer, commit: string): void {
    const problem = readTree(content, oid.length / 2, (name, id) => {
      const inner = within(folder, name);
      if (inner) askNew(inner, id, commit);
    });
    if (problem) found.push({ ...problem, commit, tree: oid, folder: pathOf(folder) });
  }

  function askNew(folder: Folder, oid: string, commit: string): void {
    if (isKnown(folder, oid)) return;
    // Answers come in order: what is accepted in its folders is known before they are judged.
    if (!asked.has(folder)) {
      asked.add(folder);
      for (const id of folder.accepted) ask(id, (tree) => tree && takeAccepted(folder, tree));
    }
    ask(oid, (tree) => tree && takeNew(folder, tree, commit));
  }

  return { takeAccepted, takeNew };
}

/** Whether a tree is accepted at its place, or was asked for. */
function isKnown({ accepted, seen }: Folder, oid: string): boolean {
  if (accepted.has(oid) || seen.has(oid)) return true;
  seen.add(oid);
  return false;
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
