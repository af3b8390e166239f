import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  RFC_1,
  RFC_2,
  STORY,
  startOver,
} from './guarded.ts';

/** What agent-b has pushed; agent-a has changed README.md in another way. */
const BRANCHES = {
  one: { 'README.md': '# Theirs\n', [RFC_1]: '# Theirs\n' },
  two: { [RFC_2]: '# Theirs\n' },
  three: { [STORY]: '# Theirs\n' },
};

describe('merges and cherry-picks', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const other = await sandbox.clone('agent-b');
    for (const [branch, files] of Object.entries(BRANCHES)) {
      await other.git('checkout', '--quiet', '-b', branch, 'origin/main');
      other.write(files);
      await other.git('commit', '--quiet', '--all', '--message', branch);
    }
    await other.git('push', '--quiet', 'origin', '--all');
    // Whoever merges needs no claim of theirs: agent-b still holds all of it.
    await claim(other, 'RFC-001', 'RFC-002', 'STORY-042');
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  /** A merge that stops at README.md. */
  async function conflictedMerge(): Promise<void> {
    clone.write({ 'README.md': '# Ours\n' });
    expectPassed(await commitAll(clone));
    expect(await clone.tryGit(['merge', 'origin/one'])).toMatchObject({ status: 1 });
    clone.write({ 'README.md': '# Both\n' });
  }

  it('lets a merge of claimed documents be concluded by anybody', async () => {
    await conflictedMerge();
    expectPassed(await commitAll(clone));
    expect(await clone.git('rev-list', '--count', '--merges', 'HEAD')).toBe('1');
    expect(clone.read(RFC_1)).toBe('# Theirs\n');
  });

  it('refuses what a merge changes beyond its parents', async () => {
    await conflictedMerge();
    clone.write({ [RFC_2]: '# Smuggled in\n' });
    expectRefused(await commitAll(clone), 'RFC-002');
  });

  it('refuses a resolution that is neither of its parents', async () => {
    await conflictedMerge();
    clone.write({ [RFC_1]: '# Neither\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it('takes a document that keeps our side of a merge for no change', async () => {
    await conflictedMerge();
    clone.write({ [RFC_1]: '# One\n' });
    expectPassed(await commitAll(clone));
  });

  it('asks every parent of an octopus', async () => {
    clone.write({ 'README.md': '# Ours\n' });
    expectPassed(await commitAll(clone));
    expect(
      await clone.tryGit(['merge', '--no-commit', 'origin/two', 'origin/three']),
    ).toMatchObject({ status: 0 });
    expect(clone.read('.git/MERGE_HEAD').trim().split('\n')).toHaveLength(2);
    clone.write({ [RFC_1]: '# Smuggled in\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    clone.write({ [RFC_1]: '# One\n' });
    expectPassed(await commitAll(clone));
    expect(await clone.git('log', '-1', '--format=%P')).toMatch(/^\w+ \w+ \w+$/);
  });

  it('takes a squashed merge for a change of ours', async () => {
    await clone.git('merge', '--quiet', '--squash', 'origin/two');
    expectRefused(await commitAll(clone), 'RFC-002');
  });

  it.each([
    ['git commit', ['commit', '--quiet', '--no-edit']],
    ['git cherry-pick --continue', ['-c', 'core.editor=true', 'cherry-pick', '--continue']],
  ])('judges a cherry-pick that is concluded by %s', async (_, conclusion) => {
    clone.write({ 'README.md': '# Ours\n' });
    expectPassed(await commitAll(clone));
    expect(await clone.tryGit(['cherry-pick', 'origin/one'])).toMatchObject({ status: 1 });
    clone.write({ 'README.md': '# Both\n' });
    await clone.git('add', '--all');
    const ran = await clone.tryGit(conclusion);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toContain("RFC-001: document is not claimed by you (held by 'agent-b')");
    expect(await clone.git('log', '-1', '--format=%s')).toBe('Change');

    await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1);
    expect(await clone.tryGit(conclusion)).toMatchObject({ status: 0 });
  });
});
