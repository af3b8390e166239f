/** Attacks on documents, and on the rules that protect them. */
import type { Attack } from './attack.ts';
import type { Forged } from './forge.ts';
import type { Scene } from './scene.ts';
import { CONFIGURATION, FREE, HELD, lease, leaseRef, path } from './scene.ts';

const notClaimed = '{id}: document is not claimed';
const free = () => FREE;
const MINE = '# Mine now\n';

/** A commit on top of the default branch, pushed to it. */
async function onto(scene: Scene, change: Forged, branch = 'main'): Promise<string[]> {
  const oid = await scene.forge.commit({ parents: [scene.main], ...change });
  return [`${oid}:refs/heads/${branch}`];
}

function unclaimed(title: string, make: (scene: Scene) => Forged | Promise<Forged>): Attack {
  return {
    title,
    told: notClaimed,
    on: free,
    push: async (scene) => onto(scene, await make(scene)),
  };
}

const changed: Forged = { files: { [path(FREE)]: MINE } };
const rules = 'only administrators change the configuration';
const broken = "this push would break the configuration on 'main'";
const LOOSE = '# Nothing is gated any more\n';
const elsewhere =
  '[coordination]\nremote = "origin"\n[[types]]\nname = "x"\ndir = "x"\nprefix = "X"\n';

function inOtherCase(title: string, file: string, place: string): Attack {
  return {
    title: `${title}: \`${file}\``,
    told: `'${file}' differs from '${place}' in the case of letters only`,
    push: (scene) => onto(scene, { files: { [file]: MINE } }),
  };
}

const IN_OTHER_CASE = [
  inOtherCase('a folder above documents in another case', 'Docs/rfcs/notes.md', 'docs/rfcs'),
  inOtherCase('a folder of documents in another case', `docs/RFCS/${FREE}-title.md`, 'docs/rfcs'),
  inOtherCase('a document in another case', path(FREE).replace('RFC', 'rfc'), path(FREE)),
  inOtherCase('the configuration in another case', '.LazySpec.toml', '.lazyspec.toml'),
];

