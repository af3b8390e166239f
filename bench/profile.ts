/** Where the time of a governed commit goes: Node's own profiler, and git's own trace. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentPath, manyIds } from '../test/helpers/many.ts';
import type { Clone } from '../test/helpers/sandbox.ts';
import { HOOKS } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { must, spread } from './measure.ts';
import type { Findings } from './report.ts';
import { milliseconds } from './report.ts';
import { claimed, git, project } from './worlds.ts';

export async function profile({ rounds, progress }: Settings): Promise<Findings> {
  const sandbox = await project(3);
  try {
    const [id = ''] = manyIds(1);
    const clone = await sandbox.clone('me');
    claimed(clone, [id]);
    appendFileSync(clone.at(documentPath(id)), 'x\n');
    git(clone, 'add', '--all');
    const shares = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const [part, time] of profiled(clone)) {
        shares.set(part, [...(shares.get(part) ?? []), time]);
      }
    }
    const rows = [...shares].map(([part, times]) => ({ part, time: spread(times).median }));
    rows.sort((one, other) => other.time - one.time);
    return {
      figures: [],
      curves: [
        {
          title: 'The gate for one claimed document under the profiler, which makes it slower',
          columns: ['what', 'median'],
          rows: rows.map(({ part, time }) => [part, milliseconds(time)]),
        },
      ],
    };
  } finally {
    await sandbox.dispose();
  }
}

interface CallNode {
  id: number;
  callFrame: { functionName: string; url: string };
  children?: number[];
}

interface CpuProfile {
  nodes: CallNode[];
  samples: number[];
  timeDeltas: number[];
}

function profiled(clone: Clone): Map<string, number> {
  const folder = mkdtempSync(join(clone.sandbox.folder, 'profile-'));
  const flags = ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', folder];
  must(process.execPath, [...flags, HOOKS, 'run', 'pre-commit'], {
    cwd: clone.path,
    env: clone.sandbox.env,
  });
  const [file = ''] = readdirSync(folder);
  return shares(JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** Milliseconds of each part: of the innermost frame that tells what is being done. */
function shares({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((c) => [c, id])));
  const found = new Map<string, number>();
  samples.forEach((id, index) => {
    let part: string | undefined;
    for (let at: number | undefined = id; at !== undefined && !part; at = callers.get(at)) {
      part = partOf(byId.get(at)?.callFrame);
    }
    const name = part ?? "Node's own start and end";
    found.set(name, (found.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  return found;
}

function partOf(frame: CallNode['callFrame'] | undefined): string | undefined {
  const { functionName = '', url = '' } = frame ?? {};
  if (functionName === '(idle)') return 'waiting for git';
  if (functionName === '(garbage collector)') return 'collecting garbage';
  if (functionName === 'spawn' && url === 'node:child_process') return 'starting git (spawn)';
  if (functionName === 'compileForInternalLoader') return "loading Node's own modules";
  if (/^(wrapSafe|compileFunctionForCJSLoader)$/.test(functionName)) return 'compiling our bundle';
  return url.includes('/dist/') ? 'running our code' : undefined;
}
