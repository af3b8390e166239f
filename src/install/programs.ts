/** The programs of hook managers: where they are, and running them. */
import { spawnSync } from 'node:child_process';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { isExecutable } from '../is-executable.ts';
import type { Place } from './place.ts';
import { foldersUp } from './place.ts';

/**
 * The project's own copy of a program, else the one on PATH. Never one that came with the clone:
 * nothing runs from a repository that was only cloned.
 */
export function findProgram(place: Place, name: string): string | undefined {
  const folders = foldersUp(place).map((folder) => join(folder, 'node_modules', '.bin'));
  // A relative folder means another one wherever a command is run.
  const onPath = (place.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  return [...folders, ...onPath]
    .flatMap((folder) => names.map((file) => join(folder, file)))
    .find((path) => isExecutable(path) && !isCloned(place, path));
}

function isCloned({ clonedPrograms }: Place, path: string): boolean {
  const one = path.toLowerCase();
  return clonedPrograms.some((cloned) =>
    `${one}${sep}`.startsWith(`${cloned.toLowerCase()}${sep}`),
  );
}

export interface ProgramCall {
  program: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Longer than any manager takes to write a few files, also where it builds itself first. */
const DEADLINE = 120_000;

/**
 * Runs a hook manager and takes anything but exit status 0 as a failure.
 * @returns its stdout
 * @throws {LazyspecError} MANAGER_FAILED
 */
export function runProgram({ program, args, cwd, env }: ProgramCall): string {
  const ran = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE,
    windowsHide: true,
    // A .cmd file can be started in no other way.
    shell: process.platform === 'win32',
  });
  if (ran.status === 0) return ran.stdout;
  const how = ran.error?.message ?? (ran.signal ? 'was interrupted' : `status ${ran.status}`);
  throw new LazyspecError('MANAGER_FAILED', `${[program, ...args].join(' ')} failed (${how})`, {
    details: `${ran.stdout ?? ''}\n${ran.stderr ?? ''}`.split('\n').filter(Boolean).slice(-12),
    remedy: 'Mend what it says, then run this again. Everything is as it was.',
  });
}
