import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, plant, RFC_001, remoteLease } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const STORY_042 = 'refs/lazyspec/leases/story/STORY-042';

describe('release', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('deletes the lease on the remote and the copy here', async () => {
    await clone.lease(['claim', 'RFC-001']);
    expect(await clone.json(['release', 'RFC-001'])).toEqual({ released: 'RFC-001' });
    expect(await remoteLease(sandbox)).toBe('');
    expect(await clone.git('for-each-ref', 'refs/lazyspec')).toBe('');
  });

  it('releases a lease that was renewed elsewhere', async () => {
    await clone.lease(['claim', 'RFC-001']);
    const elsewhere = await sandbox.clone('elsewhere');
    await elsewhere.lease(['heartbeat', 'RFC-001', '--agent-id', 'agent-a']);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('says so where there is nothing to release', async () => {
    const release = await clone.lease(['release', 'RFC-001', '--json']);
    expect(release.status).toBe(1);
    expect(JSON.parse(release.stdout).error.code).toBe('LEASE_NOT_FOUND');
  });

  it("never deletes somebody else's lease, not even one that was ours when last seen", async () => {
    await clone.lease(['claim', 'RFC-001']);
    const commit = await plant(sandbox, { content: leaseOf('agent-b') });
    const { error } = await clone.json(['release', 'RFC-001']);
    expect(error).toMatchObject({ code: 'NOT_HOLDER', holder: 'agent-b' });
    expect(await remoteLease(sandbox)).toBe(commit);
  });

  it('releases several, all or none', async () => {
    await clone.lease(['claim', 'RFC-001']);
    await plant(sandbox, { ref: STORY_042, content: leaseOf('agent-b') });
    expect((await clone.lease(['release', 'RFC-001', 'STORY-042'])).status).toBe(1);
    expect(await remoteLease(sandbox)).not.toBe('');
  });

  it.each([
    ['RFC-1', 'RFC-1'],
    ['rfc-1', 'RFC-1'],
    ['rfc-1', 'rfc-1'],
    ['RFC-001-some-title.md', 'RFC-001-some-title.md'],
  ])('means with %s the lease of that very name, as other programs write it', async (word, id) => {
    const ref = `refs/lazyspec/leases/rfc/${id}`;
    await plant(sandbox, { ref, content: leaseOf('agent-a') });
    await clone.lease(['claim', word]);
    expect(await remoteLease(sandbox)).not.toBe('');
    expect(
      (await clone.json(['leases'])).map((lease: { ref: string }) => lease.ref).sort(),
    ).toEqual([RFC_001, ref].sort());
    expect(await clone.json(['show', word])).toMatchObject({ id, ref, agent: 'agent-a' });
    expect(await clone.json(['release', word])).toEqual({ released: id });
    expect(await remoteLease(sandbox, ref)).toBe('');
    // Then the spelling of the tree is meant.
    expect(await clone.json(['show', word])).toMatchObject({ id: 'RFC-001', ref: RFC_001 });
    expect(await clone.json(['release', word])).toEqual({ released: 'RFC-001' });
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('means a lease of that very name where the tree has two spellings of the id', async () => {
    clone.write({ 'docs/rfcs/RFC-01-twin.md': '# Twin\n' });
    const ref = 'refs/lazyspec/leases/rfc/RFC-1';
    expect(await clone.json(['show', 'RFC-1'])).toMatchObject({ error: { code: 'USAGE' } });
    await plant(sandbox, { ref, content: leaseOf('agent-a') });
    expect(await clone.json(['release', 'RFC-1'])).toEqual({ released: 'RFC-1' });
  });

  it('asks the remote once for the spelling of the tree, by id and by path', async () => {
    for (const name of ['RFC-001', 'docs/rfcs/RFC-001-some-title.md']) {
      await clone.lease(['claim', 'RFC-001']);
      const git = sandbox.countingGit();
      expect((await clone.lease(['release', name], { env: git.env })).status).toBe(0);
      expect(git.calls()).not.toContain('fetch');
    }
  });

  it('releases all that the agent holds, and nothing else', async () => {
    await clone.lease(['claim', 'RFC-001', 'RFC-002']);
    await plant(sandbox, { ref: STORY_042, content: leaseOf('agent-b') });
    expect(await clone.json(['release', '--all'])).toEqual([
      { released: 'RFC-001' },
      { released: 'RFC-002' },
    ]);
    expect(await remoteLease(sandbox, STORY_042)).not.toBe('');
    expect(await clone.lease(['release', '--all'])).toMatchObject({
      status: 0,
      stdout: 'You hold no lease.\n',
    });
  });

  it('only warns where the time of the last heartbeat cannot be removed', async () => {
    await clone.lease(['claim', 'RFC-001']);
    clone.write({ '.lazyspec/state': 'a file where the folder should be' });
    expect(await clone.lease(['release', 'RFC-001'])).toMatchObject({
      status: 0,
      stdout: 'Released RFC-001\n',
      stderr: expect.stringContaining('warning:'),
    });
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('wants documents or --all, not both and not neither', async () => {
    expect((await clone.lease(['release'])).status).toBe(2);
    expect((await clone.lease(['release', 'RFC-001', '--all'])).status).toBe(2);
  });

  describe('by an administrator', () => {
    it('removes the lease of the holder who was named', async () => {
      await plant(sandbox, { content: leaseOf('agent-b') });
      const release = await clone.lease(['release', 'RFC-001', '--expected-holder', 'agent-b']);
      expect(release).toMatchObject({ status: 0, stdout: 'Released RFC-001\n' });
      expect(await remoteLease(sandbox)).toBe('');
    });

    it('leaves the lease alone where somebody else holds it', async () => {
      const commit = await plant(sandbox, { content: leaseOf('agent-c') });
      const { error } = await clone.json(['release', 'RFC-001', '--expected-holder', 'agent-b']);
      expect(error).toMatchObject({ code: 'NOT_HOLDER', holder: 'agent-c' });
      expect(await remoteLease(sandbox)).toBe(commit);
    });

    it('tells the administrator who has it, and who they are themselves, if that is known', async () => {
      await plant(sandbox, { content: leaseOf('agent-c') });
      const args = ['release', 'RFC-001', '--expected-holder', 'agent-b'];
      expect((await clone.lease(args)).stderr).toMatch(/\n {2}you are agent-a(;|\n)/);
      await clone.git('config', 'user.name', ' ');
      const { stderr } = await clone.lease(args, { env: { LAZYSPEC_AGENT_ID: '' } });
      await clone.git('config', 'user.name', 'agent-a');
      expect(stderr).toContain("RFC-001: the lease is held by 'agent-c'");
      expect(stderr).not.toContain('you are');
    });

    it.each([
      ['empty', ''],
      ['no JSON', 'nonsense'],
      ['an array', '[]'],
      ['without a holder', '{"acquired":1,"expires":2}'],
      ['9,000 bytes', JSON.stringify({ agent: 'x'.repeat(9000), acquired: 1, expires: 2 })],
      ['binary', '\u0000\u0001\ufffd'],
    ])('is the only way to remove a lease that is %s', async (_, content) => {
      await plant(sandbox, { content });
      for (const command of [
        ['claim'],
        ['claim', '--force'],
        ['release'],
        ['heartbeat'],
        ['gate'],
      ]) {
        const ran = await clone.lease([...command, 'RFC-001']);
        expect([command, ran.status]).toEqual([command, 1]);
        expect(ran.stderr).toContain('malformed');
        expect(ran.stderr).toContain("release RFC-001 --expected-holder '?'");
      }
      const release = await clone.lease(['release', 'RFC-001', '--expected-holder', '?']);
      expect(release.status).toBe(0);
      expect(await remoteLease(sandbox, RFC_001)).toBe('');
    });
  });
});
