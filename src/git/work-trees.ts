import { existsSync } from 'node:fs';
import { oddAnswer } from './answer.ts';
import type { Repository } from './repository.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** What git tells of each work tree, the main one first; lines. */
export async function worktreeRecords(git: Git): Promise<string[]> {
  const { stdout } = await mustRun(git, ['worktree', 'list', '--porcelain']);
  const records = stdout.toString('utf8').split('\n\n');
  const isWhole = records.pop() === '' && records.length > 0;
  if (isWhole && records.every((record) => record.startsWith('worktree '))) return records;
  throw oddAnswer('worktree list');
}

/** The work trees of a clone that are there, the main one first; absolute paths. */
export async function workTrees(git: Git, repository: Repository): Promise<string[]> {
  // Without -z, which git 2.36 brought.
  const records = await worktreeRecords(git);
  return records.flatMap((record, index) => {
    const lines = record.split('\n');
    if (lines.includes('bare')) return [];
    const path = lines[0]?.replace(/^worktree /, '') ?? '';
    // Of a submodule, or a git directory that is elsewhere, git names the git directory.
    const isHere = index === 0 && repository.gitDir === repository.commonDir;
    const place = isHere ? repository.root : path;
    // From a linked one, nothing says where the main one is then.
    return existsSync(place) && place !== repository.commonDir ? [place] : [];
  });
}

/**
 * An environment in which git finds the repository of its folder, whatever the one around it was
 * told (git rev-parse --local-env-vars, but for those that carry configuration).
 */
export function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    GIT_DIR: _dir,
    GIT_WORK_TREE: _tree,
    GIT_COMMON_DIR: _common,
    GIT_INDEX_FILE: _index,
    GIT_PREFIX: _prefix,
    GIT_IMPLICIT_WORK_TREE: _implicit,
    GIT_OBJECT_DIRECTORY: _objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: _alternates,
    ...rest
  } = env;
  return rest;
}
