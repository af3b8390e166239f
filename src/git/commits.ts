/** The files that commits change. */
import { fieldsOf, isOid, oddAnswer } from './answer.ts';
import type { ChangedFile } from './change.ts';
import { changedFile, PLAIN_DIFF, renameTargetsOf } from './change.ts';
import { pathspec, pathspecInAnyCase } from './pathspec.ts';
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

/**
 * Every file below some folders ('' is all of them), in any case of their letters, that some commit
 * changes; of a merge only what differs from every parent.
 * @param lines a commit each; with others behind it, these are compared with in place of its parents
 */
export async function filesOfCommits(
  git: Git,
  lines: readonly string[],
  folders: readonly string[],
): Promise<Required<ChangedFile>[]> {
  if (lines.length === 0 || folders.length === 0) return [];
  const { stdout } = await mustRun(
    git,
    [...COMMIT_DIFF, '--no-renames', '--', ...folders.map(pathspecInAnyCase)],
    callOf(lines),
  );
  return parseCommitDiffs(stdout, lines);
}

/** Which of some paths that commits change are new names of others among them. */
export function renamesInCommits(
  git: Git,
  lines: readonly string[],
  paths: readonly string[],
): Promise<Set<string>> {
  return renameTargetsOf(git, [...COMMIT_DIFF, '--no-commit-id'], paths, callOf(lines));
}

function callOf(lines: readonly string[]): GitCall {
  return { ...HISTORY, input: `${lines.join('\n')}\n` };
}

/** `<commit> NUL`, and for each file `<status> NUL <path> NUL`; repeated. */
function parseCommitDiffs(output: Buffer, lines: readonly string[]): Required<ChangedFile>[] {
  const asked = new Set(lines.map((line) => line.split(' ')[0]));
  const fields = fieldsOf('diff-tree', output);
  const files: Required<ChangedFile>[] = [];
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

/**
 * For pairs of a commit and one of its parents, in order: which of some paths differ between them.
 */
export async function pathsAgainstParents(
  git: Git,
  pairs: readonly (readonly [commit: string, parent: string])[],
  paths: readonly string[],
): Promise<Set<string>[]> {
  const input = pairs.map(([commit, parent]) => `${commit} ${parent}\n`).join('');
  // The commit is named for each pair, whether anything differs or not.
  const args = ['diff-tree', '--stdin', '--always', '-r', ...PLAIN_DIFF, '--no-renames', '--'];
  const { stdout } = await mustRun(git, [...args, ...limitedTo(paths)], { ...HISTORY, input });
  const fields = fieldsOf('diff-tree', stdout);
  let i = 0;
  const found = pairs.map(([commit]) => {
    if (fields[i++] !== commit) throw oddAnswer('diff-tree');
    const differing = new Set<string>();
    for (; i < fields.length && !isOid(fields[i]); i += 2) {
      differing.add(changedFile('diff-tree', fields[i], fields[i + 1]).path);
    }
    return differing;
  });
  if (i < fields.length) throw oddAnswer('diff-tree');
  return found;
}

/** Above this, a diff of everything is cheaper than so long a command. */
const MANY_PATHS = 500;

export function limitedTo(paths: readonly string[], asPathspec = pathspec): string[] {
  return paths.length > MANY_PATHS ? [] : paths.map(asPathspec);
}
