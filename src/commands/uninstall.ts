/** Takes back all that install did, but for the configuration. */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HOME } from '../config/load.ts';
import type { RunStep, Step } from '../install/apply.ts';
import { applySteps, removeEmptyFolders } from '../install/apply.ts';
import { MANAGERS } from '../install/choose-manager.ts';
import { claudeCodeUninstall } from '../install/claude-code.ts';
import { unexcludeSteps } from '../install/exclude.ts';
import type { FileEdit, Files } from '../install/files.ts';
import { editStep, openFiles } from '../install/files.ts';
import { sweep } from '../install/leftovers.ts';
import { lintStagedUninstall } from '../install/lint-staged.ts';
import type { Place } from '../install/place.ts';
import { findPlace } from '../install/place.ts';
import { unsaveScript } from '../install/prepare-script.ts';
import { removeProgramSteps } from '../install/program-note.ts';
import {
  createdFiles,
  exactEdit,
  isUntouched,
  RECORD,
  removeRecordSteps,
  restoringSteps,
} from '../install/record.ts';
import { removeGovernedNote } from '../install/write-governed-note.ts';
import { assertWhole } from '../package-root.ts';
import type { Context } from './context.ts';
import type { InstallResult } from './install.ts';
import { endReadOnly } from './read-only.ts';

/** @throws {LazyspecError} FILE_SYSTEM, CONFIG_INVALID, MANAGER_FAILED; nothing is changed then */
export async function uninstall(context: Context, dryRun: boolean): Promise<InstallResult> {
  assertWhole();
  const repository = await context.repository();
  const place = await findPlace(context.git, repository, context.options.env);
  const notes = join(place.commonDir, 'lazyspec');
  const folders = new Set([notes, join(repository.commonDir, 'lazyspec')]);
  const { record } = place;
  if (!dryRun) sweep(place);

  const files = openFiles();
  const steps: Step[] = [];
  const runs: RunStep[] = [];
  const told: string[] = [];
  for (const manager of MANAGERS) {
    const others = new Set(files.edits().map(({ path }) => path));
    const plan = await manager.uninstall(place, files);
    const edits = files.edits().filter(({ path }) => !others.has(path));
    steps.push(...(plan.steps ?? []));
    // Where every file can be put back to the byte, so can the hooks that were made from it.
    const exact = edits.every((edit) => isUntouched(edit, record));
    if (manager.generated && record) {
      steps.push(...restoringSteps(record, manager.generated, exact));
    }
    // Otherwise the manager makes anew what it still needs.
    if (!exact && plan.run) runs.push(plan.run);
    if (!exact || edits.length === 0) told.push(...(plan.notes ?? []));
  }
  takeEntriesOut(place, files);
  if (!record && existsSync(join(notes, RECORD)))
    told.push(
      `${join(notes, RECORD)} is damaged: our part was taken out, and files may differ from what they were before`,
    );

  const all: Step[] = [
    ...steps,
    ...files.edits().map((edit) => editStep(exactEdit(edit, record), place.root)),
    ...runs,
    ...unexcludeSteps(join(place.commonDir, 'info', 'exclude')),
    ...[...folders].flatMap(removeProgramSteps),
    ...removeRecordSteps(notes),
  ];
  if (!dryRun) {
    applySteps(all);
    await endReadOnly(context);
    // An install that was killed had got no further than the folder.
    for (const path of createdFiles(record)) removeEmptyFolders(dirname(path), place.root);
    for (const folder of folders) removeGovernedNote(folder);
    for (const folder of [join(notes, 'hooks'), ...folders]) removeIfEmpty(folder);
  }
  // Everybody's, once it is committed: this clone alone is not to take it away.
  const configuration = place.recorded.find((path) => basename(path) === HOME && existsSync(path));
  if (configuration) told.push(`${HOME} stays: it is the project's, not this clone's`);
  const { hooksFolder, root } = place;
  return { steps: all, hooksFolder, root, notes: told };
}

/** What uninstall would change in files that others write too. */
export async function editsOfUninstall(place: Place): Promise<FileEdit[]> {
  const files = openFiles();
  for (const manager of MANAGERS) await manager.uninstall(place, files);
  takeEntriesOut(place, files);
  return files.edits();
}

/** What install has put into files besides those of the manager. */
function takeEntriesOut(place: Place, files: Files): void {
  lintStagedUninstall(place, files);
  unsaveScript(place, files);
  claudeCodeUninstall(place, files);
}

/** What else is in there (what was seen of leases, and when) is not the installer's. */
function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
