/** What commits change: those of a range (range.ts), or those of a push (pushed.ts). */
import { fieldsOf, isOid, oddAnswer } from './answer.ts';
import type { Change, ChangedFile } from './change.ts';
import { changedFile, PLAIN_DIFF, renameTargetsOf } from './change.ts';
import { pathspec } from './pathspec.ts';
import type { Git, GitCall } from './run.ts';
import { mustRun } from './run.ts';

/**
 * Of every call about commits that exist already: the whole history may be asked about, and a
 * replacement object is this clone's own matter, while the commits themselves go to the others.
 */
export const HISTORY: GitCall = {
  deadline: 10 * 60_000,
  env: { GIT_NO_REPLACE_OBJECTS: '1' },
};

const COMMIT_DIFF = ['diff-tree', '--stdin', '-r', '-c', '--root', ...PLAIN_DIFF];

/** Nothing, of nothing. */
const NO_CHANGE: Change = { files: [], parents: [], renameTargets: async () => new Set() };

export interface Commits {
  /** In full, newest first. */
  ids: readonly string[];
  /** The accepted commits that they start from. */
  parents: string[];
}

/**
 * Every file below some folders ('' is all of them) that some commit changes; of a merge only what
 * differs from every parent.
 */
export async function changeOfCommits(
  git: Git,
  { ids, parents }: Commits,
  folders: readonly string[],
  asPathspec = pathspec,
): Promise<Change> {
  if (ids.length === 0 || folders.length === 0) return NO_CHANGE;
  const call = { ...HISTORY, input: `${ids.join('\n')}\n` };
  const { stdout } = await mustRun(
    git,
    [...COMMIT_DIFF, '--no-renames', '--', ...folders.map(asPathspec)],
    call,
  );
  return {
    files: parseCommitDiffs(stdout, ids),
    parents,
    renameTargets: (paths) => renameTargetsOf(git, [...COMMIT_DIFF, '--no-commit-id'], paths, call),
  };
}

/** `<commit> NUL`, and for each file `<status> NUL <path> NUL`; repeated. */
function parseCommitDiffs(output: Buffer, ids: readonly string[]): ChangedFile[] {
  const asked = new Set(ids);
  const fields = fieldsOf('diff-tree', output);
  const files: ChangedFile[] = [];
  let commit: string | undefined;
  for (let i = 0; i < fields.length; ) {
    const field = fields[i];
    if (isOid(field)) {
      if (!asked.has(field)) throw oddAnswer('diff-tree');
      commit = field;
      i += 1;
    } else {
      if (commit === undefined) throw oddAnswer('diff-tree');
      files.push({ ...changedFile('diff-tree', field, fields[i + 1]), commit });
      i += 2;
    }
  }
  return files;
}
