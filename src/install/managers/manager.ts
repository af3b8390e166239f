/** A hook manager: how our hooks are plugged into it, and taken out again. */
import type { Hook } from '../../hook-names.ts';
import type { RunStep, Step } from '../apply.ts';
import type { Files } from '../files.ts';
import type { Place } from '../place.ts';

export const MANAGER_NAMES = [
  'git',
  'husky',
  'lefthook',
  'pre-commit',
  'prek',
  'simple-git-hooks',
] as const;

export type ManagerName = (typeof MANAGER_NAMES)[number];

export interface Manager {
  readonly name: ManagerName;
  /**
   * What says that it is used here, in a few words; undefined: nothing does.
   * `active`: git runs it in this clone. Otherwise it is only configured.
   */
  detect(place: Place, files: Files): Promise<Presence | undefined>;
  /** @throws {LazyspecError} CONFIG_INVALID, USAGE, FILE_SYSTEM where our hooks cannot be put in */
  install(place: Place, files: Files): Promise<Plan>;
  /** Takes our hooks out of whatever is there now; changes and plans nothing where none are. */
  uninstall(place: Place, files: Files): Promise<Plan>;
  /** What it runs before a commit after ours, or at the same time: ours does not judge what that stages. */
  later?(place: Place, files: Files): Promise<string | undefined>;
  /** The hooks that git does not hand to this manager in this work tree, though configured. */
  unheard(place: Place): Hook[];
  /** The folders of its scripts, from the root of the work tree, where it has such. */
  scriptFolders?(place: Place, files: Files): string[];
  /** What tells the files that it writes into git's hooks folder from others. */
  readonly generated?: RegExp;
  /** Another manager that reads the same configuration. */
  readonly sharesWith?: ManagerName;
}

export interface Presence {
  active: boolean;
  because: string;
}

/** What is to be done besides the changes to `files`. */
export interface Plan {
  /** Files that are ours alone. */
  steps?: Step[];
  /** What the manager has to do itself, once the files are written. */
  run?: RunStep;
  /** What the reader has to know or do. */
  notes?: string[];
}

/** @param later what runs after ours, or at the same time */
export function judgedLater(later: string): string {
  return `documents that are staged after it are judged by pre-push only: ${later}`;
}
