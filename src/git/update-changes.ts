/**
 * What an update of refs changes that the pusher has to answer for: by its commits, and by what the
 * tree is afterwards. One rule for clones, CI and servers.
 */
import type { Change, ChangedFile } from './change.ts';
import { filesOfCommits, pathsAgainstParents, renamesInCommits } from './commits.ts';
import type { History } from './history.ts';
import {
  acceptedTips,
  boundaryOf,
  descendants,
  newHistory,
  reachable,
  sameProject,
  straightWay,
} from './history.ts';
import type { Git } from './run.ts';
import type { Move, Scope, Trunk } from './silent-changes.ts';
import { silentFiles } from './silent-changes.ts';
import { refuseMalformedTrees } from './well-formed.ts';

/** What moves change together. What is accepted must be so for each of them. */
export async function changeOfMoves(
  git: Git,
  moves: readonly Move[],
  scope: Scope,
): Promise<Change> {
  const olds = moves.flatMap(({ old }) => old ?? []);
  const commits = [...olds, ...scope.accepted.commits];
  const nexts = moves.map(({ next }) => next);
  const history = await newHistory(git, nexts, { ...scope.accepted, commits });
  return changeIn(git, moves, history, scope);
}

/**
 * @param history the commits that are new in these moves
 * @throws {LazyspecError} UNSAFE_TREE
 */
export async function changeIn(
  git: Git,
  moves: readonly Move[],
  history: History,
  scope: Scope,
): Promise<Change> {
  const olds = moves.flatMap(({ old }) => old ?? []);
  const lines = await commitLines(git, history, olds, scope);
  const changing = filesOfCommits(git, lines, scope.paths);
  changing.catch(() => {}); // git may fail in other words at a malformed tree
  if (scope.paths.length > 0) await refuseMalformedTrees(git, history, scope.paths);
  const files = await landing(git, await changing, { moves, history, scope });
  const told = new Set(files.map(({ path }) => path));
  const silent: ChangedFile[] = [];
  for (const move of moves) {
    const { ref, old, next } = move;
    if (old === undefined || !ref.startsWith('refs/heads/')) continue;
    if (straightWay(history, next, old)) continue;
    silent.push(...(await silentFiles(git, move, told, scope)));
  }
  return startingFrom(
    {
      files: [...files, ...silent],
      parents: [...olds, ...boundaryOf(history)],
      renameTargets: (paths) => renamesInCommits(git, lines, paths),
    },
    await (files.some(({ status }) => status === 'A') ? scope.trunk() : undefined),
  );
}

/** So many trees are searched for documents that exist already. */
const MOST_PARENTS = 20;

/** If there are more parents, no document counts as created. */
function startingFrom(change: Change, trunk: Trunk | undefined): Change {
  const parents = [...new Set([...(trunk ? [trunk.tip] : []), ...change.parents])];
  if (parents.length <= MOST_PARENTS) return { ...change, parents };
  const files = change.files.map((file) => ({ ...file, status: 'M' as const }));
  return { ...change, files, parents: [] };
}

/** Each new commit; where a shallow clone lacks its parents, with what is accepted in their place. */
async function commitLines(
  git: Git,
  history: History,
  olds: readonly string[],
  { accepted, shallow }: Scope,
): Promise<string[]> {
  const ids = [...history.keys()];
  if (!ids.some((id) => shallow.has(id))) return ids;
  const tips = await acceptedTips(git, { ...accepted, commits: [...olds, ...accepted.commits] });
  const instead = tips.slice(0, MOST_PARENTS).join(' ');
  return ids.map((id) => (shallow.has(id) ? `${id} ${instead}`.trim() : id));
}

/** More steps than this are not taken to find out which changes of others do not land. */
const MOST_STEPS = 20_000_000;

/**
 * Leaves out what another project's commits change, unless the change arrives at that path here: a
 * merge may have moved these files to a folder of their own, or left them out.
 */
async function landing(
  git: Git,
  files: readonly Required<ChangedFile>[],
  { moves, history, scope }: { moves: readonly Move[]; history: History; scope: Scope },
): Promise<Required<ChangedFile>[]> {
  const merges = [...history].filter(([, parents]) => parents.length > 1);
  if (files.length === 0 || merges.length === 0) return [...files];
  const anchors = moves.flatMap(({ old }) => old ?? []);
  const certain = descendants(history, anchors);
  const doubtful = files.filter(({ commit }) => !certain.has(commit));
  const paths = [...new Set(doubtful.map(({ path }) => path))];
  if (paths.length === 0 || paths.length * history.size > MOST_STEPS) return [...files];

  const pairs = merges.flatMap(([commit, parents]) =>
    parents.map((parent): [string, string] => [commit, parent]),
  );
  const differing = await pathsAgainstParents(git, pairs, paths);
  const byPair = new Map(pairs.map((pair, index) => [pair.join(' '), differing[index]]));
  const tips = [...moves.map(({ next }) => next), ...headsOf(history)];
  const lost = paths.flatMap((path) => {
    // As git simplifies a history: what is as in one parent has come from there.
    const simplified = new Map(history);
    for (const [commit, parents] of merges) {
      const same = parents.filter((parent) => !byPair.get(`${commit} ${parent}`)?.has(path));
      const origin = same.find((parent) => !history.has(parent)) ?? same[0];
      if (origin !== undefined) simplified.set(commit, [origin]);
    }
    const arriving = reachable(simplified, tips);
    return doubtful.filter((file) => file.path === path && !arriving.has(file.commit));
  });
  if (lost.length === 0) return [...files];
  const trunk = await scope.trunk();
  const roots = [...anchors, ...(trunk ? [trunk.tip] : [])];
  if (roots.length === 0) return [...files];
  const own = await sameProject(git, headsOf(history), roots, scope.shallow);
  const foreign = new Set(lost.filter(({ commit }) => !own.has(commit)));
  return files.filter((file) => !foreign.has(file));
}

function headsOf(history: History): string[] {
  const parents = new Set([...history.values()].flat());
  return [...history.keys()].filter((commit) => !parents.has(commit));
}
