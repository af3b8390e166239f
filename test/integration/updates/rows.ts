/** Each row: what is done, the push of it, and which documents it needs a lease on. */
import type { World } from './world.ts';
import { D1, D2, D7 } from './world.ts';

export interface Row {
  title: string;
  /** @returns the refspec that ada pushes */
  make: (world: World) => Promise<string>;
  prePush: readonly string[];
  server: readonly string[];
}

const MINE = ['RFC-001'];
const THEIRS = ['RFC-002'];
const BOTH = ['RFC-001', 'RFC-002'];
const NONE: string[] = [];

function row(title: string, needs: readonly string[], make: Row['make']): Row {
  return { title, make, prePush: needs, server: needs };
}

/** bob's change of D2 arrives in a branch. */
const theirs = (world: World, branch = 'main', from = branch) =>
  world.commit(world.bob, branch, { [D2]: 'two\nby bob\n' }, from);

/** ada's pushed branch of `main`, with her change of D1. */
const mine = (world: World, branch = 'topic') =>
  world.commit(world.ada, branch, { [D1]: 'one\nby ada\n' }, 'main');

export const SETTING_BACK: readonly Row[] = [
  row('main set back by force', THEIRS, async (world) => {
    await theirs(world);
    await world.at('main');
    return '+main~1:main';
  }),
  row(
    'main set back by force, with stale branches there and where it was',
    THEIRS,
    async (world) => {
      await world.push(world.ada, 'main:stale');
      await theirs(world);
      await world.at('main');
      await world.push(world.ada, 'main:stale-too');
      return '+main~1:main';
    },
  ),
  row('main merged with -s ours, by a plain push', THEIRS, async (world) => {
    await world.at('main');
    await world.ada.commit({ 'README.md': '# Mine\n' });
    await theirs(world);
    await world.ada.git('fetch', '--quiet', 'origin');
    await world.merge('-s', 'ours', 'origin/main');
    return 'main:main';
  }),
  row('another history over main', BOTH, async (world) => {
    await world.ada.git('checkout', '--quiet', '--orphan', 'orphan');
    await world.ada.commit({ [D1]: 'mine alone\n', [D2]: undefined as never });
    return '+orphan:main';
  }),
  row('a shared topic set back by force', THEIRS, async (world) => {
    await theirs(world, 'topic', 'main');
    await world.at('topic');
    return '+topic~1:topic';
  }),
  row('main merged into dev, discarding what was pushed there', THEIRS, async (world) => {
    await theirs(world, 'dev', 'main');
    await world.commit(world.bob, 'main', { 'README.md': '# More\n' });
    await world.at('dev');
    await world.merge('--no-commit', 'origin/main');
    await world.ada.git('checkout', '--quiet', 'origin/main', '--', D2);
    await world.ada.git('commit', '--quiet', '--no-verify', '--message', 'Merge');
    return 'dev:dev';
  }),
  row('old content taken from another branch by a merge', THEIRS, async (world) => {
    await world.commit(world.ada, 'side', { 'README.md': '# Side\n' }, 'main');
    await theirs(world);
    await world.at('main');
    await world.merge('--no-commit', '--no-ff', 'origin/side');
    await world.ada.git('checkout', '--quiet', 'origin/side', '--', D2);
    await world.ada.git('commit', '--quiet', '--no-verify', '--message', 'Merge');
    return 'main:main';
  }),
  row('old content taken from another branch by a commit', THEIRS, async (world) => {
    await theirs(world);
    await world.at('main');
    await world.ada.git('checkout', '--quiet', 'main~1', '--', D2);
    await world.ada.commit({});
    return 'main:main';
  }),
  row('a document that others have deleted, brought back by force', THEIRS, async (world) => {
    await world.bob.git('rm', '--quiet', D2);
    await world.bob.commit({});
    await world.push(world.bob, 'main');
    await world.at('main');
    return '+main~1:main';
  }),
  row('a new branch at an old commit', NONE, async (world) => {
    await theirs(world);
    await world.at('main');
    return 'main~1:new';
  }),
  row('a new branch that sets a document back', THEIRS, async (world) => {
    await theirs(world);
    await world.at('main');
    await world.ada.git('checkout', '--quiet', '-b', 'new');
    await world.ada.commit({ [D2]: 'two\n' });
    return 'new:new';
  }),
];

export const OWN_WORK: readonly Row[] = [
  row('my topic rebased on main', MINE, async (world) => {
    await mine(world);
    await theirs(world);
    await world.at('topic');
    await world.ada.git('rebase', '--quiet', 'origin/main');
    return '+topic:topic';
  }),
  row('my own commit amended', MINE, async (world) => {
    await mine(world);
    await world.ada.git('commit', '--quiet', '--amend', '--no-verify', '--message', 'Reworded');
    return '+topic:topic';
  }),
  row('my own commit dropped by force', MINE, async (world) => {
    await mine(world);
    return '+topic~1:topic';
  }),
  row('my own commit reverted', MINE, async (world) => {
    await mine(world);
    await world.ada.git('revert', '--no-edit', 'HEAD');
    return 'topic:topic';
  }),
  row('my topic squashed onto main', MINE, async (world) => {
    await mine(world);
    await theirs(world);
    await world.at('main');
    await world.ada.git('merge', '--quiet', '--squash', 'origin/topic');
    await world.ada.git('commit', '--quiet', '--no-verify', '--message', 'Squash');
    return 'main:main';
  }),
];

