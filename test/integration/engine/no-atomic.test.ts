/** Servers that take one ref at a time. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { now, plant } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const TWO = ['RFC-001', 'RFC-002'];

describe('a server without atomic pushes', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await sandbox.git(sandbox.remote, 'config', 'receive.advertiseAtomic', 'false');
  });
  afterEach(() => sandbox.dispose());

  /** @returns how often it was asked */
  async function pushes(...args: string[]): Promise<number> {
    const git = sandbox.countingGit();
    expect(await clone.lease(args, { env: git.env })).toMatchObject({ status: 0, stderr: '' });
    return git.calls().filter((call) => call === 'push').length;
  }

  const held = () => sandbox.git(sandbox.remote, 'for-each-ref', 'refs/lazyspec');

  it('takes one document, as any other', async () => {
    expect(await pushes('claim', 'RFC-001')).toBe(1);
    expect(await pushes('heartbeat', 'RFC-001')).toBe(1);
    expect(await pushes('release', 'RFC-001')).toBe(1);
    expect(await held()).toBe('');
  });

  it('is not given several at once: none is claimed, and that is said after one try', async () => {
    const git = sandbox.countingGit();
    const ran = await clone.lease(['claim', ...TWO, '--json'], { env: git.env });
    expect(ran.status).toBe(1);
    const { error } = JSON.parse(ran.stdout);
    expect(error).toMatchObject({ code: 'REMOTE_REFUSED', reason: 'it takes one at a time' });
    expect(error.remedy).toBe('Nothing was changed. Name one document at a time.');
    expect(git.calls().filter((call) => call === 'push')).toHaveLength(1);
    expect(await held()).toBe('');
  });

  it('takes several that are renewed or given back, one by one', async () => {
    for (const id of TWO) await pushes('claim', id);
    const before = await held();
    expect(await pushes('heartbeat', '--all')).toBe(3);
    expect((await held()).split('\n')).toHaveLength(2);
    for (const line of before.split('\n')) expect(await held()).not.toContain(line);
    expect(await pushes('release', ...TWO)).toBe(3);
    expect(await held()).toBe('');
  });

  it('renews the others where one was lost, which is told', async () => {
    for (const id of TWO) await pushes('claim', id);
    const before = await held();
    const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
    await plant(sandbox, { ref: 'refs/lazyspec/leases/rfc/RFC-001', content: other });
    const ran = await clone.lease(['heartbeat', ...TWO, '--json']);
    expect(ran.status).toBe(1);
    expect(JSON.parse(ran.stdout).error).toMatchObject({
      code: 'LEASE_LOST',
      documents: [{ id: 'RFC-001' }],
    });
    const renewed = (await held()).split('\n').find((line) => line.endsWith('RFC-002')) ?? '';
    expect(renewed).not.toBe('');
    expect(before).not.toContain(renewed);
  });
});
