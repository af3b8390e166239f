import { chmodSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  push,
  RFC_1,
  RFC_2,
  release,
  STORY,
  sneak,
  startOver,
} from './guarded.ts';

describe('what only a push can catch', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  /** What agent-b has prepared on a branch that only this clone has. */
  let theirs: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    theirs = await sneak(clone, { [RFC_1]: '# Changed\n' }, 'Change one');
    await clone.git('branch', 'theirs');
  });
  beforeEach(async () => {
    await clone.tryGit(['rebase', '--abort']);
    await startOver(clone);
  });
  afterAll(() => sandbox.dispose());

  /** The commit goes through; the push does not, until the documents are claimed. */
  async function caught(...ids: string[]): Promise<void> {
    const target = ['origin', `HEAD:refs/heads/branch-${Math.random().toString(36).slice(2)}`];
    expectRefused(await push(clone, target), ...ids);
    await claim(clone, ...ids);
    expectPassed(await push(clone, target));
    await release(clone, ...ids);
    const [remote = '', refspec = ''] = target;
    // So that the next test finds the commit on no remote.
    await clone.git('push', '--quiet', remote, `:${refspec.replace(/.*:/, '')}`);
  }

  it('a commit with --no-verify', async () => {
    clone.write({ [RFC_1]: '# New\n', [STORY]: '# New\n' });
    await clone.git('commit', '--quiet', '--all', '--no-verify', '--message', 'Change');
    await caught('RFC-001', 'STORY-042');
  });

  it('a clean cherry-pick', async () => {
    expectPassed(await clone.tryGit(['cherry-pick', theirs]).then(quietly));
    await caught('RFC-001');
  });

  it('a clean revert', async () => {
    const old = await clone.git('rev-parse', 'HEAD');
    expect(old).not.toBe(theirs);
    const added = await sneak(clone, { [STORY]: '# New\n' });
    await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/heads/to-revert');
    expectPassed(await clone.tryGit(['revert', '--no-edit', added]).then(quietly));
    await caught('STORY-042');
  });

  it('a rebase', async () => {
    await sneak(clone, { 'README.md': '# Ours\n' });
    await clone.git('checkout', '--quiet', '-B', 'rebased', 'theirs');
    expectPassed(await clone.tryGit(['rebase', '--quiet', 'main']));
    await caught('RFC-001');
    await clone.git('checkout', '--quiet', 'main');
  });

  it('a reworded commit, which is a new one', async () => {
    await clone.git('checkout', '--quiet', '-B', 'reworded', 'theirs');
    const env = { GIT_SEQUENCE_EDITOR: 'sed -i s/^pick/reword/', GIT_EDITOR: 'sed -i 1s/^/Re:/' };
    // Nothing is changed by it: pre-commit, which runs here, has nothing to say.
    const ran = await clone.tryGit(['rebase', '--quiet', '--interactive', 'HEAD~1'], { env });
    expect(ran.status).toBe(0);
    expect(await clone.git('log', '-1', '--format=%s')).toBe('Re:Change one');
    await caught('RFC-001');
    await clone.git('checkout', '--quiet', 'main');
  });

  it('a commit that was made from a patch', async () => {
    const patch = await clone.git('format-patch', '--stdout', '-1', 'theirs');
    expectPassed(await clone.tryGit(['am', '--quiet'], { input: `${patch}\n` }));
    await caught('RFC-001');
  });

  it('what was added to a merge past every hook', async () => {
    await sneak(clone, { 'README.md': '# Ours\n' });
    await clone.git('checkout', '--quiet', '-B', 'side', 'origin/main');
    await sneak(clone, { 'other.md': '# Theirs\n' });
    await clone.git('merge', '--quiet', '--no-commit', 'main');
    await sneak(clone, { [RFC_2]: '# Smuggled in\n' }, 'Merge');
    expect(await clone.git('log', '-1', '--format=%P')).toMatch(/^\w+ \w+$/);
    await caught('RFC-002');
    await clone.git('checkout', '--quiet', 'main');
  });

  it('and not what the parents of a merge bring, which is on the remote', async () => {
    await clone.git('checkout', '--quiet', '-B', 'pushed', 'theirs');
    await clone.git('push', '--quiet', '--no-verify', 'origin', 'pushed');
    await clone.git('checkout', '--quiet', 'main');
    await sneak(clone, { 'README.md': '# Ours\n' });
    expectPassed(await clone.tryGit(['merge', '--quiet', '--no-edit', 'pushed']));
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/merged']));
    await clone.git('push', '--quiet', 'origin', ':pushed', ':merged');
  });

  it.each<[change: string, ids: string[], make: () => unknown]>([
    ['an added file', ['RFC-007'], () => clone.write({ 'docs/rfcs/RFC-007-new.md': '# New\n' })],
    ['a deleted file', ['STORY-042'], () => rmSync(clone.at(STORY))],
    [
      'both ends of a rename',
      ['RFC-001', 'RFC-009'],
      () => clone.git('mv', RFC_1, 'docs/rfcs/RFC-009-some-title.md'),
    ],
    ['a file that is moved away', ['RFC-001'], () => clone.git('mv', RFC_1, 'notes.md')],
    [
      'a file that becomes a symbolic link',
      ['RFC-001'],
      () => {
        rmSync(clone.at(RFC_1));
        symlinkSync('RFC-002-another.md', clone.at(RFC_1));
      },
    ],
    ['a file that becomes executable', ['RFC-002'], () => chmodSync(clone.at(RFC_2), 0o755)],
  ])('%s in a commit with --no-verify', async (_, ids, make) => {
    await make();
    await sneak(clone, {});
    await caught(...ids);
  });

  it('a change that a later commit takes back', async () => {
    await sneak(clone, { [RFC_1]: '# New\n' });
    await sneak(clone, { [RFC_1]: '# One\n' });
    await caught('RFC-001');
  });

  it('a change that a replacement object hides', async () => {
    const commit = await sneak(clone, { [RFC_1]: '# New\n' });
    const tree = await clone.git('rev-parse', 'HEAD~1^{tree}');
    const harmless = await clone.git('commit-tree', tree, '-p', 'HEAD~1', '-m', 'Harmless');
    await clone.git('replace', commit, harmless);
    await caught('RFC-001');
    await clone.git('replace', '-d', commit);
  });

  it('and says which commits it is about', async () => {
    const one = await sneak(clone, { [RFC_1]: '# New\n', 'README.md': '# New\n' });
    await sneak(clone, { 'README.md': '# Newer\n' });
    const two = await sneak(clone, { [RFC_1]: '# Newer\n' });
    const { stderr } = await push(clone);
    expect(stderr).toContain(`changed: ${RFC_1} (in ${two.slice(0, 10)}, ${one.slice(0, 10)})\n`);
  });

  it('and lets what was claimed and committed be pushed before it is given back', async () => {
    await claim(clone, 'RFC-002');
    clone.write({ [RFC_2]: '# New\n' });
    expectPassed(await commitAll(clone));
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/done']));
    await release(clone, 'RFC-002');
    await clone.git('push', '--quiet', 'origin', ':done');
    expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/done']), 'RFC-002');
  });

  /** What cherry-pick and revert say on success has nothing to do with us. */
  function quietly<T>(ran: T): T & { stderr: string } {
    return { ...ran, stderr: '' };
  }

  it('is the hook of the repository as it was installed', () => {
    const shipped = readFileSync(new URL('../../../hooks/hook.sh', import.meta.url), 'utf8');
    for (const hook of ['pre-commit', 'pre-merge-commit', 'pre-push']) {
      const [ours, theirs] = clone.read(`.git/hooks/${hook}`).split('# lazyspec-hooks: end.');
      expect(ours).toBe(shipped);
      expect(theirs?.trim().split('\n')).toHaveLength(1);
    }
  });
});
