/** One process of the built program, from its start until nothing of it is left. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Process } from './history.ts';
import type { Agent, World } from './world.ts';

export interface OperationSettings {
  /** The built lazyspec-lease. */
  program: string;
  id: string;
  /** Milliseconds after which it is killed, if it still runs. */
  killAfter?: number;
}

/** Longer than every deadline of the program together. */
const HUNG = 300_000;

export async function operate(
  world: World,
  { name, clone }: Agent,
  argv: readonly string[],
  { program, id, killAfter }: OperationSettings,
): Promise<Process> {
  const trace = join(world.sandbox.folder, `trace-${id}`);
  const start = Date.now();
  const child = spawn(process.execPath, [program, ...argv, `--agent-id=${name}`, '--json'], {
    cwd: clone.path,
    env: { ...world.sandbox.env, GIT_TRACE2: trace },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true, // Ctrl-C is for us
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  let orphans: number[] = [];
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    // Stopped first, so that it starts nothing more while we look.
    child.kill('SIGSTOP');
    orphans = childrenOf(child.pid);
    child.kill('SIGKILL');
  };
  const timer = setTimeout(kill, killAfter ?? HUNG);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  // The git that it left goes on, and what that has sent is done by the server.
  for (const orphan of orphans) while (groupLives(orphan)) await sleep(20);
  const end = Date.now() + 1 + (status === null ? AFTERMATH : 0);
  const output = parse(Buffer.concat(chunks).toString('utf8'));
  const ended: Process = {
    ...{ id, agent: name, clone: clone.path, argv: [...argv], start, end },
    status: status === null && killAfter === undefined ? HUNG : status,
    ...(output !== undefined && status !== null && { output }),
  };
  world.processes.push(ended);
  world.lostSwaps += lostSwaps(existsSync(trace) ? readFileSync(trace, 'utf8') : '');
  rmSync(trace, { force: true });
  return ended;
}

/** Milliseconds that a server may go on after its client has gone. */
const AFTERMATH = 3_000;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the checker knows whether there had to be some
  }
}

function childrenOf(pid: number): number[] {
  return processes().flatMap((one) => (one.parent === pid ? [one.pid] : []));
}

/** git is started in a group of its own, with all that it starts. */
function groupLives(group: number): boolean {
  return processes().some((one) => one.group === group && one.state !== 'Z');
}

function processes(): { pid: number; state: string; parent: number; group: number }[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(name), state, parent: Number(parent), group: Number(group) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/** Calls of `git push` and `git update-ref` that moved nothing, in a trace2 of one process. */
export function lostSwaps(trace: string): number {
  const running: string[] = [];
  let lost = 0;
  for (const line of trace.split('\n')) {
    const [, event, rest = ''] = /^\S+ \S+ +(\S+)(?: (.*))?$/.exec(line) ?? [];
    if (event === 'start') running.push('');
    if (event === 'cmd_name' && running.length > 0) running[running.length - 1] = rest;
    if (event !== 'exit') continue;
    const name = running.pop() ?? '';
    if (/^(push|update-ref) /.test(name) && !/ code:0$/.test(rest)) lost += 1;
  }
  return lost;
}
