import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { steering } from '../../helpers/hostile-text.ts';
import { leaseOf, now, plant, RFC_001 } from '../../helpers/leases.ts';
import type { Planted } from '../../helpers/planted.ts';
import { plantEverything } from '../../helpers/planted.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';
const STORY_042 = 'refs/lazyspec/leases/story/STORY-042';

/** Every hostile thing stands on the remote at once; every command still does what it should. */
describe('beside every hostile lease at once', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let planted: Planted[];
  let malformed: string[];
  let odd: Planted[];

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    planted = await plantEverything(sandbox);
    await plant(sandbox, { content: leaseOf('agent-a') });
    await plant(sandbox, { ref: RFC_002, content: leaseOf('agent-b') });
    const long = 90_000;
    const old = { content: leaseOf('agent-b', long), committed: now() - long };
    await plant(sandbox, { ref: STORY_042, ...old });
    malformed = planted.flatMap(({ id, state }) => (id && state === 'malformed' ? id : []));
    odd = planted.filter(({ id }) => id === undefined);
    clone = await sandbox.clone('agent-a');
    expect((await clone.hooks(['install'])).status).toBe(0);
  });
  afterAll(() => sandbox.dispose());

  /** No command may steer a terminal, or run anything. */
  function harmless({ stdout, stderr }: Ran): void {
    expect(steering(stdout)).toEqual([]);
    expect(steering(stderr)).toEqual([]);
    expect(existsSync(clone.at('ran'))).toBe(false);
  }

  async function asJson(args: string[], status: number) {
    const ran = await clone.lease([...args, '--json']);
    harmless(ran);
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status, stderr: '' });
    return JSON.parse(ran.stdout);
  }

  async function asText(args: string[], status: number): Promise<Ran> {
    const ran = await clone.lease(args);
    harmless(ran);
    expect(ran.status).toBe(status);
    return ran;
  }

  it('leases --json lists every one, each in its state, and the good ones right', async () => {
    const list = await asJson(['leases'], 0);
    const states = new Map(list.map(({ ref, state }: Planted) => [ref, state]));
    expect(planted.filter(({ ref, state }) => states.get(ref) !== state)).toEqual([]);
    expect(list).toHaveLength(planted.length + 3);
    const good = [RFC_001, RFC_002, STORY_042].map((ref) =>
      list.find((one: Planted) => one.ref === ref),
    );
    expect(good).toMatchObject([
      { agent: 'agent-a', state: 'live', mine: true },
      { agent: 'agent-b', state: 'live', mine: false },
      { agent: 'agent-b', state: 'expired', mine: false },
    ]);
    expect(list.filter(({ mine }: { mine: boolean }) => mine)).toHaveLength(1);
  });

  it('leases prints a line for each, with four fields', async () => {
    const { stdout } = await asText(['leases'], 0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(planted.length + 3);
    expect(lines.filter((line) => line.split('\t').length !== 4)).toEqual([]);
    expect(lines.filter((line) => line.startsWith(`${RFC_001}\tagent-a\t`))).toHaveLength(1);
  });

  it('leases --local tells the same from this clone', async () => {
    const list = await asJson(['leases', '--local'], 0);
    expect(list).toHaveLength(planted.length + 3);
  });

  it('leases --expired and --mine are not fooled', async () => {
    const ids = async (flag: string) =>
      (await asJson(['leases', flag], 0)).map(({ id }: { id: string }) => id);
    expect(await ids('--expired')).toEqual(['STORY-042']);
    expect(await ids('--mine')).toEqual(['RFC-001']);
  });

  it('show tells what is wrong with a lease, and all of a good one', async () => {
    const held = planted.filter(({ id, state }) => id && state === 'live');
    for (const { id = '', state } of [
      ...held.slice(0, 4),
      { id: malformed[0], state: 'malformed' },
    ]) {
      await asText(['show', id], 0);
      expect(await asJson(['show', id], 0)).toMatchObject({ id, state });
    }
  });

  it('gate refuses each malformed lease as such, and passes mine', async () => {
    const { ok, documents } = await asJson(['gate', 'RFC-001', ...malformed], 1);
    expect(ok).toBe(false);
    const verdicts = documents.map(({ id, verdict }: { id: string; verdict: string }) => [
      id,
      verdict,
    ]);
    expect(verdicts).toEqual([
      ['RFC-001', 'pass'],
      ...malformed.map((id) => [id, 'MALFORMED_LEASE']),
    ]);
    expect((await asText(['gate', ...malformed], 1)).stderr).toContain('malformed');
    await asText(['gate', 'RFC-001'], 0);
  });

  it('gate refuses what others hold, whatever they call themselves', async () => {
    const held = planted.flatMap(({ id, state }) => (id && state === 'live' ? id : []));
    const { documents } = await asJson(['gate', ...held], 1);
    expect(documents).toHaveLength(held.length);
    expect(new Set(documents.map(({ verdict }: { verdict: string }) => verdict))).toEqual(
      new Set(['HELD_BY_OTHER']),
    );
    await asText(['gate', ...held], 1);
  });

  it('gate without a document sees my one lease', async () => {
    await asText(['gate'], 0);
  });

  it.each([[[]], [['--force']]])('claim %j takes no malformed lease', async (flags) => {
    const { error } = await asJson(['claim', ...malformed, ...flags], 1);
    const codes = error.documents.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(malformed.map(() => 'MALFORMED_LEASE'));
    await asText(['claim', ...malformed.slice(0, 3), ...flags], 1);
  });

  it('heartbeat and release touch no malformed lease', async () => {
    const before = await sandbox.git(sandbox.remote, 'for-each-ref');
    for (const command of ['heartbeat', 'release']) {
      const { error } = await asJson([command, ...malformed], 1);
      expect(error.code).toBe('MALFORMED_LEASE');
      await asText([command, ...malformed.slice(0, 3)], 1);
    }
    expect(await sandbox.git(sandbox.remote, 'for-each-ref')).toBe(before);
  });

  it('claim, heartbeat and release work for a document that is free', async () => {
    expect(await asJson(['claim', 'RFC-500'], 0)).toMatchObject({ agent: 'agent-a' });
    expect(await asJson(['heartbeat', 'RFC-500'], 0)).toMatchObject({ renewed: true });
    expect(await asJson(['heartbeat', '--all'], 0)).toHaveLength(2);
    expect(await asJson(['release', 'RFC-500'], 0)).toEqual({ released: 'RFC-500' });
    expect(await asJson(['claim', 'STORY-042', '--force'], 0)).toMatchObject({
      tookOverFrom: 'agent-b',
    });
  });

  it('the hooks pass what I hold, and refuse what a malformed lease is on', async () => {
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Mine\n' });
    expect(await clone.tryGit(['commit', '--all', '--message', 'Mine'])).toMatchObject({
      status: 0,
    });
    expect(await clone.tryGit(['push', '--quiet', 'origin', 'HEAD'])).toMatchObject({ status: 0 });
    clone.write(Object.fromEntries(malformed.map((id) => [`docs/rfcs/${id}-x.md`, '# No\n'])));
    await clone.git('add', '--all');
    const commit = await clone.tryGit(['commit', '--message', 'No']);
    expect(commit.status).toBe(1);
    harmless(commit);
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'No');
    const push = await clone.tryGit(['push', '--quiet', 'origin', 'HEAD']);
    expect(push.status).toBe(1);
    harmless(push);
    expect(push.stderr).toContain(`${malformed.length} documents were refused`);
    const { documents } = await asJson(['gate', '--range', 'origin/main..HEAD'], 1);
    const verdicts = documents.map(({ id, verdict }: Record<string, string>) => `${id} ${verdict}`);
    expect(verdicts.sort()).toEqual(malformed.map((id) => `${id} MALFORMED_LEASE`).sort());
    await clone.git('reset', '--quiet', '--hard', 'origin/HEAD');
  });

  it('doctor is content, and can prove that the hooks refuse', async () => {
    const ran = await clone.hooks(['doctor', '--json']);
    harmless(ran);
    const { findings } = JSON.parse(ran.stdout);
    expect(findings.filter(({ state }: { state: string }) => state === 'failed')).toEqual([]);
    const proven = findings.filter(({ check }: { check: string }) => check === 'fires');
    expect(proven.map(({ state }: { state: string }) => state)).toEqual(['ok', 'ok', 'ok']);
  });

  it('an administrator removes every malformed lease, and nobody else', async () => {
    const wrong = await asJson(['release', ...malformed, '--expected-holder', 'agent-b'], 1);
    expect(wrong.error.code).toBe('NOT_HOLDER');
    expect(await asJson(['release', ...malformed, '--expected-holder', '?'], 0)).toHaveLength(
      malformed.length,
    );
    const left = await asJson(['leases'], 0);
    expect(left).toHaveLength(planted.length + 3 - malformed.length);
    expect(
      left.filter(({ id, state }: Planted) => id?.startsWith('RFC-1') && state === 'malformed'),
    ).toEqual([]);
    expect(odd.length).toBeGreaterThan(10);
  });
});
