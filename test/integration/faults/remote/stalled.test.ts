/** A connection on which nothing comes any more: every command ends, and tells what it knows. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RFC_001, remoteRecord } from '../../../helpers/leases.ts';
import type { FaultyProxy } from '../../../helpers/proxy.ts';
import { tcpProxy } from '../../../helpers/proxy.ts';
import { gitDaemon } from '../../../helpers/remotes.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../../helpers/sandbox.ts';
import { leasesOn, untruths } from './honest.ts';

describe('a connection that stalls', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let proxy: FaultyProxy;
  /** What the server answers to a claim, in bytes. */
  let answer: number;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      '.lazyspec.toml': '[coordination]\ntimeout = "6s"\n[gate]\ntimeout = "2s"\n',
    });
    clone = await sandbox.clone('agent-a');
    proxy = await tcpProxy(sandbox, await gitDaemon(sandbox));
    await clone.git('remote', 'set-url', 'origin', proxy.url);
    proxy.fail();
    await clone.lease(['claim', 'RFC-002']);
    answer = proxy.passed().down;
    await clone.lease(['release', 'RFC-002']);
  });
  afterAll(() => sandbox.dispose());

  it.each(['claim', 'gate'])(
    'before the server has answered: %s was sent nothing',
    async (command) => {
      const before = await leasesOn(sandbox);
      proxy.fail({ direction: 'down', after: 0, how: 'stall', connections: Infinity });
      const { error } = await clone.json([command, 'RFC-001']);
      expect(error.code).toBe('REMOTE_UNREACHABLE');
      expect(error.details.join()).toMatch(/no answer/);
      expect(await leasesOn(sandbox)).toBe(before);
      proxy.fail();
    },
  );

  it('before the last of the answer: what is told is so, and the same command ends well', async () => {
    const before = await leasesOn(sandbox);
    proxy.fail({ direction: 'down', after: answer - 20, how: 'stall', connections: Infinity });
    const ran = await clone.lease(['claim', 'RFC-001', '--json']);
    const after = await leasesOn(sandbox);
    expect(untruths(ran, { before, after, done: after.includes(RFC_001) })).toEqual([]);
    proxy.fail();
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });
});
