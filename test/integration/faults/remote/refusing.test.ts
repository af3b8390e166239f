/** Hooks of the server that refuse or fail, and one that refuses half a batch. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { gitDaemon } from '../../../helpers/remotes.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leasesOn } from './honest.ts';

const HOOKS = ['update', 'pre-receive', 'post-receive', 'post-update', 'reference-transaction'];
const TWO = ['claim', 'RFC-001', 'RFC-002', '--json'];

describe('a server with a hook that', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await clone.git('remote', 'set-url', 'origin', await gitDaemon(sandbox));
    await sandbox.git(sandbox.remote, 'config', 'receive.advertiseAtomic', 'true');
  });
  afterEach(async () => {
    for (const hook of HOOKS) rmSync(join(sandbox.remote, 'hooks', hook), { force: true });
    await clone.lease(['release', '--all']);
    expect(await leasesOn(sandbox)).toBe('');
  });
  afterAll(() => sandbox.dispose());

  function hook(name: string, script: string): void {
    const path = join(sandbox.remote, 'hooks', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  it.each(['RFC-001', 'RFC-002'])('refuses %s alone: neither of two is claimed', async (id) => {
    hook('update', `case $1 in */${id}) echo "${id} is frozen" >&2; exit 1 ;; esac`);
    const ran = await clone.lease(TWO);
    expect(ran.status).toBe(1);
    const { error } = JSON.parse(ran.stdout);
    expect(error.code).toBe('REMOTE_REFUSED');
    expect(error.message).toBe("'origin' refused the lease: hook declined");
    expect(error.details.join()).toContain(`${id} is frozen`);
    expect(await leasesOn(sandbox)).toBe('');
    rmSync(join(sandbox.remote, 'hooks', 'update'));
    expect((await clone.lease(TWO)).status).toBe(0);
  });

  it('refuses half a batch where all or none is not to be had: nothing is sent', async () => {
    await sandbox.git(sandbox.remote, 'config', 'receive.advertiseAtomic', 'false');
    hook('update', 'case $1 in */RFC-002) exit 1 ;; esac');
    const ran = await clone.lease(TWO);
    await sandbox.git(sandbox.remote, 'config', 'receive.advertiseAtomic', 'true');
    expect(ran.status).toBe(1);
    expect(JSON.parse(ran.stdout).error.code).toBe('REMOTE_REFUSED');
    expect(ran.stdout).toContain('--atomic');
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('refuses everything: its words are passed on', async () => {
    hook('pre-receive', 'echo "Claim by the form, please" >&2; exit 1');
    const ran = await clone.lease(TWO);
    expect(ran.status).toBe(1);
    const { error } = JSON.parse(ran.stdout);
    expect(error.message).toBe("'origin' refused the lease: pre-receive hook declined");
    expect(error.details.join()).toContain('Claim by the form, please');
    expect(await leasesOn(sandbox)).toBe('');
  });

  it.each(['post-receive', 'post-update'])('fails in %s: the lease is there', async (name) => {
    hook(name, 'echo "no mail today" >&2; exit 1');
    const ran = await clone.lease(TWO);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect((await leasesOn(sandbox)).split('\n')).toHaveLength(2);
  });
});
