/**
 * The same agent on machines that look alike (containers made from one image) writes the same bytes
 * into a lease in the same second. The clock stands still here, so that it does.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGitConfig } from '../../../src/git/config.ts';
import { plumbingStore } from '../../../src/git/plumbing.ts';
import { gitRemote } from '../../../src/git/remote.ts';
import { createGit } from '../../../src/git/run.ts';
import { decideClaim } from '../../../src/lease/decide.ts';
import { execute } from '../../../src/lease/engine.ts';
import { momentNow, observationsIn } from '../../../src/state/observations.ts';
import { remoteRecord } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const NOW = Math.floor(Date.now() / 1000);
const POLICY = {
  leaseDuration: 3600,
  gracePeriod: 120,
  maxClockSkew: 300,
  maxLeaseDuration: 86_400,
  takeover: 'clock',
} as const;
const ASKER = { agent: 'builder', now: NOW, policy: POLICY, host: 'ci', worktree: '~/work' };

describe('two claims of the same bytes', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  afterAll(() => sandbox.dispose());

  /** What one of the two is told that it did. */
  async function claimed(clone: Clone): Promise<string | undefined> {
    const { env } = sandbox;
    const git = createGit({ cwd: clone.path, env });
    const config = await readGitConfig(git);
    const store = plumbingStore(git);
    const warn = (message: string) => expect(message).toBe('');
    const engine = {
      store,
      remote: await gitRemote(git, 'origin', { store, config, env, timeout: 60_000, warn }),
      observations: observationsIn(clone.at('.git'), momentNow, warn),
      now: () => NOW,
      maxRetries: 5,
      pause: async () => {},
    };
    const document = { id: 'RFC-001', type: 'rfc' };
    const executed = await execute(
      engine,
      [document],
      (view, _, observedFor) => decideClaim(view, ASKER, { force: false }, observedFor),
      false,
    );
    const [done] = 'done' in executed ? executed.done : [];
    return done?.decision.action === 'write' ? done.decision.kind : undefined;
  }

  it('are never both told that there was no lease before', async () => {
    const one = await sandbox.clone('one');
    const other = await sandbox.clone('other');
    expect(await claimed(one)).toBe('claimed');
    const { nonce } = await remoteRecord(sandbox);
    expect(await claimed(other)).toBe('renewed');
    expect((await remoteRecord(sandbox)).nonce).not.toBe(nonce);
  });
});
