import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOSTILE_TEXTS, steering } from '../../helpers/hostile-text.ts';
import { leaseOf } from '../../helpers/leases.ts';
import { importLeases, packRef } from '../../helpers/planted.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const MEGABYTE = 1024 * 1024;
/** Milliseconds. 10,000 refs are 10,000 files in a clone, and the machine may have other work. */
const PATIENCE = 180_000;
const LEASES = 'refs/lazyspec/leases';

describe('10,000 leases of which 5,000 are malformed', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  /** Every other one is one commit that announces 64 MB: 320 GB in all, and no byte of it is read. */
  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const seed = (index: number) => `refs/seeds/${index}`;
    const content = JSON.stringify(leaseOf('agent-b'));
    const goods = Array.from({ length: 100 }, (_, index) => {
      return { ref: seed(index + 1), content, who: `agent-${index}` };
    });
    const large = { ref: seed(0), content: Buffer.alloc(64 * MEGABYTE, ' ') };
    await importLeases(sandbox, [large, ...goods]);
    const seeds = await sandbox.git(
      sandbox.remote,
      ...['for-each-ref', '--sort=version:refname', '--format=%(objectname)', 'refs/seeds'],
    );
    const [malformed, ...good] = seeds.split('\n');
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const oid = index % 2 === 0 ? malformed : good[index % good.length];
      return `${oid} ${LEASES}/rfc/RFC-${10_000 + index}\n`;
    });
    // 10,000 files would take their time, which is not what is tried here.
    writeFileSync(join(sandbox.remote, 'packed-refs'), lines.join(''));
    clone = await sandbox.clone('agent-a');
  }, PATIENCE);
  afterAll(() => sandbox.dispose(), PATIENCE);

  it(
    'are listed, each as what it is, in memory that has an end',
    async () => {
      const env = { NODE_OPTIONS: '--max-old-space-size=128' };
      const { status, stdout } = await clone.lease(['leases', '--json'], { env });
      expect(status).toBe(0);
      const list: { state: string }[] = JSON.parse(stdout);
      expect(list).toHaveLength(10_000);
      expect(list.filter(({ state }) => state === 'live')).toHaveLength(5_000);
      expect(list.filter(({ state }) => state === 'malformed')).toHaveLength(5_000);
    },
    2 * PATIENCE,
  );

  it(
    'keep nobody from claiming another document',
    async () => {
      expect(await clone.json(['claim', 'RFC-001'])).toMatchObject({ agent: 'agent-a' });
    },
    PATIENCE,
  );
});

describe('a remote that lies', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
  });
  afterAll(() => sandbox.dispose());

  it('says what steers no terminal, at no length, and is not taken for git itself', async () => {
    const texts = Object.values(HOSTILE_TEXTS).map((text) => text.replaceAll('\0', ''));
    const words = join(sandbox.folder, 'words');
    const spoof = "x\u2028fatal: unable to access 'https://x/': nothing was sent";
    const blocking = "'refs/heads/main;touch ran' exists; cannot create";
    writeFileSync(words, [...texts, spoof, blocking, 'y'.repeat(MEGABYTE)].join('\n'));
    mkdirSync(join(sandbox.remote, 'hooks'), { recursive: true });
    const hook = join(sandbox.remote, 'hooks', 'pre-receive');
    writeFileSync(hook, `#!/bin/sh\ncat '${words}' >&2\nexit 1\n`);
    chmodSync(hook, 0o755);
    for (const flags of [[], ['--json']]) {
      const { status, stdout, stderr } = await clone.lease(['claim', 'RFC-002', ...flags]);
      expect(status).toBe(1);
      expect(steering(stdout + stderr)).toEqual([]);
      expect((stdout + stderr).length).toBeLessThan(50_000);
      expect(stdout + stderr).toContain('hook declined');
      expect(stdout + stderr).not.toContain('git push');
    }
    chmodSync(hook, 0o644);
  });

  it('and has a ref at an object that is not there, and refs above each other, hides no good lease', async () => {
    const oid = await sandbox.git(sandbox.remote, 'rev-parse', `${LEASES}/rfc/RFC-001`);
    await packRef(sandbox.remote, `${LEASES}/rfc/RFC-002`, '1'.repeat(40));
    await packRef(sandbox.remote, `${LEASES}/rfc/RFC-003`, oid);
    await packRef(sandbox.remote, `${LEASES}/rfc/RFC-003/x`, oid);
    const { status, stdout } = await clone.lease(['leases', '--json']);
    expect(status).toBe(3);
    expect(JSON.parse(stdout).error.leases).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'RFC-001', state: 'live', mine: true }),
      ]),
    );
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    expect((await clone.lease(['gate', 'RFC-002'])).status).not.toBe(0);
    expect((await clone.lease(['gate', 'RFC-003'])).status).not.toBe(0);
    expect(existsSync(clone.at('ran'))).toBe(false);
  });
});
