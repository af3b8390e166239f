/** Servers whose answer to a write does not tell what became of it: the remote is looked at. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, remoteLease, remoteRecord } from '../../../helpers/leases.ts';
import { PACKAGE } from '../../../helpers/package.ts';
import { gitDaemon, gitHttp } from '../../../helpers/remotes.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leasesOn } from './honest.ts';

const LYING = join(PACKAGE, 'test', 'helpers', 'lying-receive-pack.mjs');

let sandbox: Sandbox;
let clone: Clone;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
});
afterEach(() => sandbox.dispose());

function hook(name: string, script: string): string {
  const path = join(sandbox.remote, 'hooks', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('A server that writes the ref and then reports "Internal Server Error"', () => {
  beforeEach(() => clone.git('config', 'remote.origin.receivepack', `'${LYING}'`));

  it('has the lease claimed, renewed and released, and each command says so', async () => {
    const claimed = await clone.lease(['claim', 'RFC-001']);
    expect(claimed).toMatchObject({ status: 0, stderr: '' });
    expect(claimed.stdout).toContain('Claimed RFC-001');
    const first = await remoteLease(sandbox);
    const renewed = await clone.lease(['heartbeat', 'RFC-001']);
    expect(renewed).toMatchObject({ status: 0, stderr: '' });
    expect(await remoteLease(sandbox)).not.toBe(first);
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    const released = await clone.lease(['release', 'RFC-001']);
    expect(released).toMatchObject({ status: 0, stdout: 'Released RFC-001\n', stderr: '' });
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('has several documents claimed and released at once', async () => {
    expect((await clone.json(['claim', 'RFC-001', 'STORY-042'])).length).toBe(2);
    expect((await leasesOn(sandbox)).split('\n')).toHaveLength(2);
    expect((await clone.json(['release', '--all'])).length).toBe(2);
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('has an expired lease taken over, and an expired lease of our own renewed by the gate', async () => {
    await plant(sandbox, { content: leaseOf('agent-b', 9000), committed: now() - 9000 });
    const taken = await clone.json(['claim', 'RFC-001', '--force']);
    expect(taken).toMatchObject({ agent: 'agent-a', tookOverFrom: 'agent-b' });
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');

    const renewing = '[coordination]\n[comfort]\nrenew_in_gate = true\n';
    clone.write({ '.lazyspec.toml': renewing });
    await clone.git('commit', '--quiet', '--all', '--message', 'Renew');
    await plant(sandbox, { content: leaseOf('agent-a', 9000), committed: now() - 9000 });
    await clone.hooks(['install', '--quiet']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Mine\n' });
    const committed = await clone.tryGit(['commit', '--all', '--message', 'Mine']);
    expect(committed).toMatchObject({ status: 0, stderr: '' });
  });

  it('is reported by doctor, which leaves nothing behind', async () => {
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    const ofSwaps = findings.filter(({ check }: { check: string }) =>
      ['compare-and-swap', 'leftovers'].includes(check),
    );
    expect(ofSwaps).toMatchObject([
      { state: 'warning', message: expect.stringContaining('Internal Server Error') },
    ]);
    expect(await sandbox.git(sandbox.remote, 'for-each-ref', 'refs/lazyspec')).toBe('');
  });

  it('is not said to have left everything as it was if it cannot be looked at', async () => {
    await clone.lease(['claim', 'RFC-002']);
    await clone.git('config', 'remote.origin.uploadpack', 'false');
    const { status, stdout } = await clone.lease(['claim', 'RFC-001', '--json']);
    expect(status).toBe(4);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('INDETERMINATE');
    expect(error.details.join()).toContain('Internal Server Error');
  });

  it('has its lease as it was if it really refuses', async () => {
    await clone.lease(['claim', 'RFC-001']);
    const before = await remoteLease(sandbox);
    hook('pre-receive', 'exit 1');
    const { status, stdout } = await clone.lease(['release', 'RFC-001', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'REMOTE_REFUSED',
      message: "'origin' refused the lease: Internal Server Error",
      remedy: expect.stringContaining('Nothing was changed.'),
    });
    expect(await remoteLease(sandbox)).toBe(before);
  });
});

describe.each([
  ['a path', async (sandbox: Sandbox) => sandbox.remote, true],
  ['git daemon', gitDaemon, false],
  ['HTTP', gitHttp, false],
])('A reference-transaction hook that refuses on a server over %s', (_, start, passesWords) => {
  it.each(['claim', 'heartbeat', 'release'])(
    'has %s say that nothing was changed, as often as it is asked',
    async (command) => {
      await clone.git('remote', 'set-url', 'origin', await start(sandbox));
      if (command !== 'claim') await clone.lease(['claim', 'RFC-001']);
      const before = await leasesOn(sandbox);
      const refuses = '[ "$1" = prepared ] || exit 0; echo "frozen today" >&2; exit 1';
      const path = hook('reference-transaction', refuses);
      for (let time = 0; time < 2; time++) {
        const ran = await clone.lease([command, 'RFC-001', '--json']);
        const { error } = JSON.parse(ran.stdout);
        expect({ status: ran.status, code: error.code }).toEqual({
          ...{ status: 1, code: 'REMOTE_REFUSED' },
        });
        expect(error.remedy).toContain('Nothing was changed');
        if (passesWords) expect(error.details).toContain('frozen today');
        expect(await leasesOn(sandbox)).toBe(before);
      }
      rmSync(path);
      expect((await clone.lease([command, 'RFC-001'])).status).toBe(0);
    },
  );
});

describe('A server that takes leases and does not show them', () => {
  const HIDDEN = "'origin' takes leases, but does not show them";
  const hide = (key: string) => sandbox.git(sandbox.remote, 'config', key, 'refs/lazyspec');

  it('is found out by the first claim, which is taken back', async () => {
    await hide('uploadpack.hideRefs');
    const { status, stdout } = await clone.lease(['claim', 'RFC-001', 'RFC-002', '--json']);
    expect(status).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ code: 'REMOTE_REFUSED', message: HIDDEN });
    expect(error.details.join()).toContain('The claim was taken back.');
    expect(error.remedy).toContain('uploadpack.hideRefs');
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('is found out by those who find a lease there that they cannot see', async () => {
    await plant(sandbox, { content: leaseOf('agent-b') });
    const before = await leasesOn(sandbox);
    await hide('uploadpack.hideRefs');
    const { error } = await clone.json(['claim', 'RFC-001']);
    expect(error).toMatchObject({ code: 'REMOTE_REFUSED', message: HIDDEN });
    expect(await leasesOn(sandbox)).toBe(before);
  });

  it('is found out by doctor, which reads back what it wrote', async () => {
    await hide('uploadpack.hideRefs');
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'compare-and-swap', state: 'failed', message: HIDDEN }),
    );
    expect(await sandbox.git(sandbox.remote, 'for-each-ref', 'refs/lazyspec')).toBe('');
  });

  it('refuses the claim in words of its own if it hides them from pushes, too', async () => {
    await hide('transfer.hideRefs');
    const { error } = await clone.json(['claim', 'RFC-001']);
    expect(error).toMatchObject({
      code: 'REMOTE_REFUSED',
      message: expect.stringContaining('hidden'),
    });
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('is found out if it may be written to and not be read', async () => {
    const refuses = "sh -c 'echo ERROR: Repository not found. >&2; exit 1' --";
    await clone.git('config', 'remote.origin.uploadpack', refuses);
    const { error } = await clone.json(['claim', 'RFC-001']);
    expect(error).toMatchObject({ code: 'REMOTE_REFUSED', message: HIDDEN });
    expect(error.details.join()).toContain('ERROR: Repository not found.');
    expect(await leasesOn(sandbox)).toBe('');
  });

  it('costs a connection more in the first claim of a clone, and none in the others', async () => {
    const { env, calls } = sandbox.countingGit();
    await clone.lease(['claim', 'RFC-001'], { env });
    await clone.lease(['claim', 'RFC-002'], { env });
    await clone.lease(['release', '--all']);
    await clone.lease(['claim', 'RFC-001'], { env });
    const connections = calls().filter((call) => call === 'push' || call === 'fetch');
    expect(connections).toEqual(['push', 'fetch', 'push', 'push']);
  });
});