export const ATTACKS_ON_DOCUMENTS: readonly Attack[] = [
  ...IN_OTHER_CASE,
  unclaimed('a change to a document that nobody has claimed', () => changed),
  {
    title: 'a change to a document that the other has claimed',
    told: "{id}: document is not claimed by you (held by '{other}')",
    on: ({ other }) => HELD[other],
    push: (scene) => onto(scene, { files: { [path(HELD[scene.other])]: MINE } }),
  },
  {
    title: 'a change to it, with a lease of mine on it in the same push',
    told: "{id}: the lease of '{other}' cannot be taken over yet",
    on: ({ other }) => HELD[other],
    push: async (scene) => {
      const id = HELD[scene.other];
      const mine = await scene.forge.commit(lease(scene.me));
      const push = await onto(scene, { files: { [path(id)]: MINE } });
      return [...push, `${mine}:${leaseRef(id)}`];
    },
  },
  unclaimed('deletion of a document', () => ({ removed: [path(FREE)] })),
  unclaimed('a document renamed out of the folder', () => ({
    removed: [path(FREE)],
    files: { 'notes/three.md': MINE },
  })),
  unclaimed('another file renamed to a document', () => ({
    removed: ['README.md'],
    files: { [path(FREE)]: '# Project\n' },
  })),
  unclaimed('a document made a symbolic link', () => ({
    files: { [path(FREE)]: { mode: '120000', content: '../../README.md' } },
  })),
  {
    title: 'a document whose folder unpacks to ten thousand million files',
    told: 'took more memory than can be right',
    push: async ({ forge, main }) => {
      const folder = (name: string, oid: string) => [{ mode: '40000', name, oid }];
      const rfcs = await forge.tree(folder('RFC-003-bomb', await forge.bomb()));
      const root = await forge.tree(folder('docs', await forge.tree(folder('rfcs', rfcs))));
      return [`${await forge.commitOf(root, main)}:refs/heads/main`];
    },
  },
  {
    title: 'a change in a merge of a thousand commits',
    told: notClaimed,
    on: free,
    push: async ({ forge, main }) => {
      const sides = await forge.commits(1_000, main);
      const changed = await forge.commit({ parents: [main], files: { [path(FREE)]: MINE } });
      return [`${await forge.commitOf(await forge.treeOf(changed), ...sides)}:refs/heads/main`];
    },
  },
  unclaimed('a document made executable', () => ({
    files: {
      [path(FREE)]: { mode: '100755', content: `# ${FREE}\n\nOne.\nTwo, as it is now.\nThree.\n` },
    },
  })),
  unclaimed('a document made a submodule', ({ main }) => ({
    files: { [path(FREE)]: { gitlink: main } },
  })),
  unclaimed('a second file of the same document', () => ({
    files: { 'docs/rfcs/RFC-003-another name\n.md': MINE },
  })),
  unclaimed(
    'a change in a commit below the tip, taken back in the next',
    async ({ forge, main }) => {
      const inner = await forge.commit({ ...changed, parents: [main] });
      const text = `# ${FREE}\n\nOne.\nTwo, as it is now.\nThree.\n`;
      return { parents: [inner], files: { [path(FREE)]: text } };
    },
  ),
  unclaimed('a change in a merge commit itself', async ({ forge, main, older }) => {
    const side = await forge.commit({ parents: [older], files: { 'README.md': '# Side\n' } });
    return { ...changed, parents: [main, side] };
  }),
  unclaimed(
    'a change on a side branch that the merge brings in',
    async ({ forge, main, older }) => {
      const side = await forge.commit({ ...changed, parents: [older] });
      return { ...changed, parents: [main, side] };
    },
  ),
  unclaimed(
    "a merge that keeps none of the other side's changes",
    async ({ forge, main, older }) => {
      const side = await forge.commit({ parents: [older], files: { 'README.md': '# Side\n' } });
      return { parents: [side, main] };
    },
  ),
  {
    title: 'a merge of the default branch into another, discarding what was pushed there',
    told: notClaimed,
    on: free,
    push: async ({ forge, main, dev }) => [
      `${await forge.commitOf(await forge.treeOf(main), dev, main)}:refs/heads/dev`,
    ],
  },
  {
    title: 'deletion of a branch, which is then created again at an older commit',
    told: notClaimed,
    on: free,
    first: () => [':refs/heads/dev'],
    push: ({ older }) => [`${older}:refs/heads/dev`],
  },
  {
    title: 'an older state of the branch, by force',
    told: notClaimed,
    on: free,
    push: ({ older }) => [`${older}:refs/heads/main`],
  },
  {
    title: 'another history, by force',
    told: notClaimed,
    on: free,
    push: (scene) => onto(scene, { ...changed, parents: [] }),
  },
  {
    title: 'a change on a new branch',
    told: notClaimed,
    on: free,
    push: (scene) => onto(scene, changed, 'new'),
  },
  {
    title: 'a change on a new branch with a history of its own',
    told: notClaimed,
    on: free,
    push: (scene) => onto(scene, { ...changed, parents: [] }, 'new'),
  },
  {
    title: 'a change under a tag, then a branch at the tag',
    told: notClaimed,
    on: free,
    first: async ({ forge, main }) => [
      `${await forge.commit({ ...changed, parents: [main], date: 1_700_000_000 })}:refs/tags/v1`,
    ],
    push: async (scene) => onto(scene, { ...changed, date: 1_700_000_000 }),
  },
  {
    title: 'a change under a ref of its own, then a branch at it',
    told: notClaimed,
    on: free,
    first: async ({ forge, main }) => [
      `${await forge.commit({ ...changed, parents: [main], date: 1_700_000_000 })}:refs/changes/1`,
    ],
    push: async (scene) => onto(scene, { ...changed, date: 1_700_000_000 }),
  },
  {
    title: 'a change in the history of a lease of mine, then a branch at it',
    told: notClaimed,
    on: free,
    first: async ({ forge, main, me }) => {
      const inner = await forge.commit({ ...changed, parents: [main], date: 1_700_000_000 });
      const removed = ['.lazyspec.toml', 'README.md', 'docs'];
      const mine = await forge.commit({ ...lease(me), parents: [inner], removed });
      return [`${mine}:${leaseRef(HELD[me])}`];
    },
    push: async (scene) => onto(scene, { ...changed, date: 1_700_000_000 }),
  },
  {
    title: 'a replacement for the tip of the branch (refs/replace), then a change',
    told: notClaimed,
    on: free,
    first: async ({ forge, main, older }) => [
      `${await forge.commit({ ...changed, parents: [older] })}:refs/replace/${main}`,
    ],
    push: (scene) => onto(scene, changed),
  },
  {
    title: 'a replacement for the rules, then a change',
    told: notClaimed,
    on: free,
    first: async ({ forge, main, clone }) => {
      const rules = await clone.git('rev-parse', `${main}:.lazyspec.toml`);
      return [`${await forge.blob(LOOSE)}:refs/replace/${rules}`];
    },
    push: (scene) => onto(scene, changed),
  },
  {
    title: 'a loosened configuration together with the change',
    told: notClaimed,
    on: free,
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': LOOSE, [path(FREE)]: MINE } }),
  },
  {
    title: 'a loosened configuration in the commit before the change',
    told: notClaimed,
    on: free,
    push: async (scene) => {
      const loosened = { parents: [scene.main], files: { '.lazyspec.toml': LOOSE } };
      return onto(scene, { ...changed, parents: [await scene.forge.commit(loosened)] });
    },
  },
  {
    title: 'a loosened configuration pushed before the change',
    told: rules,
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': LOOSE } }),
  },
  {
    title: 'a configuration that governs other folders',
    told: rules,
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': elsewhere } }),
  },
  {
    title: 'deletion of the configuration',
    told: rules,
    push: (scene) => onto(scene, { removed: ['.lazyspec.toml'] }),
  },
  {
    title: 'a configuration that cannot be read',
    told: broken,
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': '[coordination' } }),
  },
  {
    title: 'a configuration that is a symbolic link',
    told: broken,
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': { mode: '120000', content: 'x' } } }),
  },
  {
    title: 'a longer max_lease_duration',
    told: rules,
    push: (scene) =>
      onto(scene, {
        files: { '.lazyspec.toml': `${CONFIGURATION}max_lease_duration = "9999h"\n` },
      }),
  },
  {
    title: 'a loosened configuration on a new branch, then a change there',
    told: notClaimed,
    on: free,
    first: (scene) => onto(scene, { files: { '.lazyspec.toml': LOOSE } }, 'loose'),
    push: async (scene) => {
      const loosened = { parents: [scene.main], files: { '.lazyspec.toml': LOOSE } };
      return onto(scene, { ...changed, parents: [await scene.forge.commit(loosened)] }, 'loose');
    },
  },
  {
    title: 'a loosened configuration on a new branch, then that branch for the default one',
    told: rules,
    first: (scene) => onto(scene, { files: { '.lazyspec.toml': LOOSE } }, 'loose'),
    push: (scene) => onto(scene, { files: { '.lazyspec.toml': LOOSE }, date: 1 }),
  },
];
