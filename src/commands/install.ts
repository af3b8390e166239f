import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { HOOKS } from '../hook-names.ts';
import type { Step } from '../install/apply.ts';
import { applySteps } from '../install/apply.ts';
import { excludeSteps, unexcludeSteps } from '../install/exclude.ts';
import { removeGovernedNote, writeGovernedNote } from '../install/governed-note.ts';
import { installSteps, readHook, uninstallSteps } from '../install/hook-file.ts';
import { assertOwnHooksPath, assertWritableByUs, hooksFolder } from '../install/hooks-folder.ts';
import { programSteps, removeProgramSteps } from '../install/program-note.ts';
import { packageRoot } from '../package-root.ts';
import type { Context } from './context.ts';

export interface InstallResult {
  /** What was done, or with `dryRun` would be. */
  steps: Step[];
  hooksFolder: string;
  /** Whether the program is where npx keeps what it may remove at any time. */
  passing: boolean;
  /** Whether anything is gated at all. */
  coordinated: boolean;
}

/**
 * Makes git run the gate before each commit, merge and push of this clone, in all of its work trees.
 * @throws {LazyspecError} USAGE, CONFIG_INVALID, FILE_SYSTEM; nothing is changed then
 */
export async function install(context: Context, dryRun: boolean): Promise<InstallResult> {
  const { commonDir, root } = await context.repository();
  const [config, folder] = await Promise.all([context.config(), hooksFolder(context.git)]);
  assertWritableByUs(folder);
  await assertOwnHooksPath(context.git);
  const notes = join(commonDir, 'lazyspec');
  const program = join(packageRoot(), 'dist', 'hooks.js');
  const steps = [
    ...programSteps(notes, program),
    ...excludeSteps(join(commonDir, 'info', 'exclude')),
    ...HOOKS.flatMap((hook) => installSteps(readHook(join(folder, hook)), ourHook())),
  ];
  if (!dryRun) {
    applySteps(steps);
    // Last, and not needed for a right answer: without it the hook is only slower.
    writeGovernedNote(notes, config);
  }
  return {
    steps,
    hooksFolder: folder,
    passing: program.split(sep).includes('_npx') && !existsSync(localProgram(root)),
    coordinated: config.coordination !== undefined,
  };
}

/** Takes back all that `install` did. @throws {LazyspecError} FILE_SYSTEM */
export async function uninstall(context: Context, dryRun: boolean): Promise<InstallResult> {
  const { commonDir } = await context.repository();
  const folder = await hooksFolder(context.git);
  const notes = join(commonDir, 'lazyspec');
  const steps = [
    ...HOOKS.flatMap((hook) => uninstallSteps(readHook(join(folder, hook)), ourHook())),
    ...unexcludeSteps(join(commonDir, 'info', 'exclude')),
    ...removeProgramSteps(notes),
  ];
  if (!dryRun) {
    removeGovernedNote(notes);
    applySteps(steps);
    removeIfEmpty(notes);
  }
  return { steps, hooksFolder: folder, passing: false, coordinated: true };
}

/** What else is in there (what was seen of leases, and when) is not the installer's. */
function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function ourHook(): Buffer {
  return readFileSync(join(packageRoot(), 'hooks', 'hook.sh'));
}

function localProgram(root: string): string {
  return join(root, 'node_modules', 'lazyspec-hooks', 'dist', 'hooks.js');
}
