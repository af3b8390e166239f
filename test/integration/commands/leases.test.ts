import { renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001 } from '../../helpers/leases.ts';
import { HAS_PSEUDO_TERMINALS, PseudoTerminal } from '../../helpers/pseudo-terminal.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, run, Sandbox } from '../../helpers/sandbox.ts';

const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';
const STORY_042 = 'refs/lazyspec/leases/story/STORY-042';

describe('leases', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await plant(sandbox, { content: leaseOf('agent-a') });
    await plant(sandbox, { ref: RFC_002, content: 'nonsense' });
    await plant(sandbox, { ref: STORY_042, content: leaseOf('agent-b', 9000) });
  });
  afterEach(() => sandbox.dispose());

  it('prints a line of tab-separated fields for each, where no person looks', async () => {
    const { stdout, status } = await clone.lease(['leases']);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(status).toBe(0);
    expect(rows.map(([ref, agent]) => [ref, agent])).toEqual([
      [RFC_001, 'agent-a'],
      [RFC_002, '?'],
      [STORY_042, 'agent-b'],
    ]);
    expect(rows[0]?.[3]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('tells live, expired and malformed leases apart; the malformed one hides no other', async () => {
    const list = await clone.json(['leases']);
    expect(list).toMatchObject([
      { id: 'RFC-001', type: 'rfc', state: 'live', mine: true },
      { id: 'RFC-002', agent: null, state: 'malformed', mine: false },
      { id: 'STORY-042', state: 'expired', mine: false },
    ]);
  });

  it.each([
    [['--mine'], ['RFC-001']],
    [
      ['--type', 'rfc'],
      ['RFC-001', 'RFC-002'],
    ],
    [['--expired'], ['STORY-042']],
    [['--expired', '--mine'], []],
  ])('lists with %j only %j', async (args, ids) => {
    const list = await clone.json(['leases', ...args]);
    expect(list.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it('lists a ref that is no document, without stopping at it', async () => {
    await plant(sandbox, { ref: 'refs/lazyspec/leases/rfc/deep/RFC-009', content: leaseOf('x') });
    const list = await clone.json(['leases']);
    expect(list).toHaveLength(4);
    expect(list.find(({ ref }: { ref: string }) => ref.endsWith('RFC-009')).state).toBe(
      'malformed',
    );
  });

  it.each(['99999999999999', '99999999999999999999'])(
    'lists a lease whose commit is dated %s as malformed, and goes on',
    async (date) => {
      const good = await sandbox.git(sandbox.remote, 'cat-file', 'commit', RFC_001);
      const bad = good.replace(/(committer .*> )\d+/, `$1${date}`);
      const args = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'];
      const env = sandbox.env;
      const written = await run('git', args, { cwd: sandbox.remote, env, input: `${bad}\n` });
      await sandbox.git(sandbox.remote, 'update-ref', RFC_001, written.stdout.trim());
      const list = await clone.json(['leases']);
      expect(list.map(({ state }: { state: string }) => state)).toEqual([
        'malformed',
        'malformed',
        'expired',
      ]);
      expect((await clone.json(['claim', 'RFC-001', '--force'])).error.code).toBe(
        'MALFORMED_LEASE',
      );
    },
  );

  it('refuses a type that is not configured, and names those that are', async () => {
    const { status, stderr } = await clone.lease(['leases', '--type', 'rcf']);
    expect(status).toBe(2);
    expect(stderr).toContain('rfc, story');
  });

  describe('if the remote gives no answer', () => {
    const SEEN = /\n {2}This clone last saw all leases \d+ s ago\.\n/;

    it('prints the leases that this clone last saw, then why there is no answer, and exits 3', async () => {
      const seen = await clone.lease(['leases']);
      renameSync(sandbox.remote, `${sandbox.remote}.away`);
      const ran = await clone.lease(['leases']);
      expect(ran).toMatchObject({ status: 3, stdout: seen.stdout });
      expect(ran.stderr).toMatch(/^lazyspec-lease: 'origin' has no repository at its address\n/);
      expect(ran.stderr).toContain('does not appear to be a git repository');
      expect(ran.stderr).toMatch(SEEN);
      const { stdout, status } = await clone.lease(['leases', '--mine', '--json']);
      expect(status).toBe(3);
      expect(JSON.parse(stdout).error).toMatchObject({
        code: 'REMOTE_NOT_FOUND',
        remote: 'origin',
        remedy: expect.stringContaining('git remote -v'),
        leases: [{ id: 'RFC-001', cached: true, mine: true }],
        lastSeen: expect.stringMatching(/Z$/),
      });
    });

    it('prints what this clone last saw of one lease, too', async () => {
      await clone.lease(['leases']);
      renameSync(sandbox.remote, `${sandbox.remote}.away`);
      const ran = await clone.lease(['show', 'STORY-042']);
      expect(ran.status).toBe(3);
      expect(ran.stdout).toMatch(/^STORY-042\n {2}holder: +agent-b\n/);
      expect(ran.stderr).toMatch(SEEN);
      const { error } = await clone.json(['show', 'STORY-042']);
      expect(error).toMatchObject({ code: 'REMOTE_NOT_FOUND', leases: [{ id: 'STORY-042' }] });
    });

    it('says so if this clone has never seen the leases, and calls nothing empty', async () => {
      renameSync(sandbox.remote, `${sandbox.remote}.away`);
      const ran = await clone.lease(['leases']);
      expect(ran).toMatchObject({ status: 3, stdout: '' });
      expect(ran.stderr).toContain('  This clone has never seen all leases.\n');
      const { error } = await clone.json(['leases']);
      expect(error.leases).toEqual([]);
      expect(error).not.toHaveProperty('lastSeen');
    });

    it('prints only the error if what it last saw cannot be read either', async () => {
      await clone.lease(['leases']);
      writeFileSync(clone.at('.git/packed-refs'), 'damaged');
      const ran = await clone.lease(['leases', '--json']);
      expect(ran.status).toBe(3);
      const { error } = JSON.parse(ran.stdout);
      // libgit2 would crash on that file.
      const native = process.env.LAZYSPEC_TEST_BACKEND === 'nodegit';
      expect(error.code).toBe(native ? 'BACKEND_UNAVAILABLE' : 'GIT_FAILED');
      expect(error).not.toHaveProperty('leases');
      expect(ran.stdout).toContain('packed-refs');
    });

    (HAS_PSEUDO_TERMINALS ? it : it.skip)('prints the table on a terminal', async () => {
      await clone.lease(['leases']);
      renameSync(sandbox.remote, `${sandbox.remote}.away`);
      const terminal = new PseudoTerminal([process.execPath, LEASE, 'leases'], {
        cwd: clone.path,
        env: sandbox.env,
        columns: 90,
      });
      expect(await terminal.ended).toBe(3);
      expect(terminal.written).toMatch(
        /DOCUMENT.*STORY-042 .*has no repository at its address.*This clone last saw all leases/s,
      );
      expect(terminal.written).not.toContain('was not asked');
    });
  });

  it('asks nobody with --local', async () => {
    const git = sandbox.countingGit();
    const list = await clone.lease(['leases', '--local', '--json'], { env: git.env });
    expect(JSON.parse(list.stdout)).toEqual([]);
    expect(git.calls()).not.toContain('fetch');
  });

  it('steers no terminal with what others wrote', async () => {
    const hostile = {
      ...leaseOf('agent-\u202eb'),
      note: '\u001b[31mred\u202eecalp',
      branch: '\u009b2J',
    };
    await plant(sandbox, { content: hostile });
    for (const args of [
      ['leases'],
      ['show', 'RFC-001'],
      ['claim', 'RFC-001'],
      ['leases', '--json'],
    ]) {
      const { stdout, stderr } = await clone.lease(args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not come through
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  describe('show', () => {
    it('tells everything known of one lease, and when it may be taken over', async () => {
      const shown = await clone.json(['show', 'STORY-042']);
      expect(shown).toMatchObject({ agent: 'agent-b', state: 'expired', takeover: {} });
      const { stdout } = await clone.lease(['show', 'STORY-042']);
      expect(stdout).toMatch(/^STORY-042\n {2}holder: +agent-b\n/);
      expect(stdout).toContain('takeover:');
    });

    it('tells that a document is free, or its lease malformed', async () => {
      await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
      expect((await clone.lease(['show', 'RFC-001'])).stdout).toBe('RFC-001 is not claimed\n');
      expect((await clone.json(['show', 'RFC-001'])).state).toBe('absent');
      expect((await clone.lease(['show', 'RFC-002'])).stdout).toContain('RFC-002 is malformed');
      expect((await clone.json(['show', 'RFC-002'])).state).toBe('malformed');
    });
  });

  it('reports times that people read as times from now', async () => {
    await plant(sandbox, { content: { ...leaseOf('agent-b', 1200), expires: now() + 1150 } });
    const { stderr } = await clone.lease(['claim', 'RFC-001']);
    expect(stderr).toMatch(/claimed 20 min ago, .*expires in 19 min \(/);
  });
});
