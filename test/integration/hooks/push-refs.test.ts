import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { leaseOf, plant } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  expectPassed,
  expectRefused,
  guardedClone,
  push,
  RFC_1,
  RFC_2,
  release,
  STORY,
  setRules,
  sneak,
  startOver,
} from './guarded.ts';

describe('the refs of a push', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let begun: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    begun = await clone.git('rev-parse', 'origin/main');
  });
  afterEach(async () => {
    await startOver(clone);
    await clone.git('checkout', '--quiet', '--detach', begun);
    for (const ref of await refsOf(clone.path)) {
      if (/^refs\/(heads|tags)\//.test(ref)) await clone.git('update-ref', '-d', ref);
    }
    for (const ref of await refsOf(sandbox.remote)) {
      if (ref !== 'refs/heads/main') await sandbox.git(sandbox.remote, 'update-ref', '-d', ref);
    }
    await sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', begun);
    await clone.git('fetch', '--quiet', '--prune', 'origin');
    await clone.git('checkout', '--quiet', '-b', 'main', begun);
    await clone.git('branch', '--quiet', '--set-upstream-to=origin/main');
  });
  afterAll(() => sandbox.dispose());

  async function refsOf(folder: string): Promise<string[]> {
    const refs = await sandbox.git(folder, 'for-each-ref', '--format=%(refname)');
    return refs.split('\n').filter(Boolean);
  }

  /** A branch of one commit that changes one file. */
  async function branch(name: string, path: string): Promise<string> {
    await clone.git('checkout', '--quiet', '-b', name, begun);
    return sneak(clone, { [path]: `# ${name}\n` }, name);
  }

  it('are all judged, whichever comes first, and none is pushed then', async () => {
    await branch('one', 'README.md');
    await branch('two', RFC_1);
    await branch('three', RFC_2);
    const before = await refsOf(sandbox.remote);
    for (const order of [
      ['one', 'two', 'three'],
      ['three', 'two', 'one'],
    ]) {
      expectRefused(await push(clone, ['origin', ...order]), 'RFC-001', 'RFC-002');
      expectRefused(await push(clone, ['--atomic', 'origin', ...order]), 'RFC-001', 'RFC-002');
    }
    expectRefused(await push(clone, ['origin', 'one', 'three']), 'RFC-002');
    expectPassed(await push(clone, ['origin', 'one']));
    expectRefused(await push(clone, ['--all', 'origin']), 'RFC-001', 'RFC-002');
    expect(await refsOf(sandbox.remote)).toEqual([...before, 'refs/heads/one'].sort());

    await claim(clone, 'RFC-001', 'RFC-002');
    expectPassed(await push(clone, ['--atomic', '--all', 'origin']));
    await release(clone, 'RFC-001', 'RFC-002');
  });

  it('ask the remote for leases once, however many they are', async () => {
    await branch('one', RFC_1);
    await branch('two', RFC_2);
    await claim(clone, 'RFC-001', 'RFC-002');
    const { env, calls } = sandbox.countingGit();
    const lines = ['one', 'two'].map(async (name) => {
      return `${name} ${await clone.git('rev-parse', name)} refs/heads/${name} ${'0'.repeat(40)}\n`;
    });
    const input = (await Promise.all(lines)).join('');
    const ran = await clone.hooks(['run', 'pre-push', 'origin', sandbox.remote], { env, input });
    expectPassed(ran);
    expect(calls().filter((call) => /fetch|ls-remote|push|pull/.test(call))).toEqual(['fetch']);
    expect(calls().filter((call) => /rev-list|diff-tree/.test(call))).toEqual([
      'rev-list',
      'diff-tree',
    ]);
    await release(clone, 'RFC-001', 'RFC-002');
  });

  it('are judged where the branch is new, and what is on another branch there is not', async () => {
    await branch('one', RFC_1);
    expectRefused(await push(clone, ['origin', 'one']), 'RFC-001');
    expectPassed(await push(clone, ['--no-verify', 'origin', 'one']));
    await clone.git('checkout', '--quiet', '-b', 'more');
    await sneak(clone, { 'README.md': '# More\n' });
    expectPassed(await push(clone, ['origin', 'more']));
  });

  it('may be deleted by anybody', async () => {
    await branch('one', RFC_1);
    await push(clone, ['--no-verify', 'origin', 'one']);
    expectPassed(await push(clone, ['origin', ':one']));
    expect(await refsOf(sandbox.remote)).not.toContain('refs/heads/one');
  });

  it('may be renamed by anybody, and only what is new there is judged', async () => {
    await branch('one', RFC_1);
    await push(clone, ['--no-verify', 'origin', 'one']);
    await clone.git('update-ref', '-d', 'refs/remotes/origin/one');
    expectPassed(await push(clone, ['origin', ':one', 'one:renamed']));
    await sneak(clone, { [RFC_2]: '# New\n' });
    expectRefused(await push(clone, ['origin', ':renamed', 'one:again']), 'RFC-002');
  });

  it('are judged where they are forced, by the new commits and by what is gone', async () => {
    const old = await branch('one', RFC_1);
    await push(clone, ['--no-verify', 'origin', 'one']);
    await clone.git('reset', '--quiet', '--hard', begun);
    await sneak(clone, { [RFC_2]: '# New\n' });
    expectRefused(await push(clone, ['--force', 'origin', 'one']), 'RFC-001', 'RFC-002');
    expectRefused(await push(clone, ['origin', '+one']), 'RFC-001', 'RFC-002');
    await claim(clone, 'RFC-001', 'RFC-002');
    expectPassed(await push(clone, ['--force-with-lease', 'origin', 'one']));
    await release(clone, 'RFC-001', 'RFC-002');
    // Back to what the remote had a moment ago: it is not there any more.
    await clone.git('reset', '--quiet', '--hard', old);
    expectRefused(await push(clone, ['--force', 'origin', 'one']), 'RFC-001', 'RFC-002');
  });

  it('are judged where the remote is at a commit that this clone does not know', async () => {
    const other = await sandbox.clone(`other-${Math.random().toString(36).slice(2)}`);
    await sneak(other, { 'README.md': '# Theirs\n' });
    await other.git('push', '--quiet', 'origin', 'HEAD:main');
    await sneak(clone, { 'README.md': '# Ours\n' });
    expectPassed(await push(clone, ['--force', 'origin', 'main']));
    await sneak(other, { 'README.md': '# Theirs again\n' });
    await other.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
    await sneak(clone, { [RFC_1]: '# Ours\n' });
    expectRefused(await push(clone, ['--force', 'origin', 'main']), 'RFC-001');
  });

  describe('that are tags', () => {
    it.each([
      ['light', ['tag', 'v1']],
      ['annotated', ['tag', '--annotate', '--message', 'One', 'v1']],
    ])('bring commits as branches do (%s)', async (_, tag) => {
      await branch('one', RFC_1);
      await clone.git(...tag);
      expectRefused(await push(clone, ['origin', 'v1']), 'RFC-001');
      expectRefused(await push(clone, ['--tags', 'origin']), 'RFC-001');
      await push(clone, ['--no-verify', 'origin', 'one']);
      expectPassed(await push(clone, ['origin', 'v1']));
    });

    it('are peeled, however many tags are around the commit', async () => {
      await branch('one', RFC_1);
      await clone.git('tag', '--annotate', '--message', 'Inner', 'inner');
      await clone.git('tag', '--annotate', '--message', 'Outer', 'outer', 'inner');
      expectRefused(await push(clone, ['origin', 'outer']), 'RFC-001');
    });

    it('follow a branch, and are judged with it', async () => {
      await branch('one', RFC_1);
      await clone.git('tag', '--annotate', '--message', 'Side', 'side');
      await clone.git('checkout', '--quiet', 'main');
      await clone.git('merge', '--quiet', '--no-ff', '--no-verify', '--message', 'm', 'one');
      expectRefused(await push(clone, ['--follow-tags', 'origin', 'main']), 'RFC-001');
    });

    it('of blobs and trees bring no commits', async () => {
      await clone.git('tag', 'blob', `HEAD:${RFC_1}`);
      await clone.git('tag', '--annotate', '--message', 'Tree', 'tree', 'HEAD:docs');
      expectPassed(await push(clone, ['origin', 'blob', 'tree']));
      await branch('one', RFC_1);
      expectRefused(await push(clone, ['--all', '--follow-tags', 'origin']), 'RFC-001');
      expectRefused(await push(clone, ['origin', 'blob:refs/tags/again', 'one']), 'RFC-001');
    });
  });

  it('may be called by words with spaces in them, and by several lines', async () => {
    await sneak(clone, { [RFC_1]: '# New\n' }, 'Say  some words');
    await sneak(clone, { [RFC_2]: '# New\n' }, 'First line\n\nlast line');
    const words = ['origin', 'HEAD^{/Say  some words}:refs/heads/x'];
    expectRefused(await push(clone, words), 'RFC-001');
    const lines = ['origin', 'HEAD^{/First line\n\nlast}:refs/heads/y'];
    expectRefused(await push(clone, lines), 'RFC-001', 'RFC-002');
    expectRefused(await push(clone, ['origin', '@{0}:refs/heads/z']), 'RFC-001', 'RFC-002');
  });

  it('may be any, and none of them escapes', async () => {
    await branch('one', STORY);
    for (const name of ['refs/for/main', 'refs/notes/x', 'refs/changes/1', 'refs/lazyspecs/x']) {
      expectRefused(await push(clone, ['origin', `one:${name}`]), 'STORY-042');
    }
  });

  describe('that are leases', () => {
    const LEASE = 'refs/lazyspec/leases/rfc/RFC-001';
    const denied = {
      status: 1,
      stderr: expect.stringContaining("would change leases on 'origin'"),
    };

    it('are not moved by a mirror, which would delete those of others and bring old ones back', async () => {
      await plant(sandbox, { content: leaseOf('agent-b') });
      const before = await refsOf(sandbox.remote);
      // git does not tell its hook what a mirror deletes.
      const alias = ['-c', 'alias.all=push --mirror', 'all'];
      for (const args of [['push', '--mirror'], ['push', '--mir'], alias]) {
        const ran = await clone.tryGit([...args, sandbox.remote]);
        expect(ran).toMatchObject(denied);
        expect(ran.stderr).toContain('a mirror deletes all leases');
        expect(ran.stderr).toContain('git push origin --all && git push origin --tags');
      }
      await clone.git('config', 'remote.origin.mirror', 'true');
      const configured = await push(clone, ['origin']);
      await clone.git('config', '--unset', 'remote.origin.mirror');
      expect(configured).toMatchObject(denied);
      expect(configured.stderr).toContain('git config --unset remote.origin.mirror');
      expect(await refsOf(sandbox.remote)).toEqual(before);
    });

    it('do not keep a remote from being pushed to whose mirror setting is off', async () => {
      await branch('unmirrored', 'README.md');
      for (const off of ['false', 'no', '0', '']) {
        await clone.git('config', 'remote.origin.mirror', off);
        const ran = await push(clone, ['origin', 'unmirrored']);
        await clone.git('config', '--unset', 'remote.origin.mirror');
        expectPassed(ran);
        await clone.git('push', '--quiet', '--no-verify', 'origin', ':unmirrored');
      }
    });

    it('are not deleted, or moved beside a branch', async () => {
      const lease = await plant(sandbox, { content: leaseOf('agent-b') });
      expect(await push(clone, ['origin', `:${LEASE}`])).toMatchObject(denied);
      await branch('one', 'README.md');
      expect(await push(clone, ['origin', 'one', `one:${LEASE}-x`])).toMatchObject(denied);
      expect(await push(clone, ['origin', `+one:${LEASE}`])).toMatchObject(denied);
      expect(await sandbox.git(sandbox.remote, 'rev-parse', LEASE)).toBe(lease);
    });

    it('may be moved one at a time by another program that knows what is there', async () => {
      const lease = await plant(sandbox, { content: leaseOf('agent-a') });
      await clone.git('fetch', '--quiet', 'origin', `+${LEASE}:${LEASE}`);
      const tree = await clone.git('rev-parse', `${LEASE}^{tree}`);
      const next = await clone.git('commit-tree', tree, '-p', lease, '-m', 'renewed');
      await clone.git('update-ref', LEASE, next);
      expectPassed(await push(clone, [`--force-with-lease=${LEASE}:${lease}`, 'origin', LEASE]));
      expectPassed(await push(clone, ['origin', `:${LEASE}`]));
      expectPassed(await push(clone, ['origin', LEASE]));
    });

    it('may go to another remote, where nobody asks for them', async () => {
      const backup = join(sandbox.folder, 'backup.git');
      await sandbox.git(sandbox.folder, 'clone', '--quiet', '--mirror', sandbox.remote, backup);
      await plant(sandbox, { content: leaseOf('agent-b') });
      await clone.git('fetch', '--quiet', 'origin', `+${LEASE}:${LEASE}`);
      expectPassed(await push(clone, ['--mirror', backup]));
      expect(await refsOf(backup)).toContain(LEASE);
      await clone.git('update-ref', '-d', LEASE);
    });
  });

  it('may be all of them, in a mirror', async () => {
    const mirror = join(sandbox.folder, 'mirror.git');
    await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', mirror);
    await clone.git('remote', 'add', '--mirror=push', 'mirror', mirror);
    await branch('one', RFC_1);
    expectRefused(await push(clone, ['mirror']), 'RFC-001');
    expectRefused(await push(clone, ['--mirror', mirror]), 'RFC-001');
    await clone.git('checkout', '--quiet', 'main');
    await clone.git('branch', '--quiet', '-D', 'one');
    expectPassed(await push(clone, ['mirror']));
    await clone.git('remote', 'remove', 'mirror');
  });

  it('are not asked about with push --no-verify', async () => {
    await branch('one', RFC_1);
    expectPassed(await push(clone, ['--no-verify', 'origin', 'one']));
  });

  it('are none where everything is up to date, which passes', async () => {
    expectPassed(await push(clone, ['origin', 'main']));
    expectPassed(await clone.hooks(['run', 'pre-push', 'origin', sandbox.remote]));
  });

  it('pass once with LAZYSPEC_HOOKS=0', async () => {
    await branch('one', RFC_1);
    expectRefused(
      await push(clone, ['origin', 'one'], { env: { LAZYSPEC_HOOKS: '1' } }),
      'RFC-001',
    );
    expectPassed(await push(clone, ['origin', 'one'], { env: { LAZYSPEC_HOOKS: '0' } }));
  });

  it('pass where what they start from has no [coordination], and no remote is asked', async () => {
    await setRules(sandbox, '');
    await clone.git('fetch', '--quiet', 'origin');
    const commit = await branch('one', RFC_1);
    const { env, calls } = sandbox.countingGit();
    const input = `refs/heads/one ${commit} refs/heads/one ${'0'.repeat(40)}\n`;
    const args = ['run', 'pre-push', 'origin', sandbox.remote];
    expectPassed(await clone.hooks(args, { env, input }));
    expect(calls().filter((call) => /fetch|ls-remote|rev-list/.test(call))).toEqual([]);
    expectPassed(await push(clone, ['origin', 'one']));
  });

  it('are judged by the rules on the remote, also where the work tree has none', async () => {
    await branch('one', RFC_1);
    await clone.git('checkout', '--quiet', '--orphan', 'pages');
    await clone.git('rm', '--quiet', '-r', '--force', '.');
    await sneak(clone, { 'index.html': 'page' });
    expectRefused(await push(clone, ['--all', 'origin']), 'RFC-001');
    expectPassed(await push(clone, ['origin', 'pages']));
    await clone.git('checkout', '--quiet', '--force', 'main');
    await clone.git('rm', '--quiet', '.lazyspec.toml');
    await sneak(clone, { [RFC_2]: '# New\n' });
    expectRefused(await push(clone, ['origin', 'main']), 'RFC-002');
    expectRefused(await push(clone, ['origin', 'main:refs/heads/new']), 'RFC-002');
  });

  it('are judged each by the rules that it starts from', async () => {
    await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:free');
    await setRules(sandbox, '', 'free');
    await clone.git('fetch', '--quiet', 'origin');
    await clone.git('checkout', '--quiet', '-b', 'free', 'origin/free');
    await sneak(clone, { [RFC_2]: '# New\n' });
    await branch('one', RFC_1);
    expectRefused(await push(clone, ['origin', 'free', 'one']), 'RFC-001');
    expectPassed(await push(clone, ['origin', 'free']));
  });

  it('are refused where stdin does not say which they are', async () => {
    const args = ['run', 'pre-push', 'origin', sandbox.remote];
    const ran = await clone.hooks(args, { input: 'refs/heads/main\n' });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('on stdin') });
  });

  it('are waited for no longer once somebody interrupts', async () => {
    const { env, calls } = sandbox.countingGit();
    const child = spawn(process.execPath, [HOOKS, 'run', 'pre-push', 'origin', sandbox.remote], {
      cwd: clone.path,
      env: { ...sandbox.env, ...env },
      stdio: 'pipe',
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    while (calls().length === 0) await sleep(20);
    await sleep(500); // it has asked git for the configuration, and reads stdin now
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});
