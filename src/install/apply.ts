/** Carries out a plan: every step, or none. Each step is atomic by itself. */
import {
  copyFileSync,
  linkSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { LazyspecError } from '../errors.ts';
import { writeFileAtomically } from '../state/atomic-write.ts';

export type Step =
  /** Put a file in place, over what may be there (`before`, where a plan is to show it). */
  | { do: 'write'; path: string; content: Buffer; mode: number; before?: Buffer }
  /** Give a file a second name. */
  | { do: 'keep'; path: string; as: string }
  | { do: 'rename'; path: string; to: string }
  | { do: 'remove'; path: string };

/** @throws {LazyspecError} FILE_SYSTEM; every step taken has then been taken back */
export function applySteps(steps: readonly Step[]): void {
  const undo: (() => void)[] = [];
  for (const step of steps) {
    try {
      undo.push(take(step));
    } catch (error) {
      for (const back of undo.reverse()) back();
      const { message } = error as Error;
      throw new LazyspecError('FILE_SYSTEM', `${step.path} could not be changed: ${message}`, {
        remedy: 'Mend what it says, then run this again. Everything is as it was.',
        cause: error,
      });
    }
  }
}

/** @returns how to take the step back */
function take(step: Step): () => void {
  switch (step.do) {
    case 'write': {
      const back = restorer(step.path);
      writeFileAtomically(step.path, step.content, step.mode);
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
      return back;
    }
  }
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
  if (!stat?.isFile()) return () => rmSync(path, { force: true });
  const content = readFileSync(path);
  return () => writeFileAtomically(path, content, stat.mode);
}

function secondName(path: string, as: string): void {
  try {
    linkSync(path, as);
  } catch (error) {
    // Some file systems have no hard links. The first name stays, so that a step taken back, or a
    // process killed here, loses nothing.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), as);
    else copyFileSync(path, as);
  }
}
