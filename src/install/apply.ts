/** Carries out a plan: every step, or none. Each step is atomic by itself. */
import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { writeFileAtomically } from '../state/atomic-write.ts';
import type { ProgramCall } from './programs.ts';
import { runProgram } from './programs.ts';

export type Step =
  /** Put a file in place, over what may be there: `before`, where that must still be so. */
  | WriteStep
  /** Give a file a second name. */
  | { do: 'keep'; path: string; as: string }
  | { do: 'rename'; path: string; to: string }
  /** Remove a file, and the folders above it that are then empty, up to `prune`. */
  | { do: 'remove'; path: string; prune?: string }
  | RunStep;

export interface WriteStep {
  do: 'write';
  path: string;
  content: Buffer;
  mode: number;
  before?: Buffer;
  /** A file of others, of which there is none yet: what is there meanwhile stays. */
  fresh?: true;
  /** A lock file that other programs respect. */
  lock?: string;
  /** Lines of users stay in it. */
  theirs?: true;
  /** A note to ourselves: nothing that a person would read in a plan. */
  own?: true;
}

/** Have a hook manager write its own files. */
export interface RunStep {
  do: 'run';
  /** The folder that it writes into. */
  path: string;
  call: ProgramCall;
  /** The command as a person would type it. */
  shown: string;
  /** The files that it may change. */
  touches: readonly string[];
}

/** @throws {LazyspecError} FILE_SYSTEM, MANAGER_FAILED; every step taken has then been taken back */
export function applySteps(steps: readonly Step[]): void {
  const undo: (() => void)[] = [];
  for (const step of steps) {
    try {
      undo.push(take(step));
    } catch (error) {
      for (const back of undo.reverse()) back();
      if (error instanceof LazyspecError) throw error;
      if (isTaken(step, error)) throw locked(step.path, step.lock);
      const { message } = error as Error;
      throw new LazyspecError('FILE_SYSTEM', `${step.path} could not be changed: ${message}`, {
        remedy: 'Mend what it says, then run this again. Everything is as it was.',
        cause: error,
      });
    }
  }
}

function isTaken(step: Step, error: unknown): step is WriteStep & { lock: string } {
  const { code, dest, path } = error as NodeJS.ErrnoException & { dest?: string };
  if (step.do !== 'write' || step.lock === undefined || code !== 'EEXIST') return false;
  return [path, dest].includes(step.lock);
}

/** As git says it of its own locks, which it does not remove either. */
function locked(path: string, lock: string): LazyspecError {
  return new LazyspecError('FILE_SYSTEM', `${path} is locked: ${lock} exists`, {
    remedy: `Another git seems to be writing it: wait, and run this again. If none is running, one has crashed: remove ${lock}. Everything is as it was.`,
  });
}

/** @returns how to take the step back */
function take(step: Step): () => void {
  switch (step.do) {
    case 'write': {
      const back = restorer(step.path);
      write(step);
      return back;
    }
    case 'keep':
      secondName(step.path, step.as);
      return () => rmSync(step.as, { force: true });
    case 'rename': {
      const back = restorer(step.to);
      renameSync(step.path, step.to);
      return () => {
        renameSync(step.to, step.path);
        back();
      };
    }
    case 'remove': {
      const back = restorer(step.path);
      rmSync(step.path);
      if (step.prune !== undefined) removeEmptyFolders(dirname(step.path), step.prune);
      return back;
    }
    case 'run':
      return runManager(step);
  }
}

function write({ path, content, mode, before, fresh, lock }: WriteStep): void {
  writeFileAtomically(path, content, {
    mode,
    // What uninstall goes by has to outlive a power failure, and what it puts back as well.
    durable: true,
    ...(lock !== undefined && { lock }),
    check: () => {
      if (before && !readFileSync(path).equals(before)) throw new Error('it was changed meanwhile');
      if (fresh && existsSync(path)) throw new Error('it was written meanwhile');
    },
  });
}

/** The folder and those above it, up to `end`, as far as nothing is in them. */
export function removeEmptyFolders(folder: string, end: string): void {
  for (let one = folder; one.startsWith(`${end}/`); one = dirname(one)) {
    if (!existsSync(one)) continue;
    if (readdirSync(one).length > 0) return;
    rmdirSync(one);
  }
}

/** A manager may clear away hooks that are not in its configuration: those are put back. */
function runManager({ call, touches }: RunStep): () => void {
  const kept = touches.map((path) => ({ path, existed: existsSync(path), back: restorer(path) }));
  const takeBack = () => {
    for (const { back } of kept) back();
  };
  try {
    runProgram(call);
  } catch (error) {
    takeBack();
    throw error;
  }
  for (const { path, existed, back } of kept) if (existed && !existsSync(path)) back();
  return takeBack;
}

/** What is there, or the nearest thing above it that is. */
export function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** Remembers what is at a path. @returns how to bring it back */
function restorer(path: string): () => void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) {
    const target = readlinkSync(path);
    return () => {
      rmSync(path, { force: true });
      symlinkSync(target, path);
    };
  }
  if (stat?.isDirectory()) return () => {}; // nobody's hook, and nobody replaces it
  if (!stat?.isFile()) {
    const top = nearestExisting(dirname(path));
    return () => {
      rmSync(path, { force: true });
      removeEmptyFolders(dirname(path), top);
    };
  }
  const content = readFileSync(path);
  return () => writeFileAtomically(path, content, { mode: stat.mode });
}

function secondName(path: string, as: string): void {
  try {
    linkSync(path, as);
  } catch (error) {
    // Some file systems have no hard links. The first name stays, so that a step taken back, or a
    // process killed here, loses nothing.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(path), as);
    else writeFileAtomically(as, readFileSync(path), { mode: stat.mode });
  }
}
