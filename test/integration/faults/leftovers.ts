/** What programs that were cut off may have left behind. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Locks, and files that are not whole yet: ours and git's. */
const LEFTOVER = /\.lock$|\.tmp$|^tmp_|^fast_import_crash/;

/** Below some folders, but for loose objects: git writes them under names of their own. */
export function leftoversIn(...folders: string[]): string[] {
  return folders.flatMap((folder) => collect(folder).map((path) => relative(folder, path)));
}

function collect(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return isLooseObjects(path) ? [] : collect(path);
    return LEFTOVER.test(entry.name) ? [path] : [];
  });
}

function isLooseObjects(path: string): boolean {
  return /objects\/[0-9a-f]{2}$/.test(path);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // Folders come and go with the processes that use them.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
