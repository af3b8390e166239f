/** SIGKILL right before each write of our own to the file system: what is remembered between runs. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { preload } from '../../../helpers/clocks.ts';
import { leaseOf, plant, remoteLease } from '../../../helpers/leases.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leftoversIn } from '../leftovers.ts';

describe('killed before a write to the file system', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  /** Runs a command until it is no longer killed, each time before a later write. */
  async function killedAtEach(
    args: string[],
    prepare: () => Promise<unknown>,
    then: () => Promise<void>,
  ): Promise<number> {
    for (let write = 1; ; write++) {
      await prepare();
      const count = join(sandbox.folder, 'count');
      writeFileSync(count, '');
      const ran = await clone.lease(args, {
        env: {
          NODE_OPTIONS: preload('killed-write.mjs'),
          LAZYSPEC_KILL_AT: String(write),
          LAZYSPEC_KILL_COUNT: count,
        },
      });
      if (ran.status === 0) return write - 1;
      expect({ write, signal: ran.signal, stderr: ran.stderr }).toMatchObject({
        write,
        signal: 'SIGKILL',
      });
      await then();
    }
  }

  it('a heartbeat leaves a whole note or none, and the next one tidies up', async () => {
    const args = ['heartbeat', 'RFC-001', '--min-interval', '5m'];
    await clone.lease(['claim', 'RFC-001']);
    const note = '.lazyspec/state/heartbeat-rfc-RFC-001';
    const long = '1999-12-31T23:59:59Z';
    const kills = await killedAtEach(
      args,
      async () => clone.write({ [note]: long }),
      async () => {
        expect(clone.read(note)).toBe(long);
        const before = await remoteLease(sandbox);
        expect(await clone.lease(args)).toMatchObject({ status: 0, stderr: '' });
        expect(await remoteLease(sandbox)).not.toBe(before);
        expect(Number.isNaN(Date.parse(clone.read(note)))).toBe(false);
        expect(leftoversIn(clone.at('.lazyspec'), clone.at('.git'))).toEqual([]);
      },
    );
    expect(kills).toBeGreaterThan(1);
  });

  it('a takeover leaves what was observed whole, and the next look tidies up', async () => {
    const observed = clone.at('.git/lazyspec/observed.json');
    // Each older than the one before: equal leases are one commit, which has been observed.
    let age = 9000;
    const other = () => {
      age += 10;
      return plant(sandbox, { content: leaseOf('agent-b', age), committed: 1 });
    };
    const kills = await killedAtEach(['claim', 'RFC-001', '--force'], other, async () => {
      if (existsSync(observed)) JSON.parse(clone.read('.git/lazyspec/observed.json'));
      expect((await clone.lease(['claim', 'RFC-001', '--force'])).status).toBe(0);
      expect(leftoversIn(clone.at('.git'))).toEqual([]);
      JSON.parse(clone.read('.git/lazyspec/observed.json'));
    });
    expect(kills).toBeGreaterThan(1);
  });
});
