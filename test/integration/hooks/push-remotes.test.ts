import { renameSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { gitDaemon } from '../../helpers/remotes.ts';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  expectPassed,
  expectRefused,
  guardedClone,
  install,
  push,
  RFC_1,
  RFC_2,
  release,
  setRules,
  sneak,
  startOver,
} from './guarded.ts';

describe('the remote of a push', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  /** Another clone, past every hook: what it pushes is somebody else's affair. */
  let other: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    other = await sandbox.clone('agent-b');
  });
  afterEach(async () => {
    for (const name of (await clone.git('remote')).split('\n')) {
      if (name !== 'origin') await clone.git('remote', 'remove', name);
    }
    await clone.git('fetch', '--quiet', '--prune', 'origin');
    await startOver(clone);
  });
  afterAll(() => sandbox.dispose());

  let number = 0;
  async function bare(...from: string[]): Promise<string> {
    const path = join(sandbox.folder, `remote ${++number}.git`);
    if (from.length > 0) await sandbox.git(sandbox.folder, 'clone', '-q', '--bare', ...from, path);
    else await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', path);
    return path;
  }

  /** What agent-b changes and pushes to the shared remote. */
  async function theirsOnMain(): Promise<void> {
    await other.git('pull', '--quiet', '--ff-only', 'origin', 'main');
    await sneak(other, { [RFC_1]: `# Theirs ${++number}\n` });
    await other.git('push', '--quiet', 'origin', 'HEAD:main');
  }

  /** How the hook asks the remote, told from git's calls. */
  function questions(calls: string[]): string[] {
    return calls.filter((call) => /fetch|ls-remote/.test(call));
  }

  describe('given as an address', () => {
    it('is that of the configured remote which has this address', async () => {
      const { env, calls } = sandbox.countingGit();
      await theirsOnMain();
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      const input = `HEAD ${await clone.git('rev-parse', 'HEAD')} refs/heads/x ${'0'.repeat(40)}\n`;
      for (const address of [sandbox.remote, `${sandbox.remote}/`, `file://${sandbox.remote}`]) {
        expectPassed(await clone.hooks(['run', 'pre-push', address, address], { env, input }));
      }
      expect(questions(calls())).toEqual([]);
      await sneak(clone, { [RFC_1]: '# New\n' });
      expectRefused(await push(clone, [sandbox.remote, 'HEAD:refs/heads/x']), 'RFC-001');
    });

    it('is that of a configured remote also where it is spelt in another way', async () => {
      const fork = await bare(sandbox.remote);
      await clone.git('remote', 'add', 'fork', `file://${fork}/`);
      const commit = await sneak(clone, { [RFC_1]: '# On the fork\n' });
      await clone.git('push', '--quiet', '--no-verify', 'fork', 'HEAD:main');
      const { env, calls } = sandbox.countingGit();
      const input = `HEAD ${commit} refs/heads/x ${'0'.repeat(40)}\n`;
      expectPassed(await clone.hooks(['run', 'pre-push', fork, fork], { env, input }));
      expect(questions(calls())).toEqual([]);
    });

    it('may be relative', async () => {
      await sneak(clone, { [RFC_1]: '# New\n' });
      const beside = relative(clone.path, sandbox.remote);
      expectRefused(await push(clone, [beside, 'HEAD:refs/heads/x']), 'RFC-001');
    });

    it('may look like an option of ours', async () => {
      const remotes = ['-q', '--json', '-C', '--', '--help'];
      for (const name of remotes) {
        const ran = await clone.hooks(['run', 'pre-push', name, name], { input: '' });
        expect([name, ran]).toEqual([name, expect.objectContaining({ status: 0, stdout: '' })]);
        const quiet = await clone.hooks(['--quiet', 'run', 'pre-push', name, name]);
        expect([name, quiet]).toEqual([name, expect.objectContaining({ status: 0, stdout: '' })]);
      }
    });
  });

  describe('has commits already', () => {
    it('that its tracking refs here are too old to show: it is asked, before a refusal', async () => {
      await theirsOnMain();
      await clone.git('fetch', '--quiet', sandbox.remote, 'main');
      await clone.git('merge', '--quiet', 'FETCH_HEAD');
      await clone.git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
      expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/again']));
      await sneak(clone, { [RFC_2]: '# Ours\n' });
      expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/again2']), 'RFC-002');
      await clone.git('push', '--quiet', 'origin', ':again');
    });

    it('which are left out of the refusal of others', async () => {
      const copy = await bare(sandbox.remote);
      await theirsOnMain();
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      await clone.git('push', '--quiet', '--no-verify', copy, 'HEAD:refs/heads/main');
      await clone.git('remote', 'set-url', 'origin', copy);
      await clone.git('update-ref', '-d', 'refs/remotes/origin/main');
      await sneak(clone, { [RFC_2]: '# Ours\n' });
      const ran = await push(clone, [copy, 'HEAD:refs/heads/x']);
      await clone.git('remote', 'set-url', 'origin', sandbox.remote);
      expectRefused(ran, 'RFC-002');
    });

    it('under refs that are no branches (a pull request that is merged here)', async () => {
      await other.git('checkout', '--quiet', '-B', 'request', 'origin/main');
      await sneak(other, { [RFC_2]: '# Theirs\n' });
      await other.git('push', '--quiet', 'origin', 'HEAD:refs/pull/1/head');
      await other.git('checkout', '--quiet', 'main');
      await sneak(clone, { 'README.md': `# ${++number}\n` });
      await clone.git('fetch', '--quiet', 'origin', 'refs/pull/1/head');
      await clone.git('merge', '--quiet', '--no-edit', 'FETCH_HEAD');
      expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/merged']));
      await clone.git('push', '--quiet', 'origin', ':merged');
    });

    it('but a lease is none of them, and neither is what it lacks', async () => {
      const commit = await sneak(clone, { [RFC_2]: '# Ours\n' });
      const lease = 'refs/lazyspec/leases/story/STORY-042';
      await clone.git('push', '--quiet', '--no-verify', 'origin', `${commit}:${lease}`);
      expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/x']), 'RFC-002');
      await clone.git('push', '--quiet', '--no-verify', 'origin', `:${lease}`);
    });

    it('which it has just said itself: no need to ask', async () => {
      await theirsOnMain();
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      const [before, after] = [
        await clone.git('rev-parse', 'HEAD'),
        await sneak(clone, { 'README.md': `# ${++number}\n` }),
      ];
      await clone.git('update-ref', 'refs/remotes/origin/main', 'HEAD~2');
      const { env, calls } = sandbox.countingGit();
      const input = `HEAD ${after} refs/heads/main ${before}\n`;
      const args = ['run', 'pre-push', 'origin', sandbox.remote];
      expectPassed(await clone.hooks(args, { env, input }));
      expect(questions(calls())).toEqual([]);
    });

    it('and is not asked where all is claimed, or nothing governed is pushed', async () => {
      const { env, calls } = sandbox.countingGit();
      await claim(clone, 'RFC-001');
      const commit = await sneak(clone, { [RFC_1]: '# Ours\n' });
      const input = `HEAD ${commit} refs/heads/x ${'0'.repeat(40)}\n`;
      const args = ['run', 'pre-push', 'origin', sandbox.remote];
      expectPassed(await clone.hooks(args, { env, input }));
      expect(questions(calls())).toEqual(['fetch']);
      await release(clone, 'RFC-001');
      expectRefused(await clone.hooks(args, { env, input }), 'RFC-001');
      expect(questions(calls())).toEqual(['fetch', 'fetch', 'ls-remote']);
    });

    it('and refuses where it cannot be asked', async () => {
      const commit = await sneak(clone, { [RFC_1]: '# Ours\n' });
      const input = `HEAD ${commit} refs/heads/x ${'0'.repeat(40)}\n`;
      const args = ['run', 'pre-push', 'nowhere', '/nowhere/at/all'];
      expectRefused(await clone.hooks(args, { input }), 'RFC-001');
      // A manager that hands no arguments through: then nothing can be asked.
      expectRefused(await clone.hooks(['run', 'pre-push'], { input }), 'RFC-001');
    });

    it('over the network as well', async () => {
      const address = await gitDaemon(sandbox);
      await theirsOnMain();
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      await clone.git('update-ref', '-d', 'refs/remotes/origin/main');
      await clone.git('update-ref', '-d', 'refs/remotes/origin/HEAD');
      expectPassed(await push(clone, [address, 'HEAD:refs/heads/over-the-network']));
      await clone.git('push', '--quiet', 'origin', ':over-the-network');
    });
  });

  describe('is another than the one that coordinates', () => {
    it('and what the one that coordinates has accepted is not asked about again', async () => {
      const fork = await bare(sandbox.remote);
      await clone.git('remote', 'add', 'fork', fork);
      await theirsOnMain();
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      const { env, calls } = sandbox.countingGit();
      expectPassed(await push(clone, ['fork', 'HEAD:main'], { env }));
      expect(questions(calls())).toEqual([]);

      await sneak(clone, { [RFC_2]: '# Ours\n' });
      expectRefused(await push(clone, ['fork', 'HEAD:main']), 'RFC-002');
    });

    it('and the leases are those of the one that coordinates', async () => {
      const fork = await bare(sandbox.remote);
      await clone.git('remote', 'add', 'fork', fork);
      await sneak(clone, { [RFC_2]: '# Ours\n' });
      await clone.git(
        'push',
        '--quiet',
        '--no-verify',
        'fork',
        'HEAD:refs/lazyspec/leases/rfc/RFC-002',
      );
      expectRefused(await push(clone, ['fork', 'HEAD:main']), 'RFC-002');
      await claim(clone, 'RFC-002');
      expectPassed(await push(clone, ['fork', 'HEAD:main']));
      await release(clone, 'RFC-002');
      // What the fork has is nothing that the shared remote has accepted.
      await clone.git('fetch', '--quiet', 'fork');
      expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/x']), 'RFC-002');
    });

    it('and another remote has its tracking refs below those of the one that is pushed to', async () => {
      const fork = await bare(sandbox.remote);
      await clone.git('config', 'remote.origin/fork.url', fork);
      await clone.git(
        'config',
        'remote.origin/fork.fetch',
        '+refs/heads/*:refs/remotes/origin/fork/*',
      );
      await sneak(clone, { [RFC_2]: '# Ours\n' });
      await clone.git('push', '--quiet', '--no-verify', 'origin/fork', 'HEAD:main');
      expect(await clone.git('rev-parse', 'refs/remotes/origin/fork/main')).toBe(
        await clone.git('rev-parse', 'HEAD'),
      );
      expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/x']), 'RFC-002');
    });

    it('and this clone itself coordinates', async () => {
      await setRules(sandbox, '[coordination]\nremote = "."\n');
      await clone.git('pull', '--quiet', '--ff-only', 'origin', 'main');
      await sneak(clone, { [RFC_2]: '# Ours\n' });
      expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/x']), 'RFC-002');
      await claim(clone, 'RFC-002');
      expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/x']));
      await release(clone, 'RFC-002');
      await clone.git('push', '--quiet', 'origin', ':x');
      await setRules(sandbox, '[coordination]\nremote = "origin"\n');
    });
  });

  it.each(['without rules', 'with rules of its own'])(
    'may be that of another project %s, to which a subtree is pushed',
    async (which) => {
      const theirs = await bare();
      const seed = new Clone(sandbox, join(sandbox.folder, `other-project-${++number}`));
      await sandbox.git(sandbox.folder, 'init', '--quiet', seed.path);
      const rules = which === 'without rules' ? {} : { '.lazyspec.toml': '[coordination]\n' };
      await sneak(seed, { ...rules, [RFC_1]: '# Of the other project\n' });
      await seed.git('push', '--quiet', theirs, 'HEAD:main');
      await clone.git('fetch', '--quiet', theirs, 'main');
      const foreign = await clone.git('rev-parse', 'FETCH_HEAD');
      await clone.git('checkout', '--quiet', '--detach', foreign);
      await sneak(clone, { [RFC_1]: '# Changed in the subtree\n' });
      expectPassed(await push(clone, [theirs, 'HEAD:refs/heads/main']));
      await sneak(clone, { [RFC_1]: '# And again\n' });
      expectPassed(await push(clone, [theirs, 'HEAD:refs/heads/new']));
      // To the remote with the leases it is a change of this project.
      const refused = await push(clone, ['origin', 'HEAD:refs/heads/subtree']);
      expectRefused(refused, 'RFC-001');
      await clone.git('checkout', '--quiet', 'main');
    },
  );

  it('may be empty: then all of the history is new', async () => {
    const empty = await bare();
    const fresh = await sandbox.clone(`fresh-${++number}`);
    await fresh.git('remote', 'rename', 'origin', 'old');
    await fresh.git('remote', 'add', 'origin', empty);
    await fresh.git('update-ref', '-d', 'refs/remotes/old/main');
    await install(fresh);
    // Every document is a created one, as in a first commit: any lease will do.
    const ran = await push(fresh, ['origin', 'HEAD']);
    expect(ran.stderr).toContain('3 documents were refused');
    await claim(fresh, 'STORY-042');
    await sneak(fresh, { 'docs/rfcs/RFC-060-new.md': '# New\n' });
    expectPassed(await push(fresh, ['origin', 'HEAD']));
    await release(fresh, 'STORY-042');
  });

  it('may be gone: the push is refused where documents would have to be asked about', async () => {
    await sneak(clone, { [RFC_1]: '# Ours\n' });
    const fork = await bare(sandbox.remote);
    renameSync(sandbox.remote, `${sandbox.remote}.away`);
    const ran = await push(clone, [fork, 'HEAD:refs/heads/x']);
    renameSync(`${sandbox.remote}.away`, sandbox.remote);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("'origin' has no repository at its address");
  });
});
