import { existsSync, readdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001, remoteLease, remoteRecord } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const STATE = '.lazyspec/state/heartbeat-rfc-RFC-001';

describe('heartbeat', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('moves the expiry on and keeps acquired', async () => {
    const before = leaseOf('agent-a', 1000);
    await plant(sandbox, { content: before, committed: now() - 1000 });
    const heartbeat = await clone.lease(['heartbeat', 'RFC-001']);
    expect(heartbeat.stdout).toMatch(/^Heartbeat RFC-001 \(agent=agent-a, expires=.*Z\)\n$/);
    const record = await remoteRecord(sandbox);
    expect(record.acquired).toBe(before.acquired);
    expect(record.expires).toBeGreaterThan(before.expires);
  });

  it('renews a lease of mine that has run out and that nobody took', async () => {
    await plant(sandbox, { content: leaseOf('agent-a', 9000), committed: now() - 9000 });
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
  });

  it('never creates: a lease that is gone stays gone', async () => {
    await clone.lease(['claim', 'RFC-001']);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    const { error } = await clone.json(['heartbeat', 'RFC-001']);
    expect(error.code).toBe('LEASE_LOST');
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('reports a lease that somebody else took', async () => {
    await clone.lease(['claim', 'RFC-001']);
    await plant(sandbox, { content: leaseOf('agent-b') });
    const { error } = await clone.json(['heartbeat', 'RFC-001']);
    expect(error).toMatchObject({ code: 'LEASE_LOST', holder: 'agent-b' });
  });

  it('goes on where the lease was renewed from elsewhere', async () => {
    await clone.lease(['claim', 'RFC-001']);
    const elsewhere = await sandbox.clone('elsewhere');
    await elsewhere.lease(['heartbeat', 'RFC-001', '--agent-id', 'agent-a']);
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
  });

  it('renews all that the agent holds', async () => {
    await clone.lease(['claim', 'RFC-001', 'STORY-042']);
    const renewed = await clone.json(['heartbeat', '--all']);
    expect(renewed.map(({ id }: { id: string }) => id)).toEqual(['RFC-001', 'STORY-042']);
  });

  describe('without --min-interval', () => {
    it('always runs, whatever state there is', async () => {
      await clone.lease(['claim', 'RFC-001']);
      clone.write({ [STATE]: new Date().toISOString() });
      const first = await remoteLease(sandbox);
      expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
      expect(await remoteLease(sandbox)).not.toBe(first);
    });

    it('writes no state file', async () => {
      await clone.lease(['claim', 'RFC-001']);
      await clone.lease(['heartbeat', 'RFC-001']);
      expect(existsSync(clone.at('.lazyspec/state'))).toBe(false);
    });
  });

  describe('with --min-interval', () => {
    const args = ['heartbeat', 'RFC-001', '--min-interval', '5m'];

    beforeEach(() => clone.lease(['claim', 'RFC-001']));

    it('runs without a state file, and leaves exactly one that says now', async () => {
      expect((await clone.lease(args)).status).toBe(0);
      expect(readdirSync(clone.at('.lazyspec/state'))).toEqual(['heartbeat-rfc-RFC-001']);
      const noted = Date.parse(clone.read(STATE)) / 1000;
      expect(Math.abs(noted - now())).toBeLessThan(30);
    });

    it('skips within the interval: git is not called, the state is unchanged', async () => {
      const last = new Date((now() - 60) * 1000).toISOString().replace('.000Z', 'Z');
      clone.write({ [STATE]: last });
      const { mtimeMs } = statSync(clone.at(STATE));
      const git = sandbox.countingGit();
      const heartbeat = await clone.lease(args, { env: git.env });
      expect(heartbeat).toMatchObject({
        status: 0,
        stdout: `Heartbeat RFC-001 skipped (throttled, last ${last})\n`,
      });
      expect(git.calls()).toEqual([]);
      expect(statSync(clone.at(STATE)).mtimeMs).toBe(mtimeMs);
      expect(clone.read(STATE)).toBe(last);
      expect(await clone.json(args)).toEqual({
        skipped: true,
        reason: 'throttled',
        last,
        id: 'RFC-001',
        type: 'rfc',
      });
    });

    it.each([
      ['is older than the interval', () => new Date((now() - 301) * 1000).toISOString()],
      ['lies in the future', () => new Date((now() + 3600) * 1000).toISOString()],
      ['cannot be parsed', () => 'yesterday, I think'],
      ['is empty', () => ''],
    ])('runs where the state %s, and notes now', async (_, state) => {
      clone.write({ [STATE]: state() });
      const before = await remoteLease(sandbox);
      expect((await clone.lease(args)).status).toBe(0);
      expect(await remoteLease(sandbox)).not.toBe(before);
      expect(Math.abs(Date.parse(clone.read(STATE)) / 1000 - now())).toBeLessThan(30);
    });

    it('only warns where the state cannot be written', async () => {
      clone.write({ '.lazyspec/state': 'a file where the folder should be' });
      const heartbeat = await clone.lease(args);
      expect(heartbeat.status).toBe(0);
      expect(heartbeat.stdout).toContain('Heartbeat RFC-001 (');
      expect(heartbeat.stderr).toContain('warning:');
    });

    it('is not throttled by what was sent for a lease that was given back since', async () => {
      await clone.lease(args);
      await clone.lease(['release', 'RFC-001']);
      expect((await clone.json(args)).error.code).toBe('LEASE_LOST');
    });

    it('skips only the documents that are throttled', async () => {
      await clone.lease(['claim', 'STORY-042']);
      await clone.lease(args);
      const results = await clone.json(['heartbeat', '--all', '--min-interval', '5m']);
      expect(results).toMatchObject([{ id: 'RFC-001', skipped: true }, { id: 'STORY-042' }]);
      expect(results[1].skipped).toBeUndefined();
    });
  });
});
