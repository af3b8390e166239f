import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001, remoteLease, remoteRecord } from '../../helpers/leases.ts';
import { gitDaemon } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const STORY_042 = 'refs/lazyspec/leases/story/STORY-042';
const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';

describe('claim', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('writes a record that the Rust tool can read, with times as integers', async () => {
    await clone.lease(['claim', 'RFC-001', '--note', 'rewriting section 3']);
    const record = await remoteRecord(sandbox);
    expect(record).toMatchObject({ agent: 'agent-a', ttl: 3600, note: 'rewriting section 3' });
    expect(record.branch).toBe('main');
    expect(Number.isInteger(record.acquired)).toBe(true);
    expect(record.expires - record.acquired).toBe(3600);
    expect(record.nonce).toMatch(/^[0-9a-f]{32}$/);
    const files = await sandbox.git(sandbox.remote, 'ls-tree', '--name-only', RFC_001);
    expect(files).toBe('lease.json');
  });

  it('writes a commit without a parent, dated by our own clock', async () => {
    const env = {
      GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z',
      GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
    };
    await clone.lease(['claim', 'RFC-001'], { env });
    const format = '--format=%P|%s|%ct|%at';
    const log = await sandbox.git(sandbox.remote, 'log', '-1', format, RFC_001);
    const [parents, subject, committed, authored] = log.split('|');
    expect([parents, subject]).toEqual(['', 'claim RFC-001']);
    expect(Math.abs(Number(committed) - now())).toBeLessThan(60);
    expect(authored).toBe(committed);
  });

  it('names the document by id, by path, by bare file name and from a subfolder', async () => {
    const names = [
      ['RFC-001', '.'],
      ['rfc-1', '.'],
      ['docs/rfcs/RFC-001-some-title.md', '.'],
      ['./RFC-001-some-title.md', 'docs/rfcs'],
      ['../rfcs/RFC-001-some-title.md', 'docs/stories'],
      ['RFC-001-some-title.md', 'docs/stories'],
      [clone.at('docs/rfcs/RFC-001-some-title.md'), 'docs'],
    ] as const;
    for (const [name, folder] of names) {
      const { stdout } = await clone.lease(['claim', name, '--json'], { cwd: clone.at(folder) });
      expect([name, JSON.parse(stdout).id]).toEqual([name, 'RFC-001']);
    }
  });

  it('renews what the agent holds: acquired is kept, the expiry moves on', async () => {
    const before = { ...leaseOf('agent-a', 600), note: 'mine', x_custom: { kept: true } };
    await plant(sandbox, { content: before, committed: now() - 600 });
    const result = await clone.json(['claim', 'RFC-001']);
    expect(result.renewed).toBe(true);
    const record = await remoteRecord(sandbox);
    expect(record).toMatchObject({
      acquired: before.acquired,
      note: 'mine',
      x_custom: { kept: true },
    });
    expect(record.expires).toBeGreaterThan(before.expires);
  });

  it('claims several documents at once, sorted and each once', async () => {
    const result = await clone.json(['claim', 'STORY-042', 'RFC-001', 'rfc-1']);
    expect(result.map(({ id }: { id: string }) => id)).toEqual(['RFC-001', 'STORY-042']);
  });

  it('claims all or none', async () => {
    await plant(sandbox, { ref: STORY_042, content: leaseOf('agent-b') });
    const claim = await clone.lease(['claim', 'RFC-001', 'STORY-042']);
    expect(claim.status).toBe(1);
    expect(claim.stderr).toContain("held by 'agent-b'");
    expect(await remoteLease(sandbox, RFC_001)).toBe('');
  });

  it('reports every document that is refused', async () => {
    await plant(sandbox, { ref: STORY_042, content: leaseOf('agent-b') });
    await plant(sandbox, { ref: RFC_002, content: 'nonsense' });
    const { error } = await clone.json(['claim', 'RFC-001', 'RFC-002', 'STORY-042']);
    expect(error.documents.map(({ id, code }: { id: string; code: string }) => [id, code])).toEqual(
      [
        ['RFC-002', 'MALFORMED_LEASE'],
        ['STORY-042', 'HELD_BY_OTHER'],
      ],
    );
  });

  it('refuses what another holds, with everything that is known of the holder', async () => {
    const other = await sandbox.clone('agent-7');
    await other.git('checkout', '--quiet', '-b', 'agents/rfc-001');
    await other.lease(['claim', 'RFC-001', '--note', 'rewriting section 3']);
    const claim = await clone.lease(['claim', 'RFC-001']);
    expect(claim.status).toBe(1);
    expect(claim.stdout).toBe('');
    expect(claim.stderr).toContain("RFC-001: document is not claimed by you (held by 'agent-7')");
    expect(claim.stderr).toMatch(/you are agent-a; agent-7 is on .*, branch agents\/rfc-001/);
    expect(claim.stderr).toContain('"rewriting section 3"');
    expect(claim.stderr).toMatch(/wait for it: .*claim RFC-001 --wait 30m/);
    expect(claim.stderr).toMatch(/take it over: .*claim RFC-001 --force/);
    expect(claim.stderr).toMatch(/administrator: .*release RFC-001 --expected-holder agent-7/);
  });

  it('is not refused because of an old copy of a lease that was given back', async () => {
    const other = await sandbox.clone('agent-b');
    await other.lease(['claim', 'RFC-001']);
    await clone.lease(['leases']);
    await other.lease(['release', 'RFC-001']);
    expect((await clone.json(['claim', 'RFC-001'])).agent).toBe('agent-a');
  });

  it('cuts a note that would make the record too large to be read', async () => {
    expect((await clone.lease(['claim', 'RFC-001', '--note', 'é'.repeat(9000)])).status).toBe(0);
    expect((await remoteRecord(sandbox)).note).toBe('é'.repeat(500));
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
  });

  it('takes the spelling of a lease that it knows, for a document of another branch', async () => {
    await plant(sandbox, { ref: 'refs/lazyspec/leases/rfc/RFC-0077', content: leaseOf('agent-b') });
    await clone.lease(['leases']);
    expect((await clone.json(['claim', 'rfc-77'])).error).toMatchObject({
      code: 'HELD_BY_OTHER',
      documents: [{ id: 'RFC-0077' }],
    });
  });

  it('prints remedies that work from where, and as whom, it was called', async () => {
    await plant(sandbox, { content: leaseOf('agent-b') });
    const args = ['-C', clone.at('docs'), '--agent-id', 'Jane Doe', 'claim', 'RFC-001'];
    const { stderr } = await clone.lease(args, { cwd: sandbox.folder });
    const remedy = `-C '${clone.at('docs')}' --agent-id 'Jane Doe' claim RFC-001 --wait 30m`;
    expect(stderr).toContain(remedy);
  });

  it('lasts as long as --for asks, up to max_lease_duration', async () => {
    const { acquired, expires } = await clone.json(['claim', 'RFC-001', '--for', '4h']);
    expect(Date.parse(expires) - Date.parse(acquired)).toBe(4 * 3600 * 1000);
    const tooLong = await clone.lease(['claim', 'RFC-001', '--for', '25h']);
    expect(tooLong.status).toBe(2);
    expect(tooLong.stderr).toContain('24h');
  });

  it('lasts as long as a lease_duration above the default maximum, and no longer', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nlease_duration = "48h"\n' });
    const { acquired, expires } = await clone.json(['claim', 'RFC-001']);
    expect(Date.parse(expires) - Date.parse(acquired)).toBe(48 * 3600 * 1000);
    expect((await clone.lease(['claim', 'RFC-002', '--for', '48h'])).status).toBe(0);
    const tooLong = await clone.lease(['claim', 'STORY-042', '--for', '49h']);
    expect(tooLong).toMatchObject({ status: 2, stderr: expect.stringContaining('48h at most') });
    clone.write({
      '.lazyspec.toml': '[coordination]\nlease_duration = "48h"\nmax_lease_duration = "24h"\n',
    });
    expect((await clone.lease(['claim', 'STORY-042'])).stderr).toContain(
      'lease_duration (48h) is longer than max_lease_duration (24h)',
    );
  });

  it.each([
    ['--for=10d', '240h'],
    ['--for=-5m', 'whole number'],
    ['--for=abc', 'whole number'],
    ['--wait=10d', '240h'],
    ['--wait=-5m', 'whole number'],
  ])('refuses the duration in %s and says what it should be', async (option, hint) => {
    const claim = await clone.lease(['claim', 'RFC-001', option]);
    expect(claim.status).toBe(2);
    expect(claim.stderr).toContain(hint);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('works over git daemon too', async () => {
    await clone.git('remote', 'set-url', 'origin', await gitDaemon(sandbox));
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    const other = await sandbox.clone('agent-b');
    await other.git('remote', 'set-url', 'origin', await clone.git('remote', 'get-url', 'origin'));
    expect(await other.json(['claim', 'RFC-001'])).toMatchObject({
      error: { code: 'HELD_BY_OTHER', holder: 'agent-a' },
    });
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
    expect((await other.lease(['claim', 'RFC-001'])).status).toBe(0);
  });

  it('has one winner when many claim at once', async () => {
    await clone.git('remote', 'set-url', 'origin', await gitDaemon(sandbox));
    const agents = ['a', 'b', 'c', 'd', 'e', 'f'];
    const claims = await Promise.all(
      agents.map((agent) => clone.lease(['claim', 'RFC-001', '--agent-id', agent])),
    );
    const winners = agents.filter((_, index) => claims[index]?.status === 0);
    expect(claims.map(({ status }) => status).sort()).toEqual([0, 1, 1, 1, 1, 1]);
    expect((await remoteRecord(sandbox)).agent).toBe(winners[0]);
  });
});

