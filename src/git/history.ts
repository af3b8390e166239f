/** Commits that a push or a range brings, with their parents. */
import { isOid, linesOf, oddAnswer, oidsOf } from './answer.ts';
import { HISTORY } from './commits.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** What was there before, and need not be judged. */
export interface Accepted {
  /** Options of rev-list that name refs at accepted commits, such as tracking refs. */
  refs: readonly string[];
  /** Accepted commits; missing ones are ignored. */
  commits: readonly string[];
}

/** Commits with their parents, children first. */
export type History = ReadonlyMap<string, readonly string[]>;

// A missing commit may be on the remote; a partial clone must not fetch each of them.
const LENIENT = ['--ignore-missing', '--missing=allow-any', '--stdin'];

/** The commits of some tips that are not accepted. */
export async function newHistory(
  git: Git,
  tips: readonly string[],
  { refs, commits }: Accepted,
): Promise<History> {
  const input = [...tips, ...commits.map((oid) => `^${oid}`), ''].join('\n');
  const args = ['rev-list', '--topo-order', '--parents', ...LENIENT];
  if (refs.length > 0) args.push('--not', ...refs);
  const { stdout } = await mustRun(git, args, { ...HISTORY, input });
  return new Map(
    linesOf('rev-list', stdout).map((line): [string, string[]] => {
      const [commit = '', ...parents] = line.split(' ');
      if (![commit, ...parents].every(isOid)) throw oddAnswer('rev-list');
      return [commit, parents];
    }),
  );
}

/** The accepted commits that are here, each once. */
export async function acceptedTips(git: Git, { refs, commits }: Accepted): Promise<string[]> {
  if (refs.length === 0 && commits.length === 0) return [];
  const input = commits.map((oid) => `${oid}\n`).join('');
  const args = ['rev-list', '--no-walk', ...LENIENT, ...refs];
  return oidsOf('rev-list', (await mustRun(git, args, { ...HISTORY, input })).stdout);
}

/** The parents of new commits that are not new themselves. */
export function boundaryOf(history: History): string[] {
  const parents = new Set([...history.values()].flat());
  return [...parents].filter((commit) => !history.has(commit));
}

/**
 * The commits from one to an older one, if the only way is a line of commits with one parent each: they
 * then tell all that differs.
 */
export function straightWay(history: History, from: string, to: string): string[] | undefined {
  const way: string[] = [];
  for (let at: string | undefined = from; at !== to; ) {
    const parents: readonly string[] = history.get(at) ?? [];
    if (parents.length !== 1) return undefined;
    way.push(at);
    at = parents[0] ?? to;
  }
  return way;
}

/** The new commits that have one of some others among their ancestors. */
export function descendants(history: History, of: readonly string[]): Set<string> {
  const found = new Set(of);
  for (const [commit, parents] of [...history].reverse()) {
    if (parents.some((parent) => found.has(parent))) found.add(commit);
  }
  return found;
}

/** All commits that can be reached from some, without going beyond a history. */
export function reachable(history: History, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const parents = history.get(at);
    if (!parents || found.has(at)) continue;
    found.add(at);
    open.push(...parents);
  }
  return found;
}

/**
 * The commits of a history that belong to the same project as some commits: they descend from the
 * root of the first-parent line of one of these. What descends from a commit that a shallow clone
 * has cut off may do so.
 */
export async function sameProject(
  git: Git,
  tips: readonly string[],
  anchors: readonly string[],
  shallow: ReadonlySet<string>,
): Promise<Set<string>> {
  const lines = (commits: readonly string[]) => commits.map((commit) => `${commit}\n`).join('');
  const first = ['rev-list', '--first-parent', '--max-parents=0', '--stdin'];
  const found = await mustRun(git, first, { ...HISTORY, input: lines(anchors) });
  const roots = [...new Set([...oidsOf('rev-list', found.stdout), ...shallow])];
  const input = lines([...tips, ...roots.map((root) => `^${root}`)]);
  const args = ['rev-list', '--ancestry-path', '--stdin'];
  const { stdout } = await mustRun(git, args, { ...HISTORY, input });
  return new Set([...roots, ...oidsOf('rev-list', stdout)]);
}

/** All best common ancestors. */
export async function mergeBases(git: Git, one: string, other: string): Promise<string[]> {
  const call = { ...HISTORY, alsoFine: [1] };
  const { stdout, status } = await mustRun(git, ['merge-base', '--all', one, other], call);
  return status === 0 ? oidsOf('merge-base', stdout) : [];
}

/** Whether each of some commits is an ancestor of each of others. */
export async function areAncestors(
  git: Git,
  older: readonly string[],
  newer: readonly string[],
): Promise<boolean> {
  for (const commit of newer) {
    const args = ['rev-list', '--max-count=1', ...older, `^${commit}`];
    if ((await mustRun(git, args, HISTORY)).stdout.length > 0) return false;
  }
  return true;
}
