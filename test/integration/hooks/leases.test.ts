import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  putLease,
  RFC_1,
  RFC_2,
  STORY,
  startOver,
} from './guarded.ts';

describe('what the leases say', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it('reports all refused documents together, with one command that claims them all', async () => {
    clone.write({ [RFC_1]: '# New\n', [RFC_2]: '# New\n', [STORY]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001', 'RFC-002', 'STORY-042');
    expect(ran.stderr).toContain('3 documents were refused');
    expect(ran.stderr).toMatch(
      /claim them all: .*lazyspec-lease claim RFC-001 RFC-002 STORY-042\n/,
    );
    for (const path of [RFC_1, RFC_2, STORY]) expect(ran.stderr).toContain(`changed: ${path}`);

    // All but one of them: only that one is refused then.
    await claim(clone, 'RFC-001', 'STORY-042');
    expectRefused(await commitAll(clone), 'RFC-002');
    expect(await clone.lease(['release', 'RFC-001', 'STORY-042'])).toMatchObject({ status: 0 });
  });

  it('offers to claim only those that are free', async () => {
    const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-002', other);
    clone.write({ [RFC_1]: '# New\n', [RFC_2]: '# New\n', [STORY]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001', 'RFC-002', 'STORY-042');
    expect(ran.stderr).toMatch(
      /claim those that are free: .*lazyspec-lease claim RFC-001 STORY-042\n/,
    );
    await sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-002');
  });

  it('asks the remote once, for however many documents', async () => {
    clone.write({ [RFC_1]: '# New\n', [RFC_2]: '# New\n', [STORY]: '# New\n' });
    clone.write({ 'docs/rfcs/RFC-050-new.md': '# New\n' });
    await clone.git('add', '--all');
    const { env, calls } = sandbox.countingGit();
    const refused = await clone.hooks(['run', 'pre-commit'], { env });
    expectRefused(refused, 'RFC-001', 'RFC-002', 'RFC-050', 'STORY-042');
    expect(calls().filter((call) => /fetch|ls-remote|push|pull/.test(call))).toEqual(['fetch']);
  });

  it('does not ask the remote where no document is staged', async () => {
    clone.write({ 'README.md': '# New\n' });
    await clone.git('add', '--all');
    const { env, calls } = sandbox.countingGit();
    expectPassed(await clone.hooks(['run', 'pre-commit'], { env }));
    expect(calls()).not.toContain('fetch');
  });

  it('refuses under a lease of mine that has expired, and says how to renew it', async () => {
    const expired = { agent: 'agent-a', acquired: now() - 700, expires: now() - 100, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-001', expired);
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toContain('RFC-001: your lease expired');
    expect(ran.stderr).toMatch(/renew it: .*lazyspec-lease heartbeat RFC-001\n/);
    expect((await clone.json(['gate', '--staged'])).documents).toMatchObject([
      { id: 'RFC-001', verdict: 'LEASE_EXPIRED' },
    ]);

    expect(await clone.lease(['heartbeat', 'RFC-001'])).toMatchObject({ status: 0 });
    expectPassed(await commitAll(clone));
    await clone.lease(['release', 'RFC-001']);
  });

  it.each([
    ['no JSON', 'not json'],
    ['JSON that is no object', '[]'],
    ['a record without times', { agent: 'agent-a' }],
    ['an absurd time', { agent: 'agent-a', acquired: 0, expires: 1e300 }],
    ['more than 8 KiB', { agent: 'agent-a', acquired: 0, expires: 9e9, note: 'x'.repeat(9000) }],
  ])('refuses under a lease that is %s', async (_, record) => {
    await putLease(sandbox, 'rfc/RFC-001', record);
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toContain('RFC-001: its lease is malformed');
    expect(ran.stderr).toContain('lazyspec-lease release RFC-001 --expected-holder');
    await sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-001');
  });

  it('does not pass on the copy of a lease that is gone from the remote', async () => {
    await claim(clone, 'RFC-001');
    await sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-001');
    const copy = await clone.git('for-each-ref', 'refs/lazyspec/leases');
    expect(copy).toContain('rfc/RFC-001');
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toContain('RFC-001: document is not claimed. ');
  });

  it('does not pass on the copy of a lease that somebody else has taken since', async () => {
    await claim(clone, 'RFC-001');
    const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-001', other);
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toContain("held by 'agent-b'");
  });
});
