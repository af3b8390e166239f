/** What an install or uninstall that was killed has left of files that it was writing. */
import { basename, dirname, join } from 'node:path';
import { removeImportCrashes } from '../git/import-crash.ts';
import { ALL_HOOKS } from '../hook-names.ts';
import { removeLeftovers } from '../state/atomic-write.ts';
import { keptName } from './hook-file.ts';
import type { Place } from './place.ts';

/** The record was written before any file that is not ours alone, and so knows them all. */
export function sweep({ commonDir, gitDir, hooksFolder, record }: Place): void {
  const notes = join(commonDir, 'lazyspec');
  for (const ours of [notes, join(notes, 'hooks')]) removeLeftovers(ours, () => true);
  for (const folder of new Set([commonDir, gitDir])) removeImportCrashes(folder);

  const hooks = ALL_HOOKS.flatMap((hook) => [hook, keptName(hook)]);
  const files = [
    ...[hooksFolder, join(commonDir, 'hooks')].flatMap((folder) =>
      hooks.map((name) => join(folder, name)),
    ),
    ...['config', 'info/exclude'].map((name) => join(commonDir, name)),
    ...Object.keys(record?.edited ?? {}),
    ...Object.keys(record?.generated ?? {}),
  ];
  const folders = new Map<string, Set<string>>();
  for (const path of files) {
    const names = folders.get(dirname(path)) ?? new Set();
    folders.set(dirname(path), names.add(basename(path)));
  }
  for (const [folder, names] of folders) removeLeftovers(folder, (name) => names.has(name));
}
