/** What a commit would change, asked of plumbing: `diff.*` settings do not apply to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOid, lineOf, oddAnswer, oidsOf } from './answer.ts';
import type { Change, ChangedFile } from './change.ts';
import { PLAIN_DIFF, parseNameStatus, renameTargetsOf } from './change.ts';
import type { Repository } from './repository.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

const INDEX_DIFF = [
  'diff-index',
  '--cached',
  ...PLAIN_DIFF,
  // A path that was only announced (git add -N) has no staged content.
  '--ita-invisible-in-index',
];

/**
 * The staged files that differ from every parent of the commit to be. In a merge that is being
 * concluded the rest was written, and claimed, by somebody else.
 */
export async function stagedChange(git: Git, repository: Promise<Repository>): Promise<Change> {
  return changeAgainst(
    git,
    repository.then(({ gitDir }) => mergeHeads(gitDir)),
  );
}

/** The same in the merge that `git merge` is about to commit by itself. */
export async function mergedChange(git: Git, env: NodeJS.ProcessEnv): Promise<Change> {
  return changeAgainst(git, headsInEnvironment(git, env));
}

/** What need not wait for anything else is asked at once: each start of git takes its time. */
async function changeAgainst(git: Git, heads: Promise<readonly string[]>): Promise<Change> {
  const [begun, otherParents] = await Promise.all([
    filesAgainst(git, 'HEAD').catch(() => undefined),
    heads,
  ]);
  // Before the first commit there is no HEAD.
  const head = begun ? 'HEAD' : await headOrEmptyTree(git);
  const [first, ...others] = await Promise.all([
    begun ?? filesAgainst(git, head),
    ...otherParents.map((parent) => filesAgainst(git, parent)),
  ]);
  const elsewhere = others.map((files) => new Set(files.map(({ path }) => path)));
  return {
    files: first.filter(({ path }) => elsewhere.every((paths) => paths.has(path))),
    parents: [head, ...otherParents],
    renameTargets: (paths) => renameTargetsOf(git, [...INDEX_DIFF, head], paths),
  };
}

async function filesAgainst(git: Git, tree: string): Promise<ChangedFile[]> {
  const { stdout } = await mustRun(git, [...INDEX_DIFF, '--no-renames', tree]);
  return parseNameStatus('diff-index', stdout);
}

async function headOrEmptyTree(git: Git): Promise<string> {
  // Unlike rev-parse, it also says so where there is none.
  const name = 'HEAD^{commit}';
  const { stdout } = await mustRun(git, ['cat-file', '--batch-check'], { input: `${name}\n` });
  const [oid, type] = lineOf('cat-file', stdout).split(' ');
  if (isOid(oid) && type === 'commit') return oid;
  if (oid !== name || type !== 'missing') throw oddAnswer('cat-file');
  // Before the first commit. Asked of git, because the id depends on the repository's hash.
  const empty = await mustRun(git, ['hash-object', '-t', 'tree', '--stdin']);
  const [tree = ''] = oidsOf('hash-object', empty.stdout, 1);
  return tree;
}

/** The other parents of a merge that is being concluded, one id a line. */
function mergeHeads(gitDir: string): string[] {
  try {
    return readFileSync(join(gitDir, 'MERGE_HEAD'), 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The other parents of a merge, as the pre-merge-commit hook can know them: git writes MERGE_HEAD
 * only after the hook, but has put a variable GITHEAD_<commit> into its environment for each
 * (cmd_merge in builtin/merge.c, for the messages of merge drivers). None known: all that differs
 * from HEAD is asked about.
 */
async function headsInEnvironment(git: Git, env: NodeJS.ProcessEnv): Promise<string[]> {
  const named = Object.keys(env).flatMap((name) => /^GITHEAD_([0-9a-f]+)$/.exec(name)?.[1] ?? []);
  if (named.length === 0) return [];
  // One may be left over from a merge around this one: no parent is, that is not here, or that is
  // part of HEAD's history already.
  const args = ['rev-list', '--ignore-missing', '--missing=allow-any', '--stdin'];
  const input = [...named, '^HEAD'].map((revision) => `${revision}\n`).join('');
  const { stdout } = await mustRun(git, args, { input });
  const news = new Set(oidsOf('rev-list', stdout));
  return named.filter((oid) => news.has(oid));
}
