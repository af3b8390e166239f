import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

describe('the number of connections', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    // The first claim of a clone also looks whether the remote shows leases.
    await clone.lease(['claim', 'STORY-042']);
    await clone.lease(['release', 'STORY-042']);
  });
  afterAll(() => sandbox.dispose());

  async function connections(...args: string[]): Promise<string[]> {
    const git = sandbox.countingGit();
    const ran = await clone.lease(args, { env: git.env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    return git.calls().filter((call) => ['fetch', 'push', 'ls-remote'].includes(call));
  }

  it('is one for claim, heartbeat, claim again and release, uncontended', async () => {
    expect(await connections('claim', 'RFC-001')).toEqual(['push']);
    expect(await connections('heartbeat', 'RFC-001')).toEqual(['push']);
    expect(await connections('claim', 'RFC-001')).toEqual(['push']);
    expect(await connections('release', 'RFC-001')).toEqual(['push']);
  });

  it('is one for several documents at once', async () => {
    const documents = ['RFC-001', 'RFC-002', 'STORY-042'];
    expect(await connections('claim', ...documents)).toEqual(['push']);
    expect(await connections('heartbeat', ...documents)).toEqual(['push']);
    expect(await connections('gate', ...documents)).toEqual(['fetch']);
    expect(await connections('release', ...documents)).toEqual(['push']);
  });

  it('is one for leases and for show', async () => {
    expect(await connections('leases')).toEqual(['fetch']);
    expect(await connections('show', 'RFC-001')).toEqual(['fetch']);
  });
});
