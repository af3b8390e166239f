import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { plant, RFC_001, RFC_002, remoteLease, remoteRecord } from '../../helpers/leases.ts';
import { freePort } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { RFC_1, RFC_2 } from '../hooks/guarded.ts';
import { act, edit, expectRefusal, expectSilent } from './calls.ts';

const SPACED = 'docs/rfcs/RFC-005-a b c.md';

describe('the session of an agent', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, [SPACED]: '# Five\n' });
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`clone-${++number}`);
  });
  afterEach(async () => {
    const refs = await sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(refname)');
    for (const ref of refs.split('\n').filter((one) => one.startsWith('refs/lazyspec/'))) {
      await sandbox.git(sandbox.remote, 'update-ref', '-d', ref);
    }
  });
  afterAll(() => sandbox.dispose());

  const begin = (task: string, env: Record<string, string> = {}) =>
    act(clone, 'session-start', { env: { ASSIGNED_TASK: task, ...env } });
  const held = async () => {
    const leases = await clone.json(['leases']);
    return leases.map(({ id, agent }: { id: string; agent: string }) => `${id} ${agent}`);
  };
  const cutOff = async () =>
    clone.git('remote', 'set-url', 'origin', `git://127.0.0.1:${await freePort()}/x.git`);
  const notes = () => readdirSync(clone.at('.git/lazyspec/sessions'));

  it('claims what it is assigned, renews it, and gives it back', async () => {
    const file = join(sandbox.folder, `environment-${number}`);
    writeFileSync(file, 'export THEIRS=1\n');
    const began = await begin('RFC-001', { CLAUDE_ENV_FILE: file });
    expect(began).toMatchObject({ status: 0, stderr: '' });
    expect(began.stdout).toMatch(/^RFC-001 is claimed for you \(s-1\) until 20.*Z\.\n/);
    expect(await held()).toEqual(['RFC-001 s-1']);
    expectSilent(await edit(clone, clone.at(RFC_1)));

    const first = await remoteLease(sandbox);
    expectSilent(await act(clone, 'after-tool'));
    const second = await remoteLease(sandbox);
    expect(second).not.toBe(first);

    expectSilent(await act(clone, 'session-end'));
    expect(await held()).toEqual([]);
    expect(notes()).toEqual([]);
  });

  it('lets the commands that the agent runs know who it is', async () => {
    const file = join(sandbox.folder, `environment-${number}`);
    writeFileSync(file, 'export THEIRS=1\n');
    await begin('', { CLAUDE_ENV_FILE: file });
    await begin('RFC-001', { CLAUDE_ENV_FILE: file });
    const content = await sandbox.git(sandbox.folder, 'hash-object', file);
    writeFileSync(`${file}-wanted`, 'export THEIRS=1\nexport CLAUDE_SESSION_ID=s-1\n');
    expect(content).toBe(await sandbox.git(sandbox.folder, 'hash-object', `${file}-wanted`));
    // Where it cannot, the model is told.
    expect((await begin('RFC-001')).stdout).toContain('CLAUDE_SESSION_ID=s-1');
    expect((await begin('RFC-001', { CLAUDE_ENV_FILE: '/no/such' })).stdout).toContain('=s-1');
    // Whom the user has named, every command knows.
    const named = { LAZYSPEC_AGENT_ID: 's-1', CLAUDE_ENV_FILE: `${file}-other` };
    expect((await act(clone, 'session-start', { env: named })).status).toBe(0);
    expect(existsSync(`${file}-other`)).toBe(false);
  });

  it.each([
    ['RFC-001,STORY-042', ['RFC-001', 'STORY-042']],
    ['RFC-001 RFC-002', ['RFC-001', 'RFC-002']],
    [` rfc-1\n\n${RFC_2}\n`, ['RFC-001', 'RFC-002']],
    [`${SPACED}, RFC-002`, ['RFC-002', 'RFC-005']],
  ])('claims all that %j names', async (task, ids) => {
    expect(await begin(task)).toMatchObject({ status: 0, stderr: '' });
    expect(await held()).toEqual(ids.map((id) => `${id} s-1`));
  });

  it('tells of words that name no document, and claims the others', async () => {
    const ran = await begin('Rewrite RFC-001 as README.md says; ../../x $(touch pwned)');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('No documents, in $ASSIGNED_TASK: Rewrite as README.md says;');
    expect(await held()).toEqual(['RFC-001 s-1']);
    const none = await begin('JIRA-123 mend the build');
    expect(none).toMatchObject({ status: 0, stderr: '' });
    expect(none.stdout).toContain('names no document: nothing was claimed');
  });

  it('begins without what another holds, and the model reads who does', async () => {
    await clone.lease(['claim', 'RFC-002', '--agent-id', 'ben']);
    const ran = await begin('RFC-001 RFC-002');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain("RFC-002: document is not claimed by you (held by 'ben')");
    expect(ran.stdout).toContain('Nothing was claimed');
    expect(await held()).toEqual(['RFC-002 ben']);
  });

  it('begins, goes on and ends without the remote', async () => {
    await cutOff();
    const ran = await begin('RFC-001');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain("'origin' cannot be reached");
    expect(await act(clone, 'after-tool')).toMatchObject({ status: 0, stdout: '' });
    expect(await act(clone, 'session-end')).toMatchObject({ status: 0, stdout: '' });
  });

  it('that is assigned nothing asks nobody', async () => {
    await cutOff();
    for (const moment of ['session-start', 'after-tool', 'session-end'] as const) {
      expectSilent(await act(clone, moment));
      expectSilent(await act(clone, moment, { env: { LAZYSPEC_AGENT_ID: 'ada' } }));
      expectSilent(await act(clone, moment, { env: { ASSIGNED_TASK: '  ' } }));
    }
  });

  it('outside of a repository, and where nothing is gated, does nothing', async () => {
    const free = await sandbox.clone(`free-${number}`);
    free.write({ '.lazyspec.toml': '' });
    const env = { ASSIGNED_TASK: 'RFC-001' };
    for (const moment of ['session-start', 'after-tool', 'session-end'] as const) {
      expectSilent(await act(free, moment, { env }));
      const nowhere = { cwd: sandbox.home, env: { ...env, CLAUDE_PROJECT_DIR: '/no/such' } };
      expectSilent(await act(free, moment, nowhere));
    }
  });

  it('renews once in the interval, and until then starts no git', async () => {
    await begin('RFC-001');
    expectSilent(await act(clone, 'after-tool'));
    const renewed = await remoteLease(sandbox);
    const git = sandbox.countingGit();
    expectSilent(await act(clone, 'after-tool', { env: git.env }));
    expect(git.calls()).toEqual([]);
    expect(await remoteLease(sandbox)).toBe(renewed);
    expectSilent(await act(clone, 'after-tool', { args: ['--min-interval', '1s'] }));
    expect(await remoteLease(sandbox)).not.toBe(renewed);
  });

  it('renews at least three times in the life of a short lease', async () => {
    clone.write({
      '.lazyspec.toml': '[coordination]\nlease_duration = "3s"\ngrace_period = "1s"\n',
    });
    await begin('RFC-001');
    const args = ['--min-interval', '1h'];
    expectSilent(await act(clone, 'after-tool', { args }));
    const renewed = await remoteLease(sandbox);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expectSilent(await act(clone, 'after-tool', { args }));
    expect(await remoteLease(sandbox)).not.toBe(renewed);
  });

  it('does not wait for a remote that is away at every step', async () => {
    await begin('RFC-001');
    await cutOff();
    const ran = await act(clone, 'after-tool');
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toContain('cannot be reached');
    expectSilent(await act(clone, 'after-tool'));
    expect(await act(clone, 'session-end')).toMatchObject({ status: 0, stdout: '' });
  });

  it('reads of a lease that it has lost, once, and keeps the others', async () => {
    await begin('RFC-001 RFC-002');
    const others = { agent: 'ben', acquired: 1, expires: 4_000_000_000 };
    await plant(sandbox, { content: others });
    const two = await remoteLease(sandbox, RFC_002);
    const ran = await act(clone, 'after-tool');
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('RFC-001');
    expect(ran.stderr).toContain("'ben'");
    expect(await remoteLease(sandbox, RFC_002)).not.toBe(two);
    expectSilent(await act(clone, 'after-tool', { args: ['--min-interval', '0s'] }));
    expectSilent(await act(clone, 'session-end'));
    expect(await held()).toEqual(['RFC-001 ben']);
  });

  it('gives back what it has claimed by itself, and nothing of a person', async () => {
    await begin('RFC-001');
    await clone.lease(['claim', 'RFC-002'], { env: { CLAUDE_SESSION_ID: 's-1' } });
    await clone.lease(['claim', 'STORY-042']);
    expectSilent(await act(clone, 'session-end'));
    expect(await held()).toEqual([`STORY-042 clone-${number}`]);
  });

  it('that goes by the name of a person keeps to what it was assigned', async () => {
    const env = { LAZYSPEC_AGENT_ID: 'ada' };
    await clone.lease(['claim', 'RFC-002'], { env });
    const two = await remoteLease(sandbox, RFC_002);
    await begin('RFC-001', env);
    const one = await remoteLease(sandbox, RFC_001);
    expectSilent(await act(clone, 'after-tool', { env }));
    expect(await remoteLease(sandbox, RFC_001)).not.toBe(one);
    expect(await remoteLease(sandbox, RFC_002)).toBe(two);
    expectSilent(await act(clone, 'session-end', { env }));
    expect(await held()).toEqual(['RFC-002 ada']);
  });

  it('ends well where its leases are gone, or another has them', async () => {
    await begin('RFC-001 RFC-002 STORY-042');
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    await plant(sandbox, {
      ref: RFC_002,
      content: { agent: 'ben', acquired: 1, expires: 4_000_000_000 },
    });
    expect(await act(clone, 'session-end')).toMatchObject({ status: 0, stdout: '' });
    expect(await held()).toEqual(['RFC-002 ben']);
    expectSilent(await act(clone, 'session-end'));
  });

  it('that goes on after a pause keeps what it was assigned', async () => {
    await begin('RFC-001');
    await begin('RFC-002');
    expectSilent(await act(clone, 'session-end', { env: { LAZYSPEC_AGENT_ID: 's-1' } }));
    expect(await held()).toEqual([]);
  });

  it('is found from wherever the agent has gone', async () => {
    await begin('RFC-001');
    expectSilent(await act(clone, 'after-tool', { cwd: sandbox.home }));
    expectSilent(await act(clone, 'session-end', { cwd: sandbox.home }));
    expect(await held()).toEqual([]);
  });

  it('is not held up by input that is none', async () => {
    for (const moment of ['session-start', 'after-tool', 'session-end']) {
      for (const input of ['', '{"session_id":', '[]', '{"session_id":7}']) {
        const env = { ASSIGNED_TASK: 'RFC-001', LAZYSPEC_AGENT_ID: 'ada' };
        const ran = await clone.hooks(['agent', moment], { input, env });
        expect(ran.status).toBe(0);
        expect(ran.stderr + ran.stdout).not.toContain('bug');
      }
    }
  });

  it('renews a lease with the name of the session, its host and its work tree', async () => {
    await begin('RFC-001');
    const { agent, worktree } = await remoteRecord(sandbox);
    expect({ agent, worktree }).toEqual({ agent: 's-1', worktree: clone.path });
  });

  it('goes on where its note cannot be kept', async () => {
    clone.write({ '.git/lazyspec/sessions': 'no folder\n' });
    const began = await begin('RFC-001');
    expect(began).toMatchObject({ status: 0, stderr: '' });
    expect(began.stdout).toContain('RFC-001 is claimed for you');
    expect(began.stdout).toContain('could not be noted');
    const first = await remoteLease(sandbox);
    expect(await act(clone, 'after-tool')).toMatchObject({ status: 0, stdout: '' });
    expect(await remoteLease(sandbox)).not.toBe(first);
    expect(await act(clone, 'session-end')).toMatchObject({ status: 0, stdout: '' });
    expect(await held()).toEqual([]);
  });

  it('refuses an interval that is none, and a moment that is none', async () => {
    const ran = await act(clone, 'after-tool', { args: ['--min-interval', 'often'] });
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toContain('often');
    expect((await clone.hooks(['agent', 'lunch'])).status).toBe(2);
    expect((await clone.hooks(['agent'])).status).toBe(2);
    expectRefusal(await edit(clone, clone.at(RFC_1)), 'RFC-001');
  });
});