describe('claim --force', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('refuses a live lease, and says from when on it would not', async () => {
    const commit = await plant(sandbox, { content: leaseOf('agent-b') });
    const claim = await clone.lease(['claim', 'RFC-001', '--force']);
    expect(claim.status).toBe(1);
    expect(claim.stderr).toContain("the lease of 'agent-b' cannot be taken over yet");
    expect(claim.stderr).toMatch(/--force {5}from \d\d:\d\dZ, if not renewed/);
    expect((await clone.json(['claim', 'RFC-001', '--force'])).error.code).toBe('NOT_EXPIRED');
    expect(await remoteLease(sandbox)).toBe(commit);
  });

  it('takes over a lease that ran out longer ago than the grace period', async () => {
    await plant(sandbox, { content: leaseOf('agent-b', 3800), committed: now() - 3800 });
    expect(await clone.json(['claim', 'RFC-001', '--force'])).toMatchObject({
      agent: 'agent-a',
      tookOverFrom: 'agent-b',
    });
    const subject = await sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', RFC_001);
    expect(subject).toBe('take over RFC-001 from agent-b');
  });

  it('does not take over within the grace period', async () => {
    await plant(sandbox, { content: leaseOf('agent-b', 3660), committed: now() - 3660 });
    expect((await clone.json(['claim', 'RFC-001', '--force'])).error.code).toBe('NOT_EXPIRED');
  });

  it('reads parented commits with RFC 3339 times, and takes them over by the same rule', async () => {
    const first = await plant(sandbox, {
      content: leaseOf('agent-b', 9000),
      committed: now() - 9000,
    });
    const acquired = new Date((now() - 9000) * 1000).toISOString().replace('Z', '+00:00');
    const expires = new Date((now() - 5400) * 1000).toISOString().replace('Z', '+00:00');
    const content = { agent: 'agent-b', acquired, expires };
    await plant(sandbox, { content, committed: now() - 9000, parents: [first] });
    expect((await clone.json(['claim', 'RFC-001', '--force'])).tookOverFrom).toBe('agent-b');
    expect(await sandbox.git(sandbox.remote, 'log', '-1', '--format=%P', RFC_001)).toBe('');
  });

  it('refuses a lease written in our future as clock skew', async () => {
    const content = { agent: 'agent-b', acquired: now() + 7200, expires: now() + 10_800 };
    await plant(sandbox, { content, committed: now() + 7200 });
    const { error } = await clone.json(['claim', 'RFC-001', '--force']);
    expect(error.code).toBe('CLOCK_SKEW');
  });

  it('outlasts a lease dated in 2100 by observation', async () => {
    clone.write({
      '.lazyspec.toml':
        '[coordination]\nlease_duration = "1s"\ngrace_period = "0s"\nmax_lease_duration = "1s"\n',
    });
    const year2100 = 4_102_444_800;
    const content = { agent: 'squatter', acquired: year2100, expires: year2100 + 1 };
    await plant(sandbox, { content, committed: year2100 });
    expect((await clone.json(['claim', 'RFC-001', '--force'])).error.code).toBe('CLOCK_SKEW');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await clone.json(['claim', 'RFC-001', '--force'])).toMatchObject({
      tookOverFrom: 'squatter',
    });
  });
});

