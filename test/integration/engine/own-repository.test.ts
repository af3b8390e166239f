import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RFC_001 } from '../../helpers/leases.ts';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';

describe('remote = "."', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let other: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({
      ...DOCUMENTS,
      '.lazyspec.toml': '[coordination]\nremote = "."\n',
    });
    clone = await sandbox.clone('agent-a');
    await clone.git('remote', 'remove', 'origin');
    const path = join(sandbox.folder, 'other work tree');
    await clone.git('worktree', 'add', '--quiet', '-b', 'other', path);
    other = new Clone(sandbox, path);
  });
  afterEach(() => sandbox.dispose());

  it('coordinates the work trees of one clone with no remote at all', async () => {
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect(await other.json(['claim', 'RFC-001', '--agent-id', 'agent-b'])).toMatchObject({
      error: { code: 'HELD_BY_OTHER', holder: 'agent-a' },
    });
    expect((await other.lease(['gate', 'RFC-001', '--agent-id', 'agent-b'])).status).toBe(1);
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
    expect((await other.lease(['claim', 'RFC-001', '--agent-id', 'agent-b'])).status).toBe(0);
    expect(await other.json(['leases'])).toMatchObject([{ agent: 'agent-b', state: 'live' }]);
  });

  it('never connects, and has one winner when many claim at once', async () => {
    const git = sandbox.countingGit();
    const agents = ['a', 'b', 'c', 'd', 'e', 'f'];
    const claims = await Promise.all(
      agents.map((agent, index) =>
        (index % 2 ? clone : other).lease(['claim', 'RFC-001', '--agent-id', agent], {
          env: git.env,
        }),
      ),
    );
    expect(claims.map(({ status }) => status).sort()).toEqual([0, 1, 1, 1, 1, 1]);
    expect(git.calls().filter((call) => call === 'fetch' || call === 'push')).toEqual([]);
  });

  it('claims several, all or none', async () => {
    await clone.lease(['claim', 'RFC-002']);
    const claim = await other.lease(['claim', 'RFC-001', 'RFC-002', '--agent-id', 'agent-b']);
    expect(claim.status).toBe(1);
    expect(await clone.git('for-each-ref', RFC_001)).toBe('');
  });
});
