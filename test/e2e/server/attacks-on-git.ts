/**
 * Attacks that git's own client cannot make: what is said of the old value of a ref is not so, and
 * trees are not as git writes them.
 */
import type { Attack, Rivals } from './attack.ts';
import type { TreeEntry } from './forge.ts';
import { ZERO } from './raw-push.ts';
import type { Scene } from './scene.ts';
import { FREE, HELD, leaseRef, path } from './scene.ts';

const theirs = ({ other }: Rivals) => HELD[other];
const NOWHERE = '1'.repeat(40);

function falseOld(
  title: string,
  told: string,
  make: (scene: Scene, their: { ref: string; mine: string }) => { old: string; next: string },
): Attack {
  return {
    title,
    told,
    on: theirs,
    push: (scene) => {
      const ref = leaseRef(theirs(scene));
      const mine = scene.leaseOn(HELD[scene.me]);
      return { raw: [{ ref, ...make(scene, { ref, mine }) }] };
    },
  };
}

const byGit = 'failed to update ref';

/** git deletes a ref whatever it is at, where it cannot read what the push says of it. */
function unreadable(
  how: string,
  replacement: (scene: Scene, mine: string) => Promise<string>,
): Attack {
  return {
    title: `deletion of the other's lease, said to be one of mine that is ${how}`,
    told: byGit,
    on: theirs,
    first: async (scene) => {
      const mine = scene.leaseOn(HELD[scene.me]);
      return [`${await replacement(scene, mine)}:refs/replace/${mine}`];
    },
    push: (scene) => {
      const old = scene.leaseOn(HELD[scene.me]);
      return { raw: [{ ref: leaseRef(theirs(scene)), old, next: ZERO }] };
    },
  };
}

/** A commit whose top folder has one entry more, at its end: `what` is wrong with it. */
function malformed(
  title: string,
  what: string,
  make: (scene: Scene) => Promise<TreeEntry>,
): Attack {
  return {
    title,
    told: `has a malformed tree: in the top folder, ${what}`,
    push: async (scene) => {
      const { forge, main } = scene;
      const tree = await forge.tree([...(await forge.entries(main)), await make(scene)]);
      return [`${await forge.commitOf(tree, main)}:refs/heads/main`];
    },
  };
}

const file = async ({ forge }: Scene, name: string): Promise<TreeEntry> => {
  return { mode: '100644', name, oid: await forge.blob('Mine.\n') };
};

const folder = async ({ forge }: Scene, name: string, entry: TreeEntry): Promise<TreeEntry> => {
  return { mode: '40000', name, oid: await forge.tree([entry]) };
};

const inFolders = async (scene: Scene, ...names: string[]): Promise<TreeEntry> => {
  let entry = await file(scene, `${FREE}-title.md`);
  for (const name of names.reverse()) entry = await folder(scene, name, entry);
  return entry;
};

/** A lease of mine on what it would hide does not help: the tree is refused, whoever holds what. */
const MALFORMED_TREES: readonly Attack[] = [
  malformed(
    'a document in an entry of the top folder that has slashes in its name',
    `'${path(FREE)}' has a slash in its name`,
    (scene) => file(scene, path(FREE)),
  ),
  malformed('a document in a second docs, out of order', "'docs' is there twice", (scene) =>
    inFolders(scene, 'docs', 'rfcs'),
  ),
  malformed('a second .lazyspec.toml, out of order', "'.lazyspec.toml' is out of order", (scene) =>
    file(scene, '.lazyspec.toml'),
  ),
  {
    title: 'a document twice in its folder, of mine, with my lease on it',
    told: "has a malformed tree: in the folder 'docs/rfcs'",
    push: async (scene) => {
      const { forge, main, me } = scene;
      const rfcs = await forge.entries(`${main}:docs/rfcs`);
      const twice = await forge.tree([...rfcs, await file(scene, path(HELD[me]).slice(10))]);
      const docs = await forge.tree([{ mode: '40000', name: 'rfcs', oid: twice }]);
      const top = await forge.entries(main);
      const tree = top.map((entry) => (entry.name === 'docs' ? { ...entry, oid: docs } : entry));
      return [`${await forge.commitOf(await forge.tree(tree), main)}:refs/heads/main`];
    },
  },
];

export const ATTACKS_ON_GIT: readonly Attack[] = [
  ...MALFORMED_TREES,
  falseOld(
    "deletion of the other's lease, of which the push says that it is mine",
    byGit,
    (_, { mine }) => ({
      old: mine,
      next: ZERO,
    }),
  ),
  falseOld(
    "deletion of the other's lease, said to be an object that is nowhere",
    '{id}: its lease is malformed: its ref points at no commit',
    () => ({
      old: NOWHERE,
      next: ZERO,
    }),
  ),
  falseOld(
    "deletion of the other's lease, said not to be there",
    'what is on stdin does not say which refs are pushed',
    () => ({
      old: ZERO,
      next: ZERO,
    }),
  ),
  falseOld("mine in the place of the other's, said to be mine", byGit, (_, { mine }) => ({
    old: mine,
    next: mine,
  })),
  falseOld("mine in the place of the other's, said not to be there", byGit, (_, { mine }) => ({
    old: ZERO,
    next: mine,
  })),
  unreadable('replaced by a blob', ({ forge }) => forge.blob('no commit')),
  unreadable('replaced by a tag that calls it a blob', ({ forge }, mine) => forge.lyingTag(mine)),
  {
    title: 'one ref twice in one push: the lease of mine released, then claimed for the other',
    told: 'what is on stdin does not say which refs are pushed',
    push: (scene) => {
      const [ref, mine] = [leaseRef(HELD[scene.me]), scene.leaseOn(HELD[scene.me])];
      return {
        raw: [
          { ref, old: mine, next: ZERO },
          { ref, old: ZERO, next: scene.leaseOn(theirs(scene)) },
        ],
      };
    },
  },
  {
    title: 'a change to a branch of which the push says that it is new',
    told: '{id}: document is not claimed',
    on: () => FREE,
    first: async ({ forge, main }) => [
      `${await forge.commit({ parents: [main], files: { [path(FREE)]: 'Mine.\n' }, date: 1_700_000_000 })}:refs/tags/v2`,
    ],
    push: async ({ forge, main }) => {
      const change = { parents: [main], files: { [path(FREE)]: 'Mine.\n' }, date: 1_700_000_000 };
      return { raw: [{ ref: 'refs/heads/main', old: ZERO, next: await forge.commit(change) }] };
    },
  },
];
