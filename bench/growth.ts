/** How cost grows, and what breaks first. */
import { documentPath, manyIds, packRefs, plantMany } from '../test/helpers/many.ts';
import { HOOKS, LEASE } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { spread } from './measure.ts';
import type { Curve, Findings } from './report.ts';
import { milliseconds } from './report.ts';
import {
  CODE,
  claimed,
  commitOf,
  gateOf,
  git,
  installOurs,
  lease,
  project,
  stageDocuments,
  traced,
} from './worlds.ts';

const STAGED = [1, 10, 100, 1_000, 10_000];
const LEASES = [10, 100, 1_000, 10_000, 100_000];
const FILES = [100, 1_000, 10_000, 50_000];

type Measure = (rounds: number, progress: (text: string) => void) => Promise<Curve>;

/** Each curve is a group of its own: some take minutes. */
function curve(measure: Measure): (settings: Settings) => Promise<Findings> {
  return async ({ rounds, progress }) => {
    return { figures: [], curves: [await measure(Math.min(rounds, 5), progress)] };
  };
}

export const growth = {
  'growth-staged': curve(staged),
  'growth-leases': curve(otherLeases),
  'growth-files': curve(files),
};

/** The median of some runs, or in a few words why it cannot be done. */
function timed(rounds: number, act: () => unknown, before: () => unknown = () => {}): string {
  const found: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      before();
      const start = performance.now();
      act();
      found.push(performance.now() - start);
    }
  } catch (error) {
    return `fails: ${(error as Error).message.split('\n')[0]?.slice(0, 160)}`;
  }
  return milliseconds(spread(found).median);
}

async function staged(rounds: number, progress: (text: string) => void): Promise<Curve> {
  const rows: (string | number)[][] = [];
  for (const count of STAGED) {
    progress(`${count} staged documents`);
    const sandbox = await project(count);
    try {
      const clone = await sandbox.clone('me');
      const ids = manyIds(count);
      const claim = timed(1, () => claimed(clone, ids));
      stageDocuments(clone, count);
      const gate = timed(rounds, () => gateOf('', clone).act());
      const { processes, connections } = traced(clone, HOOKS, 'run', 'pre-commit');
      rows.push([count, claim, gate, processes.length, connections]);
    } catch (error) {
      rows.push([count, String((error as Error).message).split('\n')[0] ?? '', '', '', '']);
    } finally {
      await sandbox.dispose();
    }
  }
  return {
    title: 'Documents in one command and in one commit',
    columns: ['documents', 'claim of all', 'gate', 'its processes of git', 'connections'],
    rows,
  };
}

async function otherLeases(rounds: number, progress: (text: string) => void): Promise<Curve> {
  const rows: (string | number)[][] = [];
  for (const count of LEASES) {
    progress(`${count} leases`);
    const sandbox = await project(1);
    try {
      await plantMany(sandbox, manyIds(count, 2));
      await packRefs(sandbox);
      const clone = await sandbox.clone('me');
      const [id = ''] = manyIds(1);
      const claim = timed(
        rounds,
        () => lease(clone, 'claim', id),
        () => lease(clone, 'claim', id) && lease(clone, 'release', id),
      );
      const gate = () => timed(rounds, () => lease(clone, 'gate', id));
      const before = gate();
      const first = timed(1, () => lease(clone, 'leases', '--json'));
      const again = timed(rounds, () => lease(clone, 'leases', '--json'));
      const { processes } = traced(clone, LEASE, 'leases', '--json');
      rows.push([count, claim, before, first, again, processes.length, gate()]);
    } catch (error) {
      rows.push([count, String((error as Error).message).split('\n')[0] ?? '', '', '', '', '', '']);
    } finally {
      await sandbox.dispose();
    }
  }
  return {
    title: 'Leases of others on the remote, whose refs are packed',
    columns: [
      ...['leases', 'claim', 'gate', 'leases, first', 'leases, again', 'its processes of git'],
      'gate, after that',
    ],
    rows,
  };
}

async function files(rounds: number, progress: (text: string) => void): Promise<Curve> {
  const rows: (string | number)[][] = [];
  for (const count of FILES) {
    progress(`${count} files`);
    const sandbox = await project(3, count);
    try {
      const none = await sandbox.clone('none');
      const ours = await sandbox.clone('ours');
      const [id = ''] = manyIds(1);
      installOurs(ours);
      claimed(ours, [id]);
      const commit = (clone: typeof none, file: string) => {
        const { before, act } = commitOf('', clone, file);
        return timed(rounds, act, before);
      };
      const again = timed(rounds, () => lease(ours, 'claim', id));
      rows.push([
        count,
        commit(none, CODE),
        commit(ours, CODE),
        commit(ours, documentPath(id)),
        again,
      ]);
      git(none, 'status');
    } finally {
      await sandbox.dispose();
    }
  }
  return {
    title: 'Files in the tree',
    columns: [
      ...['files', 'commit, no hook', 'commit, ours, nothing governed'],
      ...['commit of a claimed document', 'claim'],
    ],
    rows,
  };
}
