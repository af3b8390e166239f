/** The git that runs a hook of ours, whatever hook manager is between: to know when it has ended. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { GitConfig } from './config.ts';

/** A process, told from a later one of the same number by when it began. */
export interface Process {
  pid: number;
  began: string;
}

interface Known extends Process {
  parent: number;
  name: string;
}

/** Managers start a program that starts a shell: more are not between git and us. */
const MOST_BETWEEN = 20;

/** The nearest git above this process; undefined where there is none, or nothing tells. */
export function pushingGit(from = process.ppid): Process | undefined {
  let pid = from;
  for (let steps = 0; steps < MOST_BETWEEN && pid > 1; steps++) {
    const found = processOf(pid);
    if (!found) return undefined;
    if (/^git(\.exe)?$/.test(found.name)) return { pid, began: found.began };
    pid = found.parent;
  }
  return undefined;
}

/**
 * Whether the git that pushes makes the remote a mirror of this clone: by its arguments, or those of
 * an alias. It does not tell its hook what it deletes then.
 */
export function isMirroring(config: GitConfig): boolean {
  const git = pushingGit();
  const [, ...args] = git ? argumentsOf(git.pid) : [];
  const alias = args.flatMap((arg) => config.get(`alias.${arg}`)?.split(/\s+/) ?? []);
  return [...args, ...alias].some((arg) => arg.length > 2 && '--mirror'.startsWith(arg));
}

function argumentsOf(pid: number): string[] {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      return []; // it has ended
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return (stdout ?? '').trim().split(/\s+/);
}

export function isRunning({ pid, began }: Process): boolean {
  return processOf(pid)?.began === began;
}

function processOf(pid: number): Known | undefined {
  return process.platform === 'linux' ? toldByKernel(pid) : toldByPs(pid);
}

/** Of proc(5): `<pid> (<name>) <state> <parent> …`, of which the 22nd is when it began. */
export function toldByKernel(pid: number): Known | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
    const fields = rest.split(' ');
    const [state, parent] = fields;
    // What has ended and was not waited for yet does nothing any more.
    if (state === 'Z' || state === 'X') return undefined;
    return { pid, name, parent: Number(parent), began: fields[19] ?? '' };
  } catch {
    return undefined; // it has ended
  }
}

export function toldByPs(pid: number): Known | undefined {
  const args = ['-o', 'ppid=', '-o', 'stat=', '-o', 'lstart=', '-o', 'comm=', '-p', String(pid)];
  const { stdout } = spawnSync('ps', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const row = /^\s*(\d+)\s+(\S+)\s+(\S+ +\S+ +\d+ [\d:]+ \d+)\s+(.+?)\s*$/.exec(stdout ?? '');
  const [, parent, state = '', began = '', name = ''] = row ?? [];
  if (parent === undefined || state.startsWith('Z')) return undefined;
  return { pid, name: basename(name), parent: Number(parent), began };
}
