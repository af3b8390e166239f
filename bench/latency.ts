/** What a person feels whose remote is far away: bytes are held back, on the way there and back. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Traffic } from '../test/helpers/distant.ts';
import { distant } from '../test/helpers/distant.ts';
import { documentPath, manyIds } from '../test/helpers/many.ts';
import { gitDaemon, gitHttp } from '../test/helpers/remotes.ts';
import { gitSsh, noSshd, sshShared } from '../test/helpers/remotes-ssh.ts';
import type { Clone, Sandbox } from '../test/helpers/sandbox.ts';
import { run } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { spread } from './measure.ts';
import type { Curve, Figure, Findings } from './report.ts';
import { count, milliseconds } from './report.ts';
import { git, hookOf, installOurs, project } from './worlds.ts';

/** Milliseconds each way: within a continent, and across an ocean over a poor line. */
const LATENCIES = [0, 50, 200];
const SERVERS: Record<string, (sandbox: Sandbox) => Promise<string>> = {
  'git://': gitDaemon,
  'http://': gitHttp,
  ...(!noSshd && { 'ssh://': gitSsh, 'ssh:// with ControlMaster': gitSshShared }),
};

/** In this order each finds what it needs. */
const WORK: Record<string, (clone: Clone) => Promise<unknown>> = {
  claim: (clone) => ours(clone, 'claim', 'RFC-00001'),
  heartbeat: (clone) => ours(clone, 'heartbeat', 'RFC-00001'),
  gate: (clone) => ours(clone, 'gate', 'RFC-00001'),
  'hook, of what was claimed here': hook,
  release: (clone) => ours(clone, 'release', 'RFC-00001'),
  'claim of 100': (clone) => ours(clone, 'claim', ...manyIds(100)),
  'gate for 100': (clone) => ours(clone, 'gate', ...manyIds(100)),
  leases: (clone) => ours(clone, 'leases'),
  'release of 100': (clone) => ours(clone, 'release', '--all'),
  'git ls-remote': (clone) => clone.git('ls-remote', 'origin', 'HEAD'),
};

/** One connection for all that is asked, as in many people's ~/.ssh/config. */
async function gitSshShared(sandbox: Sandbox): Promise<string> {
  const address = await gitSsh(sandbox);
  sshShared(sandbox, join(sandbox.folder, 'ssh'), join(sandbox.folder, 'ssh', 'user'));
  return address;
}

async function ours(clone: Clone, ...args: string[]): Promise<void> {
  const { status, stderr } = await clone.lease(args);
  if (status !== 0) throw new Error(`${args[0]}: ${stderr}`);
}

/** As git starts it. */
async function hook(clone: Clone): Promise<void> {
  const { path: cwd, sandbox } = clone;
  const { status, stderr } = await run(hookOf(clone), [], { cwd, env: sandbox.env });
  if (status !== 0) throw new Error(stderr);
}

export async function latency({ rounds, progress }: Settings): Promise<Findings> {
  const curves: Curve[] = [];
  const figures: Figure[] = [];
  for (const [scheme, serve] of Object.entries(SERVERS)) {
    const rows = new Map(Object.keys(WORK).map((name) => [name, [] as (string | number)[]]));
    for (const one of LATENCIES) {
      progress(`${scheme} ${one} ms each way`);
      const sandbox = await project(100);
      try {
        const { address, traffic } = await distant(sandbox, await serve(sandbox), one);
        const clone = await sandbox.clone('me');
        git(clone, 'remote', 'set-url', 'origin', address);
        installOurs(clone);
        appendFileSync(clone.at(documentPath('RFC-00001')), 'x\n');
        git(clone, 'add', '--all');
        const measured = await measure(clone, traffic, Math.min(rounds, 5));
        for (const [name, found] of measured) {
          const row = rows.get(name);
          if (one === 0) {
            row?.push(found.connections, found.roundTrips, found.bytes);
            if (scheme === 'git://' && ['claim', 'heartbeat', 'release'].includes(name))
              figures.push(count(`${name} over ${scheme}`, found.connections, 'connections', 1));
          }
          row?.push(milliseconds(found.time));
        }
      } finally {
        await sandbox.dispose();
      }
    }
    curves.push({
      title: `Over ${scheme}, by latency each way`,
      columns: [
        ...['', 'connections', 'round trips', 'bytes'],
        ...LATENCIES.map((one) => `${one} ms`),
      ],
      rows: [...rows].map(([name, cells]) => [name, ...cells]),
    });
  }
  return { figures, curves };
}

interface Measured extends Traffic {
  time: number;
}

/** The servers are in this process: it must not block while it waits. */
async function measure(
  clone: Clone,
  traffic: Traffic,
  rounds: number,
): Promise<Map<string, Measured>> {
  const times = new Map(Object.keys(WORK).map((name) => [name, [] as number[]]));
  const found = new Map<string, Measured>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, act] of Object.entries(WORK)) {
      Object.assign(traffic, { connections: 0, roundTrips: 0, bytes: 0 });
      const start = performance.now();
      await act(clone);
      times.get(name)?.push(performance.now() - start);
      found.set(name, { ...traffic, time: spread(times.get(name) ?? []).median });
    }
  }
  return found;
}