export const MERGES: readonly Row[] = [
  row('main merged into my topic', NONE, async (world) => {
    await mine(world);
    await theirs(world);
    await world.at('topic');
    await world.merge('origin/main');
    return 'topic:topic';
  }),
  row('main merged into my topic, which main has merged before', NONE, async (world) => {
    await mine(world);
    await theirs(world);
    const main = await world.bob.git('rev-parse', 'HEAD');
    await world.at('main');
    await world.merge('origin/topic');
    await world.push(world.ada, 'main');
    await world.at('topic');
    await world.merge(main);
    await world.push(world.ada, 'topic');
    await world.commit(world.bob, 'main', { [D2]: 'two\nby bob again\n' });
    await world.at('topic');
    await world.merge('origin/main');
    return 'topic:topic';
  }),
  row('a merge of main dropped by force', NONE, async (world) => {
    await mine(world);
    await theirs(world);
    await world.at('topic');
    await world.merge('origin/main');
    await world.push(world.ada, 'topic');
    return '+topic~1:topic';
  }),
  row('main merged back after my topic was squashed there', NONE, async (world) => {
    await mine(world);
    await world.at('main');
    await world.ada.git('merge', '--quiet', '--squash', 'origin/topic');
    await world.ada.git('commit', '--quiet', '--no-verify', '--message', 'Squash');
    await world.push(world.ada, 'main');
    await world.commit(world.bob, 'main', { [D1]: 'one\nby bob\n' });
    await world.at('topic');
    await world.merge('-X', 'theirs', 'origin/main');
    return 'topic:topic';
  }),
  row('main merged, which itself took a document back', NONE, async (world) => {
    await theirs(world);
    await world.commit(world.ada, 'dev', { 'README.md': '# Dev\n' }, 'main');
    await world.commit(world.bob, 'main', { [D2]: 'two\n' });
    await world.at('dev');
    await world.merge('origin/main');
    return 'dev:dev';
  }),
  {
    title: 'topics of others merged into main, two at once',
    prePush: NONE,
    server: BOTH,
    async make(world) {
      await theirs(world, 'two', 'main');
      await world.commit(world.bob, 'one', { [D1]: 'one\nby bob\n' }, 'main');
      await world.at('main');
      await world.merge('origin/one', 'origin/two');
      return 'main:main';
    },
  },
  {
    title: 'dev in the place of main',
    prePush: THEIRS,
    server: BOTH,
    async make(world) {
      await mine(world, 'dev');
      await theirs(world);
      await world.at('dev');
      return '+dev:main';
    },
  },
];

async function subtree(world: World): Promise<void> {
  await world.ada.git(
    'merge',
    '-s',
    'ours',
    '--no-commit',
    '--allow-unrelated-histories',
    'refs/foreign',
  );
  await world.ada.git('read-tree', '--prefix=lib/', '-u', 'refs/foreign');
}

const conclude = (world: World) =>
  world.ada.git('commit', '--quiet', '--no-verify', '--message', 'Add lib');

export const FOREIGN: readonly Row[] = [
  row('another project added below a folder, with its history', NONE, async (world) => {
    await world.foreign();
    await subtree(world);
    await conclude(world);
    return 'main:main';
  }),
  row('another project added on a new branch', NONE, async (world) => {
    await world.foreign();
    await subtree(world);
    await conclude(world);
    return 'main:new';
  }),
  row('another project added below a folder, squashed', NONE, async (world) => {
    await world.foreign();
    const squashed = await world.ada.git('commit-tree', 'refs/foreign^{tree}', '-m', 'Squashed');
    await world.ada.git('update-ref', 'refs/foreign', squashed);
    await subtree(world);
    await conclude(world);
    return 'main:main';
  }),
  row('another project updated below its folder', NONE, async (world) => {
    const foreign = await world.foreign();
    await subtree(world);
    await conclude(world);
    await world.push(world.ada, 'main');
    foreign.write({ [D2]: 'foreign again\n' });
    await foreign.git('commit', '--quiet', '--all', '--message', 'Again');
    await world.ada.git('fetch', '--quiet', foreign.path, '+HEAD:refs/foreign');
    await world.merge('-X', 'subtree=lib', 'refs/foreign');
    return 'main:main';
  }),
  row('the files of another project without its history', NONE, async (world) => {
    await world.foreign();
    await world.ada.git('read-tree', '--prefix=lib/', '-u', 'refs/foreign');
    await conclude(world);
    return 'main:main';
  }),
  row('another project added, with a document changed in the merge', THEIRS, async (world) => {
    await world.foreign();
    await subtree(world);
    world.ada.clone.write({ [D2]: 'two\nsmuggled in\n' });
    await world.ada.git('add', D2);
    await conclude(world);
    return 'main:main';
  }),
  row('another project merged, with a document at its own path', ['RFC-007'], async (world) => {
    await world.foreign({ [D7]: 'foreign\n' });
    await world.merge('--allow-unrelated-histories', 'refs/foreign');
    return 'main:main';
  }),
  row('another project joined by -s ours', NONE, async (world) => {
    await world.foreign();
    await world.merge('-s', 'ours', '--allow-unrelated-histories', 'refs/foreign');
    return 'main:main';
  }),
  row('main forced to another project that was joined before', BOTH, async (world) => {
    await world.foreign();
    await world.merge('-s', 'ours', '--allow-unrelated-histories', 'refs/foreign');
    await world.push(world.ada, 'main');
    return '+refs/foreign:main';
  }),
];
