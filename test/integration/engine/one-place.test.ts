import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { remoteLease } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

describe('the one place that leases are kept in', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let elsewhere: string;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    elsewhere = join(sandbox.folder, 'elsewhere.git');
    await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', elsewhere);
  });
  afterEach(() => sandbox.dispose());

  it.each([
    ['pushes to another repository', ['--push']],
    ['pushes to two repositories', ['--add']],
  ])('cannot be a remote that %s', async (_, option) => {
    await clone.git('remote', 'set-url', ...option, 'origin', elsewhere);
    const claim = await clone.lease(['claim', 'RFC-001', '--json']);
    expect(claim.status).toBe(3);
    const { error } = JSON.parse(claim.stdout);
    expect(error.code).toBe('REMOTE_NOT_FOUND');
    expect(error.details).toEqual([`fetches from ${sandbox.remote}`, `pushes to ${elsewhere}`]);
    expect(await remoteLease(sandbox)).toBe('');
    expect(await sandbox.git(elsewhere, 'for-each-ref')).toBe('');
  });

  it('cannot be a remote whose pushes are rewritten to another repository', async () => {
    await clone.git('config', `url.${elsewhere}.pushInsteadOf`, sandbox.remote);
    expect((await clone.json(['claim', 'RFC-001'])).error.code).toBe('REMOTE_NOT_FOUND');
    expect(await sandbox.git(elsewhere, 'for-each-ref')).toBe('');
  });

  it('may be pushed to by another way into the same repository', async () => {
    await clone.git('remote', 'set-url', '--push', 'origin', `file://${sandbox.remote}`);
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
  });

  it('may be pushed to by an address that only the project knows to be the same', async () => {
    const alias = join(sandbox.folder, 'alias.git');
    symlinkSync(sandbox.remote, alias);
    await clone.git('remote', 'set-url', '--push', 'origin', alias);
    const refused = await clone.lease(['claim', 'RFC-001']);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("'origin' fetches and pushes at different addresses");
    expect(refused.stderr).toContain('[coordination] addresses');
    const addresses = [sandbox.remote, alias].map((one) => JSON.stringify(one)).join(', ');
    clone.write({ '.lazyspec.toml': `[coordination]\naddresses = [${addresses}]\n` });
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
  });
});

describe('a push that the server cannot do', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it.each([
    ['push.gpgSign', 'true'],
    ['push.pushOption', 'x'],
    ['push.followTags', 'true'],
    ['push.recurseSubmodules', 'on-demand'],
  ])('is not asked for because of %s = %s', async (key, value) => {
    await clone.git('config', key, value);
    expect(await clone.lease(['claim', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('names the ref that is in the way of a lease', async () => {
    const blocking = 'refs/lazyspec/leases/rfc';
    await sandbox.git(sandbox.remote, 'update-ref', blocking, 'refs/heads/main');
    const claim = await clone.lease(['claim', 'RFC-001']);
    expect(claim.status).toBe(1);
    expect(claim.stderr).toContain(`git push origin :${blocking}`);
  });
});
