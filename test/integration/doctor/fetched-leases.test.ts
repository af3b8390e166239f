/** Fetches that are configured to write where leases are: with --prune git removes what the remote lacks. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { claim } from '../hooks/guarded.ts';
import { examine } from './examined.ts';

const LOCAL = { ...DOCUMENTS, '.lazyspec.toml': '[coordination]\nremote = "."\n' };
const LEASES = 'refs/lazyspec/leases';

describe('a fetch that reaches the leases', () => {
  let sandbox: Sandbox;

  afterEach(() => sandbox.dispose());

  async function leases(clone: Clone): Promise<string> {
    return clone.git('for-each-ref', '--format=%(refname)', LEASES);
  }

  /** Runs the remedy of doctor as a person would paste it. */
  async function follow(clone: Clone, remedy = ''): Promise<void> {
    await clone.git('-c', `alias.remedy=!${remedy}`, 'remedy');
  }

  describe('where they are in this clone only', () => {
    let clone: Clone;

    beforeEach(async () => {
      sandbox = await Sandbox.create(LOCAL);
      const mirror = join(sandbox.folder, 'mirror.git');
      await sandbox.git(sandbox.folder, 'clone', '--quiet', '--mirror', sandbox.remote, mirror);
      clone = new Clone(sandbox, join(sandbox.folder, 'tree'));
      await sandbox.git(mirror, 'worktree', 'add', '--quiet', '-b', 'topic', clone.path);
    });

    it('is refused by install, and a failure of doctor, until its remedy keeps the leases', async () => {
      expect(await clone.hooks(['install'])).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(
          /git fetch --prune origin removes all leases: remote\.origin\.fetch = \+refs\/\*:refs\/\*\n +git config --add remote\.origin\.fetch '\^refs\/lazyspec\/\*'/,
        ),
      });
      const found = await examine(clone);
      expect(found.wrong).toContain('remote failed');
      await claim(clone, 'RFC-001');
      await follow(clone, found.of('remote')?.remedy);
      await clone.git('fetch', '--quiet', '--prune');
      expect(await leases(clone)).toBe(`${LEASES}/rfc/RFC-001`);
      expect((await clone.hooks(['install'])).status).toBe(0);
      expect((await examine(clone)).of('remote')?.message).not.toContain('--prune');
    });

    it('would remove them all, with --prune or fetch.prune', async () => {
      for (const args of [
        ['fetch', '--prune'],
        ['-c', 'fetch.prune=true', 'fetch'],
      ]) {
        await claim(clone, 'RFC-001');
        await clone.git(...args);
        expect(await leases(clone)).toBe('');
      }
    });

    it('lets an installation of packages go on, with a note', async () => {
      const env = { npm_lifecycle_event: 'prepare' };
      expect(await clone.hooks(['install'], { env })).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('git fetch --prune origin removes all leases'),
      });
    });
  });

  it.each([
    ['+refs/heads/*:refs/*', "--add remote.backup.fetch '^refs/heads/lazyspec/*'"],
    ['+refs/lazy*:refs/lazy*', "--add remote.backup.fetch '^refs/lazyspec/*'"],
    ['refs/lazyspec/*:refs/lazyspec/*', '--fixed-value --unset'],
    ['refs/heads/main:refs/lazyspec/leases/rfc/RFC-001', '--fixed-value --unset'],
  ])('is found in %s, and its remedy keeps the leases', async (spec, remedy) => {
    sandbox = await Sandbox.create(LOCAL);
    const clone = await sandbox.clone('agent-a');
    await clone.git('remote', 'add', 'backup', sandbox.remote);
    await clone.git('config', 'remote.backup.fetch', spec);
    const { of } = await examine(clone);
    expect(of('remote')).toMatchObject({
      state: 'failed',
      message: `git fetch --prune backup removes all leases: remote.backup.fetch = ${spec}`,
      remedy: expect.stringContaining(remedy),
    });
    await follow(clone, of('remote')?.remedy);
    await claim(clone, 'RFC-001');
    await clone.git('fetch', '--quiet', '--prune', 'backup');
    expect(await leases(clone)).toBe(`${LEASES}/rfc/RFC-001`);
    expect((await examine(clone)).of('remote')?.message).not.toContain('--prune');
  });

  it('of another remote is a warning where copies of leases are overwritten', async () => {
    sandbox = await Sandbox.create();
    const clone = await sandbox.clone('agent-a');
    await clone.git('remote', 'add', '--mirror=fetch', 'backup', sandbox.remote);
    expect((await examine(clone)).of('remote')).toMatchObject({
      state: 'warning',
      message:
        'git fetch --prune backup overwrites copies of leases: remote.backup.fetch = +refs/*:refs/*',
    });
  });

  it('is nothing to report of the remote that has the leases, and of branches', async () => {
    sandbox = await Sandbox.create();
    const clone = await sandbox.clone('agent-a');
    await clone.git('config', '--add', 'remote.origin.fetch', '+refs/lazyspec/*:refs/lazyspec/*');
    await clone.git('remote', 'add', 'backup', sandbox.remote);
    await clone.git('config', '--add', 'remote.backup.fetch', 'refs/tags/*:refs/tags/*');
    expect((await examine(clone)).of('remote')?.state).toBe('ok');
  });
});
