/** Disks that are full or may not be written, objects that are damaged, repositories that are gone. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001, remoteLease } from '../../../helpers/leases.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leasesOn, untruths } from './honest.ts';

const isRoot = process.getuid?.() === 0;
const mounts = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
if (!mounts) process.stderr.write('skipped: full disks: only root can mount one\n');

describe('storage that fails', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  async function expectHonest(args: string[], status: number, code: string): Promise<string> {
    const before = await leasesOn(sandbox);
    const ran = await clone.lease([...args, '--json']);
    const after = await leasesOn(sandbox);
    expect(untruths(ran, { before, after, done: false })).toEqual([]);
    const { error } = JSON.parse(ran.stdout);
    expect({ status: ran.status, code: error.code, stdout: ran.stdout }).toMatchObject({
      ...{ status, code },
    });
    return ran.stdout;
  }

  /** A small disk in place of a folder, with what the folder held. */
  function smallDisk(folder: string): { fill: () => void; free: () => void } {
    const kept = `${folder}.kept`;
    renameSync(folder, kept);
    mkdirSync(folder);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
    expect(mounted.status).toBe(0);
    sandbox.onDispose(() => spawnSync('umount', ['--lazy', folder]));
    expect(spawnSync('cp', ['-a', `${kept}/.`, folder]).status).toBe(0);
    const ballast = join(folder, 'ballast');
    return {
      fill: () => spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k']),
      free: () => rmSync(ballast),
    };
  }

  describe.each([
    ['killed for it', 'ulimit -f 0'],
    ['told of it', "trap '' XFSZ; ulimit -f 0"],
  ])('on a server that may write no file, and is %s', (_, limit) => {
    it('refuses, and takes the lease once there is space', async () => {
      const script = join(sandbox.folder, 'receive');
      writeFileSync(script, `#!/bin/sh\n${limit}\nexec git-receive-pack "$@"\n`);
      chmodSync(script, 0o755);
      await clone.git('config', 'remote.origin.receivepack', `'${script}'`);
      await expectHonest(['claim', 'RFC-001'], 1, 'REMOTE_REFUSED');
      await clone.git('config', '--unset', 'remote.origin.receivepack');
      expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    });
  });

  (mounts ? it : it.skip)('on a server whose disk is full is told as it is', async () => {
    const disk = smallDisk(sandbox.remote);
    await plant(sandbox, { content: leaseOf('agent-a') });
    await clone.lease(['leases']);
    disk.fill();
    await expectHonest(['claim', 'RFC-002'], 1, 'REMOTE_REFUSED');
    await expectHonest(['heartbeat', 'RFC-001'], 1, 'REMOTE_REFUSED');
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    disk.free();
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
  });

  (mounts ? it : it.skip)('in a clone whose disk is full changes nothing', async () => {
    const disk = smallDisk(clone.at('.git'));
    await clone.lease(['claim', 'RFC-001']);
    disk.fill();
    await expectHonest(['claim', 'RFC-002'], 3, 'GIT_FAILED');
    await expectHonest(['heartbeat', 'RFC-001'], 3, 'GIT_FAILED');
    disk.free();
    expect((await clone.lease(['claim', 'RFC-002'])).status).toBe(0);
  });

  (mounts ? it : it.skip)('where only our own notes cannot be written is a warning', async () => {
    mkdirSync(clone.at('.git/lazyspec'), { recursive: true });
    const disk = smallDisk(clone.at('.git/lazyspec'));
    disk.fill();
    const expired = leaseOf('agent-b', 9000);
    await plant(sandbox, { content: expired, committed: now() - 9000 });
    const ran = await clone.lease(['claim', 'RFC-001', '--force']);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('warning: what was seen of the leases could not be noted');
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
  });

  (isRoot ? it : it.skip)('on a server that may only be read refuses every write', async () => {
    await plant(sandbox, { content: leaseOf('agent-a') });
    chmodSync(sandbox.folder, 0o755);
    chmodSync(sandbox.home, 0o755);
    await sandbox.git(sandbox.folder, 'config', '--global', 'safe.directory', '*');
    const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups git-receive-pack';
    await clone.git('config', 'remote.origin.receivepack', nobody);
    const told = await expectHonest(['heartbeat', 'RFC-001'], 1, 'REMOTE_REFUSED');
    expect(told).toContain('unable to create temporary object directory');
    await expectHonest(['release', 'RFC-001'], 1, 'REMOTE_REFUSED');
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    await clone.git('config', '--unset', 'remote.origin.receivepack');
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
  });

  it.each(['heartbeat', 'gate'])(
    'with a damaged lease on the server makes %s name what is damaged',
    async (command) => {
      const commit = await plant(sandbox, { content: leaseOf('agent-a') });
      const blob = await sandbox.git(sandbox.remote, 'rev-parse', `${commit}:lease.json`);
      const file = join(sandbox.remote, 'objects', blob.slice(0, 2), blob.slice(2));
      chmodSync(file, 0o644);
      writeFileSync(file, 'damaged');
      const told = await expectHonest([command, 'RFC-001'], 3, 'GIT_FAILED');
      expect(told).toContain(blob);
      await plant(sandbox, { content: { ...leaseOf('agent-a'), note: 'written again' } });
      expect((await clone.lease([command, 'RFC-001'])).status).toBe(0);
    },
  );

  it.each([
    ['gone', () => {}],
    ['no repository any more', (path: string) => mkdirSync(path)],
    ['a file', (path: string) => writeFileSync(path, '')],
  ])('where the remote is %s since the last call', async (_, replace) => {
    await clone.lease(['claim', 'RFC-001']);
    const before = await remoteLease(sandbox);
    renameSync(sandbox.remote, `${sandbox.remote}.away`);
    replace(sandbox.remote);
    for (const command of ['heartbeat', 'release', 'gate', 'claim']) {
      const { error } = await clone.json([command, 'RFC-001']);
      expect({ command, code: error.code }).toEqual({ command, code: 'REMOTE_NOT_FOUND' });
      expect(error.remedy).toContain('git remote -v');
    }
    rmSync(sandbox.remote, { recursive: true, force: true });
    renameSync(`${sandbox.remote}.away`, sandbox.remote);
    expect(await remoteLease(sandbox)).toBe(before);
    expect(await clone.git('for-each-ref', '--format=%(objectname)', RFC_001)).toBe(before);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
  });
});
