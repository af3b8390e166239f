import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  expectPassed,
  expectRefused,
  guardedClone,
  push,
  RFC_1,
  release,
  setRules,
  sneak,
  startOver,
} from './guarded.ts';

const NEW = 'docs/rfcs/RFC-050-new.md';
const LONG = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('');

describe('documents that are new in a push', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      'docs/rfcs/RFC-004-long.md': LONG,
      'docs/rfcs/RFC-005-a-folder/index.md': '# Five\n',
    });
    clone = await guardedClone(sandbox);
  });
  afterEach(async () => {
    await clone.git('checkout', '--quiet', '--force', 'main');
    await startOver(clone);
  });
  afterAll(() => sandbox.dispose());

  /** On the default branch of the remote: the rules of new branches. */
  async function settings(create: string): Promise<void> {
    await setRules(sandbox, `[coordination]\n[gate]\ncreate = "${create}"\n`);
    await clone.git('fetch', '--quiet');
  }
  const target = () => ['origin', `HEAD:refs/heads/branch-${++number}`];

  it('need any lease of mine, however many commits made them', async () => {
    await sneak(clone, { [NEW]: '# New\n' });
    await sneak(clone, { [NEW]: '# Newer\n', 'README.md': '# New\n' });
    expectRefused(await push(clone, target()), 'RFC-050');
    await claim(clone, 'STORY-042');
    expectPassed(await push(clone, target()));
    await release(clone, 'STORY-042');
  });

  it('need a lease of their own under "own", and none under "off"', async () => {
    await sneak(clone, { [NEW]: '# New one\n' });
    await settings('own');
    await claim(clone, 'STORY-042');
    expectRefused(await push(clone, target()), 'RFC-050');
    await release(clone, 'STORY-042');
    await settings('off');
    expectPassed(await push(clone, target()));
  });

  it('do not let a change of an old document through beside them', async () => {
    await sneak(clone, { [NEW]: '# New two\n' });
    await sneak(clone, { [RFC_1]: '# New\n' });
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-001');
  });

  it('are not an old one under another id, also where that was renamed twice', async () => {
    await claim(clone, 'RFC-004');
    await clone.git('mv', 'docs/rfcs/RFC-004-long.md', 'docs/rfcs/RFC-014-long.md');
    await sneak(clone, { 'docs/rfcs/RFC-014-long.md': `${LONG}fourteen\n` });
    await clone.git('mv', 'docs/rfcs/RFC-014-long.md', 'docs/rfcs/RFC-024-long.md');
    await sneak(clone, { 'docs/rfcs/RFC-024-long.md': `${LONG}twenty-four\n` });
    await clone.git('config', 'diff.renameLimit', '1');
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-014', 'RFC-024');
    await clone.git('config', '--unset', 'diff.renameLimit');
    await release(clone, 'RFC-004');
  });

  it('are not one that was renamed within a merge', async () => {
    await claim(clone, 'RFC-004');
    await sneak(clone, { 'README.md': '# Ours\n' });
    await clone.git('checkout', '--quiet', '-B', 'side', 'origin/main');
    await sneak(clone, { 'other.md': '# Other\n' });
    await clone.git('merge', '--quiet', '--no-commit', 'main');
    await clone.git('mv', 'docs/rfcs/RFC-004-long.md', 'docs/rfcs/RFC-034-long.md');
    await sneak(clone, {}, 'Merge');
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-034');
    await release(clone, 'RFC-004');
  });

  it('are not a second file of an old one, in its folder or beside it', async () => {
    await sneak(clone, { 'docs/rfcs/RFC-005-a-folder/figure.svg': '<svg/>' });
    await sneak(clone, { 'docs/rfcs/RFC-001-appendix.md': '# More\n' });
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-001', 'RFC-005');
  });

  it('are not those that were deleted and made again', async () => {
    await clone.git('rm', '--quiet', RFC_1);
    await sneak(clone, {});
    await sneak(clone, { [RFC_1]: '# Other\n' });
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-001');
  });

  it('are not those that another parent of a merge had', async () => {
    const other = await sandbox.clone('agent-b');
    await sneak(other, { 'docs/rfcs/RFC-070-theirs.md': LONG });
    await other.git('push', '--quiet', 'origin', 'HEAD:refs/heads/theirs');
    await clone.git('fetch', '--quiet');
    await sneak(clone, { 'README.md': '# Ours\n' });
    await clone.git('merge', '--quiet', '--no-edit', 'origin/theirs');
    await sneak(clone, { 'docs/rfcs/RFC-070-second-file.md': '# Ours\n' });
    await settings('off');
    expectRefused(await push(clone, target()), 'RFC-070');
  });

  it('are none that the default branch has, where the history is new', async () => {
    await clone.git('checkout', '--quiet', '--orphan', 'fresh');
    await sneak(clone, { [NEW]: '# New three\n' });
    await settings('off');
    const known = ['RFC-001', 'RFC-002', 'RFC-004', 'RFC-005', 'STORY-042'];
    expectRefused(await push(clone, target()), ...known);
  });
});
