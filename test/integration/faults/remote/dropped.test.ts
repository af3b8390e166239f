/**
 * A connection that is cut after some bytes, in either direction, once or for as long as the command
 * tries. `npm test` cuts at a few places; $LAZYSPEC_FAULT_SHARE=1 cuts after every byte.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leaseOf, plant, RFC_001, remoteLease } from '../../../helpers/leases.ts';
import type { ConnectionFault, FaultyProxy } from '../../../helpers/proxy.ts';
import { tcpProxy } from '../../../helpers/proxy.ts';
import { gitDaemon, gitHttp } from '../../../helpers/remotes.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leftoversIn } from '../leftovers.ts';
import { leasesOn, untruths } from './honest.ts';

const every = Number(process.env.LAZYSPEC_FAULT_SHARE ?? 0);

/** A claim, and what it costs; then the same for what follows from it. */
const ACTS = [
  { name: 'claim', held: false },
  { name: 'heartbeat', held: true },
  { name: 'release', held: true },
] as const;
type Act = (typeof ACTS)[number];

describe.each([
  ['git daemon', gitDaemon],
  ['http', gitHttp],
])('a connection to %s that is cut', (server, start) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let proxy: FaultyProxy;
  let faults = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    proxy = await tcpProxy(sandbox, await start(sandbox));
    await clone.git('remote', 'set-url', 'origin', proxy.url);
  });
  afterAll(async () => {
    if (every) process.stderr.write(`${server}: ${faults} connections cut\n`);
    await sandbox.dispose();
  });

  const perform = (act: Act) => clone.lease([act.name, 'RFC-001', '--json']);

  async function reset(act: Act): Promise<string> {
    proxy.fail();
    for (const where of [sandbox.remote, clone.path]) {
      await sandbox.git(where, 'update-ref', '-d', RFC_001);
    }
    if (act.held) {
      const oid = await plant(sandbox, { content: leaseOf('agent-a') });
      await clone.git('fetch', '--quiet', sandbox.remote, `${RFC_001}:${RFC_001}`);
      expect(oid).toBe(await remoteLease(sandbox));
    }
    proxy.fail();
    return leasesOn(sandbox);
  }

  async function isDone(act: Act, before: string): Promise<boolean> {
    const after = await remoteLease(sandbox);
    return act.name === 'release' ? after === '' : after !== '' && !before.includes(after);
  }

  /** Places to cut at: the ends, what is around them, and some in between. */
  function places(total: number): number[] {
    if (every) return Array.from({ length: Math.ceil(total / every) }, (_, index) => index * every);
    return [0, Math.floor(total / 2), total - 1, total];
  }

  it.each(ACTS)(
    'never makes $name tell what is not so, and the same command ends well',
    async (act) => {
      await reset(act);
      expect((await perform(act)).status).toBe(0);
      const { up, down } = proxy.passed();
      const cuts = (['up', 'down'] as const).flatMap((direction) =>
        places({ up, down }[direction]).flatMap((after) =>
          [1, Infinity].map(
            (connections): ConnectionFault => ({ direction, after, how: 'cut', connections }),
          ),
        ),
      );
      const violated: Record<string, string[]> = {};
      for (const [index, fault] of cuts.entries()) {
        // Each act has some of them in a short run.
        if (!every && index % 5 !== ACTS.indexOf(act)) continue;
        const before = await reset(act);
        proxy.fail(fault);
        const ran = await perform(act);
        faults += proxy.failed();
        const failed = proxy.failed() > 0;
        proxy.fail();
        const told = await isDone(act, before);
        const found = untruths(ran, { before, after: await leasesOn(sandbox), done: told });
        // A connection that is cut once is made up for by another.
        if (fault.connections === 1 && failed && ran.status !== 0 && ran.status !== 3) {
          found.push(`cut once, it ends with ${ran.status}: ${ran.stdout}`);
        }
        const again = await perform(act);
        const wasDone = act.name === 'release' && again.stdout.includes('LEASE_NOT_FOUND');
        if (again.status !== 0 && !wasDone) found.push(`again: ${again.stdout}${again.stderr}`);
        if (!(await isDone(act, before))) found.push('does not reach its end');
        const left = leftoversIn(sandbox.remote, clone.at('.git'));
        if (left.length > 0) found.push(`left behind: ${left}`);
        if (found.length > 0) violated[JSON.stringify(fault)] = found;
      }
      expect(violated).toEqual({});
    },
    every ? 3_600_000 : 300_000,
  );
});
