import { renameSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import { freePort } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  configure,
  guardedClone,
  putLease,
  RFC_1,
  RFC_2,
  STORY,
  startOver,
} from './guarded.ts';

describe('without the remote', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    await claim(clone, 'RFC-001');
    const expired = { agent: 'agent-a', acquired: now() - 700, expires: now() - 100, ttl: 600 };
    await putLease(sandbox, 'story/STORY-042', expired);
    await clone.lease(['leases']); // so that this clone remembers it
  });
  afterEach(async () => {
    await clone.git('remote', 'set-url', 'origin', sandbox.remote);
    await startOver(clone);
  });
  afterAll(() => sandbox.dispose());

  async function cutOff(): Promise<void> {
    const address = `git://127.0.0.1:${await freePort()}/remote.git`;
    await clone.git('remote', 'set-url', 'origin', address);
  }

  function settings(offline: string): Promise<void> {
    return configure(clone, `[coordination]\n[gate]\noffline = "${offline}"\n`);
  }

  it('refuses what I hold as well, by default', async () => {
    await cutOff();
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("'origin' cannot be reached");
    expect(ran.stderr).toContain('Check the network');
  });

  it('refuses where the remote was moved away', async () => {
    await settings('allow-held');
    const away = `${sandbox.remote}.away`;
    renameSync(sandbox.remote, away);
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    renameSync(away, sandbox.remote);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("'origin' has no repository at its address");
  });

  it('lets what needs no lease pass', async () => {
    await cutOff();
    clone.write({ 'README.md': '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 0, stderr: '' });
  });

  it('passes what I hold, with a warning, under offline = "allow-held"', async () => {
    await settings('allow-held');
    await cutOff();
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/^warning: 'origin' cannot be reached; passed on .* copy/);
  });

  it.each([
    ['nobody has claimed', { [RFC_2]: '# New\n' }],
    ['was mine until it expired', { [STORY]: '# New\n' }],
    ['I hold beside one that I do not', { [RFC_1]: '# New\n', [RFC_2]: '# New\n' }],
  ])('refuses what %s, under offline = "allow-held"', async (_, files) => {
    await settings('allow-held');
    await cutOff();
    clone.write(files);
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("'origin' cannot be reached");
    // What a copy says is not told as if it were so.
    expect(ran.stderr).not.toMatch(/passed on|not claimed|expired/);
  });

  it('lets a document be created on a lease that this clone remembers, under "allow-held"', async () => {
    await settings('allow-held');
    await cutOff();
    clone.write({ 'docs/rfcs/RFC-050-new.md': '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toMatch(/^warning: /);
  });
});
