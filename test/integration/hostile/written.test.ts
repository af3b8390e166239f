import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOSTILE_TEXTS, steering } from '../../helpers/hostile-text.ts';
import { leaseOf, plant, remoteRecord } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

describe('what we write into a lease', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  const zeroWidth = HOSTILE_TEXTS['zero-width characters'] ?? '';

  it.each([
    ['--agent-id', ['--agent-id', zeroWidth], {}],
    ['$LAZYSPEC_AGENT_ID', [], { LAZYSPEC_AGENT_ID: 'a\u202eb' }],
    ['$CLAUDE_SESSION_ID', [], { CLAUDE_SESSION_ID: 'a\u001b[2J' }],
    ['a name of 201 characters', [], { LAZYSPEC_AGENT_ID: '仕'.repeat(201) }],
    ['a note', ['--note', 'a\u2066b'], {}],
    ['an id', ['--', 'RFC-001\u200b'], {}],
  ])('is refused where %s does not show what it is', async (_, args, env) => {
    const ran = await clone.lease(['claim', 'RFC-001', ...args], { env });
    expect(ran.status).toBe(2);
    expect(steering(ran.stdout + ran.stderr)).toEqual([]);
  });

  it('says in one line what a branch of any name may hold', async () => {
    await clone.git('symbolic-ref', 'HEAD', `refs/heads/x\u202e${'\u009b2J'.repeat(40)}`);
    await clone.lease(['claim', 'RFC-001', '--note', 'two\nlines']);
    const record = await remoteRecord(sandbox);
    expect(record.note).toBe('two lines');
    expect(record.branch).toBe(`x${'2J'.repeat(40)}`);
  });

  it('can be read again, however long the note was that a forger wrote in our name', async () => {
    const forged = { ...leaseOf('agent-a'), note: 'x'.repeat(8000) };
    await plant(sandbox, { content: JSON.stringify(forged) });
    await clone.lease(['heartbeat', 'RFC-001', '--json']);
    expect(await clone.json(['show', 'RFC-001'])).toMatchObject({ state: 'live', mine: true });
  });

  it('names a holder so that an administrator can type the name', async () => {
    await plant(sandbox, { content: leaseOf('agent-\u200bb') });
    const refused = await clone.json(['claim', 'RFC-001']);
    expect(refused.error.code).toBe('HELD_BY_OTHER');
    const released = await clone.lease(['release', 'RFC-001', '--expected-holder', 'agent-b']);
    expect(released).toMatchObject({ status: 0, stdout: 'Released RFC-001\n' });
  });
});
