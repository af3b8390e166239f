/** What one bare repository takes: heartbeats of many agents, and what they leave behind. */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { manyIds, packRefs, plantMany } from '../test/helpers/many.ts';
import type { Sandbox } from '../test/helpers/sandbox.ts';
import { leaseObjects, push } from './heartbeats.ts';
import type { Settings } from './main.ts';
import type { Curve, Findings } from './report.ts';
import { milliseconds } from './report.ts';
import { project } from './worlds.ts';

const AGENTS = 10_000;
/** As many at a time as would keep every processor of the remote busy. */
const AT_A_TIME = 2 * availableParallelism();
/** More than after which `git gc --auto` sets in: 6,700 loose objects, three for each. */
const UNTIL_GC = 2_500;

export async function load({ rounds, progress }: Settings): Promise<Findings> {
  const beats = Math.max(40, rounds * 10);
  const rows: (string | number)[][] = [];
  for (const leases of [10, 1_000, AGENTS]) {
    for (const packed of [true, false]) {
      progress(`${beats} heartbeats among ${leases} leases, refs ${packed ? 'packed' : 'loose'}`);
      const sandbox = await project(1);
      try {
        await plantMany(sandbox, manyIds(leases));
        if (packed) await packRefs(sandbox);
        const { perSecond, bytes } = await heartbeats(sandbox, manyIds(leases), beats);
        rows.push([
          leases,
          packed ? 'packed' : 'loose',
          perSecond.toFixed(1),
          bytes,
          milliseconds((1000 * availableParallelism()) / perSecond),
          interval(perSecond),
        ]);
      } finally {
        await sandbox.dispose();
      }
    }
  }
  return {
    figures: [],
    curves: [
      {
        title: `Heartbeats that one bare repository takes, ${AT_A_TIME} at a time`,
        columns: [
          ...['leases', 'refs', 'operations a second', 'bytes each', 'processor time each'],
          `shortest interval for ${AGENTS} agents at half of that`,
        ],
        rows,
      },
      await remains(progress),
    ],
  };
}

/** Half of what the remote can do is left for all else that it is there for. */
function interval(perSecond: number): string {
  return `${Math.ceil(AGENTS / (perSecond / 2) / 60)} min`;
}

async function heartbeats(
  sandbox: Sandbox,
  ids: readonly string[],
  beats: number,
): Promise<{ perSecond: number; bytes: number }> {
  const refs = ids.map((id) => `refs/lazyspec/leases/rfc/${id}`);
  const listed = await sandbox.git(
    sandbox.remote,
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/lazyspec/',
  );
  const held = new Map(listed.split('\n').map((row) => [row.slice(41), row.slice(0, 40)]));
  let next = 0;
  let bytes = 0;
  const workers = Math.min(AT_A_TIME, refs.length);
  const agent = async (worker: number) => {
    // Each has leases of its own: agents do not fight over heartbeats.
    const own = refs.filter((_, index) => index % workers === worker);
    for (let turn = 0; next < beats; turn++) {
      const beat = next++;
      const ref = own[turn % own.length] ?? '';
      const nonce = String(beat).padStart(32, '0');
      const { id, objects } = leaseObjects(`agent-${worker}`, 1_700_000_000 + beat, nonce);
      const before = held.get(ref) ?? '';
      const change = { ref, before, after: id, objects };
      // Not `bytes += await`, which would forget what the others have added meanwhile.
      const used = await push(sandbox.remote, sandbox.env, change);
      bytes += used;
      held.set(ref, id);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: workers }, (_, worker) => agent(worker)));
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: beats / seconds, bytes: Math.round(bytes / beats) };
}

/** What a renewal replaces is garbage, which git keeps for two weeks unless it is told otherwise. */
async function remains(progress: (text: string) => void): Promise<Curve> {
  progress(`${UNTIL_GC} heartbeats, and gc`);
  const sandbox = await project(1);
  try {
    await sandbox.git(sandbox.remote, 'config', 'receive.autogc', 'false');
    await plantMany(sandbox, manyIds(100));
    const rows: (string | number)[][] = [];
    const note = (what: string, start: number) => {
      const time = milliseconds(performance.now() - start);
      rows.push([what, time, looseObjects(sandbox.remote), looseLeases(sandbox.remote)]);
    };
    let start = performance.now();
    await heartbeats(sandbox, manyIds(100), UNTIL_GC);
    note(`${UNTIL_GC} heartbeats of 100 leases`, start);
    start = performance.now();
    await sandbox.git(sandbox.remote, 'gc', '--quiet');
    note('git gc', start);
    start = performance.now();
    await sandbox.git(sandbox.remote, 'gc', '--quiet', '--prune=now');
    note('git gc --prune=now', start);
    return {
      title: 'What heartbeats leave on the remote',
      columns: ['after', 'took', 'loose objects', 'loose refs of leases'],
      rows,
    };
  } finally {
    await sandbox.dispose();
  }
}

function looseObjects(repository: string): number {
  const folders = readdirSync(join(repository, 'objects')).filter((name) => name.length === 2);
  return folders.flatMap((name) => readdirSync(join(repository, 'objects', name))).length;
}

function looseLeases(repository: string): number {
  const folder = join(repository, 'refs', 'lazyspec');
  try {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile()).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
