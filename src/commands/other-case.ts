import { HOME } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { foldCase, placeInOtherCase } from '../documents/letter-case.ts';
import { LazyspecError } from '../errors.ts';
import type { ChangedFile } from '../git/change.ts';
import { PLACES } from '../server/rules.ts';

/**
 * Refuses files of commits that a file system which ignores the case of letters checks out in the
 * place of a document or of the configuration.
 * @param existing lists the paths in governed folders that the commits start from
 * @throws {LazyspecError} UNSAFE_TREE
 */
export async function refuseOtherCase(
  files: readonly ChangedFile[],
  { types, source = HOME }: Pick<Config, 'types' | 'source'>,
  existing: () => Promise<string[]>,
): Promise<void> {
  const written = files.filter(({ commit, status }) => commit !== undefined && status !== 'D');
  const settings = PLACES.slice(0, PLACES.indexOf(source) + 1);
  for (const file of written) {
    const place =
      placeInOtherCase(file.path, governedFolders(types)) ?? placeInOtherCase(file.path, settings);
    if (place !== undefined) throw inOtherCase(file, place);
  }

  const isDocument = (path: string) => identifyPath(path, types) !== undefined;
  // Without these, a name that differs from a document's in case only is a document itself.
  const isExact = types.some(({ match, singleton }) => match.length > 0 || singleton);
  const removed = new Set(files.flatMap(({ path, status }) => (status === 'D' ? path : [])));
  const added = written.filter(
    ({ path, status }) => status === 'A' && !removed.has(path) && (isExact || isDocument(path)),
  );
  if (added.length === 0) return;
  const byKey = new Map<string, string[]>();
  for (const path of [...(await existing()), ...added.map((file) => file.path)]) {
    if (removed.has(path)) continue;
    const key = foldCase(path);
    byKey.set(key, [...(byKey.get(key) ?? []), path]);
  }
  for (const file of added) {
    const others = byKey.get(foldCase(file.path)) ?? [];
    const other = others.find(
      (path) => path !== file.path && (isDocument(path) || isDocument(file.path)),
    );
    if (other !== undefined) throw inOtherCase(file, other);
  }
}

function inOtherCase({ path, commit = '' }: ChangedFile, place: string): LazyspecError {
  return new LazyspecError(
    'UNSAFE_TREE',
    `'${path}' differs from '${place}' in the case of letters only`,
    {
      details: [
        `in commit ${commit.slice(0, 10)}: on macOS and Windows it is checked out in the same place`,
      ],
      remedy: `Give the file another name, or spell '${place}' as it is, in that very commit: git rebase --interactive, git commit --amend.`,
    },
  );
}