describe('claim --wait', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await plant(sandbox, { content: leaseOf('agent-b') });
  });
  afterEach(() => sandbox.dispose());

  it('claims as soon as the holder has released', async () => {
    const waiting = clone.lease(['claim', 'RFC-001', '--wait', '30s']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    expect(await waiting).toMatchObject({ status: 0, stdout: expect.stringContaining('Claimed') });
  });

  it('gives up when the time is over, as refused as before', async () => {
    const claim = await clone.lease(['claim', 'RFC-001', '--wait', '1s']);
    expect(claim.status).toBe(1);
    expect(claim.stderr).toContain("held by 'agent-b'");
  });

  it.each(['RFC-001', './docs/rfcs/RFC-001-some-title.md', 'CONVENTION'])(
    'takes %s after --wait for a document',
    async (name) => {
      await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
      expect((await clone.lease(['claim', '--wait', name])).status).toBe(0);
    },
  );

  it('does not wait for what waiting cannot mend', async () => {
    await plant(sandbox, { content: 'nonsense' });
    const claim = await clone.lease(['claim', 'RFC-001', '--wait', '30s', '--json']);
    expect(JSON.parse(claim.stdout).error.code).toBe('MALFORMED_LEASE');
  });

  it('stops at Ctrl-C with nothing claimed', async () => {
    const claim = await clone.lease(['claim', 'RFC-001', '--wait'], {
      started: (child) => setTimeout(() => child.kill('SIGINT'), 800),
    });
    expect(claim.status).toBe(130);
    expect(claim.stderr).toContain('nothing was claimed');
  });
});
