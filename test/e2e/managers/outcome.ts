/** Tries an act in a fresh state, and reads off git what came of it. */
import { join } from 'node:path';

import type { Ran } from '../../helpers/sandbox.ts';
import { Clone } from '../../helpers/sandbox.ts';
import { refusedIds } from '../../integration/hooks/guarded.ts';
import type { Act } from './acts.ts';
import { attempt } from './acts.ts';
import type { Project } from './project.ts';
import { said, takeMarks, type } from './project.ts';

/**
 * Which command was refused: `commit` (by pre-commit), `merge` (by pre-merge-commit), or `push`,
 * where the act itself went through; or nothing was, and the remote has it.
 */
export type Outcome = 'commit' | 'merge' | 'push' | 'passes';

export interface Tried {
  outcome: Outcome;
  /** The documents that the refusal named, sorted. */
  refused: string[];
  /** What our own hooks said of something that passed. */
  noise: string;
  /** What the manager's own jobs noted. */
  marks: string[];
}

/** Tries every act, one after the other, in the clone as it is now. */
export async function tryAll(
  project: Project,
  acts: readonly Act[],
): Promise<Map<string, Tried | Error>> {
  const { clone } = project;
  const start = await startingPoint(clone);
  const tried = new Map<string, Tried | Error>();
  for (const act of acts) {
    await startOver(clone, start);
    takeMarks(project);
    const outcome = await tryAct(project, act).catch((error: Error) => error);
    tried.set(
      act.title,
      outcome instanceof Error ? outcome : { ...outcome, marks: takeMarks(project) },
    );
  }
  await startOver(clone, start);
  return tried;
}

async function tryAct(project: Project, act: Act): Promise<Omit<Tried, 'marks'>> {
  const clone = act.linked ? await linkedWorkTree(project) : project.clone;
  const acted = await act.perform(clone);
  if (acted.status !== 0) {
    const outcome = acted.command === 'merge' ? 'merge' : 'commit';
    // In a new work tree lint-staged is missing: that refuses, too.
    const missing = act.linked && /lint-staged: not found/.test(said(acted));
    return { outcome, refused: missing ? [] : refusal(acted), noise: '' };
  }
  const before = await remoteRefs(clone);
  const pushed = await attempt(clone, ['push', 'origin', ...(act.push ?? ['HEAD'])]);
  const moved = (await remoteRefs(clone)) !== before;
  if (moved !== (pushed.status === 0)) throw new Error(`the push did otherwise: ${said(pushed)}`);
  if (pushed.status !== 0) return { outcome: 'push', refused: refusal(pushed), noise: '' };
  return { outcome: 'passes', refused: [], noise: ownWords(acted) + ownWords(pushed) };
}

async function linkedWorkTree({ sandbox, clone }: Project): Promise<Clone> {
  const linked = new Clone(sandbox, join(sandbox.folder, 'linked'));
  await clone.git('worktree', 'add', '--quiet', '-b', 'topic', linked.path);
  return linked;
}

/** What was refused by others, or broke, is nothing that the table could tell. */
function refusal(ran: Ran): string[] {
  const text = said(ran);
  if (!/lazyspec-(hooks|lease): /.test(text)) throw new Error(`git failed by itself: ${text}`);
  return [...new Set(refusedIds({ ...ran, stderr: text }))];
}

function ownWords(ran: Ran): string {
  const lines = said(ran).split('\n');
  return lines.filter((line) => /lazyspec-(hooks|lease): /.test(line)).join('\n');
}

function remoteRefs({ sandbox }: Clone): Promise<string> {
  return sandbox.git(sandbox.remote, 'for-each-ref', 'refs/heads', 'refs/tags');
}

interface Start {
  commit: string;
  remote: string;
}

async function startingPoint(clone: Clone): Promise<Start> {
  return { commit: await clone.git('rev-parse', 'HEAD'), remote: await remoteRefs(clone) };
}

/** Brings remote and clone back, also out of the midst of a merge or a rebase. */
async function startOver(clone: Clone, { commit, remote }: Start): Promise<void> {
  const refs = remote.split('\n').map((line) => {
    const [, oid = '', ref = ''] = /^(\S+) commit\t(.*)$/.exec(line) ?? [];
    return `update ${ref} ${oid}`;
  });
  const lines = [
    'for kind in merge apply; do rm -rf ".git/rebase-$kind"; done',
    'rm -rf ../linked && git worktree prune',
    `git checkout --quiet --force -B main ${commit}`,
    `git reset --quiet --hard ${commit}`,
    'git clean --quiet -dff',
    'git for-each-ref --format="delete %(refname)" refs/tags refs/lazyspec refs/heads | grep -v " refs/heads/main$" | git update-ref --stdin',
    `cd '${clone.sandbox.remote}'`,
    'git for-each-ref --format="delete %(refname)" | git update-ref --stdin',
    `printf '%s\\n' ${refs.map((one) => `'${one}'`).join(' ')} | git update-ref --stdin`,
    'cd "$OLDPWD"',
    'git fetch --quiet --prune',
  ];
  await type(clone, lines.join('\n'));
}
