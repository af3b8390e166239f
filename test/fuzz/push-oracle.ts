/**
 * What a push has to claim: the documents that its new commits change, and those that differ
 * between the old and the new state of a branch although no commit names them, unless another branch
 * of the remote brought them. Imports nothing of src.
 */
import type { Git, Lease, Needs } from './oracle.ts';
import { differing, firstRules, lacking, needsOf, parentsOf, stateAt } from './oracle.ts';

/** One ref that a push moves. Without `to` it is deleted. */
export interface Update {
  ref: string;
  old?: string | undefined;
  to?: string | undefined;
}

export interface PushQuestion {
  /** A repository that has the objects of the remote and of the clone. */
  git: Git;
  updates: readonly Update[];
  isMirror: boolean;
  /** Every ref of the remote before the push. */
  refs: ReadonlyMap<string, string>;
  /** What this clone believes the branches of the remote to be at. */
  tracking: readonly string[];
  agent: string;
  leases: Map<string, Lease>;
}

export interface PushVerdict {
  /** Documents that refuse the push. */
  ids: string[];
  /** What the verdict rests on, besides the commits. */
  tags: Set<'net' | 'foreign' | 'leases'>;
  /** Why no verdict is clear enough to insist on. */
  unclear?: string;
}

export const MAIN = 'refs/heads/main';
const isBranch = (ref: string) => ref.startsWith('refs/heads/');
const lines = (output: string) => output.split('\n').filter(Boolean);

export async function judgePush(question: PushQuestion): Promise<PushVerdict> {
  const verdict: PushVerdict = { ids: [], tags: new Set() };
  const { git, refs, isMirror, updates } = question;
  const isLease = ({ ref }: Update) => ref.startsWith('refs/lazyspec/');
  if (isMirror || updates.some(isLease)) {
    verdict.tags.add('leases');
    const trunk = firstRules(await stateAt(git, refs.get(MAIN)));
    if (!trunk?.isGated) verdict.unclear = 'the leases of a project that gates nothing';
  }
  for (const update of updates) {
    const { to } = update;
    if (to && !isLease(update)) await judgeUpdate(question, { ...update, to }, verdict);
  }
  verdict.ids = [...new Set(verdict.ids)].sort();
  return verdict;
}

export async function rulesOfUpdate({ git, refs }: PushQuestion, { ref, old, to }: Update) {
  const start = (isBranch(ref) && old) || refs.get(MAIN) || to;
  return stateAt(git, start);
}

async function judgeUpdate(
  question: PushQuestion,
  update: Update & { to: string },
  verdict: PushVerdict,
): Promise<void> {
  const { git, refs, tracking, agent, leases } = question;
  const { ref, old, to } = update;
  const rules = firstRules(await rulesOfUpdate(question, update));
  if (!rules?.isGated) return;
  if (rules.isBroken) verdict.unclear = 'the configuration cannot be read';
  const judge = (needs: Needs) => lacking(needs, { agent, leases, rules });

  const others = [...refs].filter(([name]) => isBranch(name) && name !== ref);
  const accepted = [...others.map(([, tip]) => tip), ...(old ? [old] : [])];
  const news = async (...known: string[]) =>
    lines(await git(['rev-list', to, ...[...accepted, ...known].map((tip) => `^${tip}`)]));
  const commits = await news();
  if ((await news(...refs.values(), ...tracking)).length < commits.length) {
    verdict.unclear = 'a commit is known to the remote, or was, but is on none of its branches';
  }

  const root = await rootOf(git, old ?? refs.get(MAIN) ?? to);
  const files = new Set<string>();
  const before = new Set<string>();
  for (const commit of commits) {
    const parents = await parentsOf(git, commit);
    for (const parent of parents) if (!commits.includes(parent)) before.add(parent);
    const isForeign = !(await isAncestor(git, root, commit));
    for (const path of await differing(git, commit, parents)) {
      if (isForeign && needsLease(await needsOf(git, { files: [path], before: [], rules }))) {
        verdict.tags.add('foreign');
        const limits = accepted.map((tip) => `^${tip}`);
        const landing = lines(await git(['rev-list', to, ...limits, '--', path]));
        if (!landing.includes(commit)) continue;
      }
      files.add(path);
    }
  }
  const named = await needsOf(git, { files: [...files], before: [...before], rules });
  verdict.ids.push(...judge(named));

  if (!old || !isBranch(ref)) return;
  const net: string[] = [];
  for (const path of await differing(git, to, [old])) {
    const [name] = (await needsOf(git, { files: [path], before: [], rules })).keys();
    if (!name || named.has(name)) continue;
    if (!(await isBrought(git, { ref, old, to, path, others }))) net.push(path);
  }
  const undone = await needsOf(git, { files: net, before: [old], rules });
  const ids = judge(undone);
  if (ids.length > 0) verdict.tags.add('net');
  verdict.ids.push(...ids);
  if (rules.create === 'any' && [...undone.values()].some(({ isNew }) => isNew)) {
    verdict.unclear = 'a document comes that no commit names, and new ones need any lease';
  }
}

const needsLease = (needs: Needs) => needs.size > 0;

async function isAncestor(git: Git, one: string, other: string): Promise<boolean> {
  return (await git(['rev-list', '-1', one, `^${other}`])) === '';
}

async function rootOf(git: Git, commit: string): Promise<string> {
  return lines(await git(['rev-list', '--first-parent', commit])).at(-1) ?? '';
}

interface Path {
  ref: string;
  old: string;
  to: string;
  path: string;
  others: readonly (readonly [string, string])[];
}

/** Whether some other branch of the remote brought what a file is after the push. */
async function isBrought(git: Git, { ref, old, to, path, others }: Path): Promise<boolean> {
  const at = async (commit: string) => git(['ls-tree', '-r', commit, '--', `:(literal)${path}`]);
  const [was, is] = [await at(old), await at(to)];
  for (const [name, tip] of others) {
    const bases = await mergeBases(git, old, tip);
    const joins = await mergeBases(git, to, tip);
    if (!(await some(joins, async (join) => (await at(join)) === is))) continue;
    const isOrdered = !(await some(bases, (base) =>
      some(joins, async (join) => !(await isAncestor(git, base, join))),
    ));
    const isUntouched = await some(bases, async (base) => (await at(base)) === was);
    if (isUntouched && (isOrdered || (name === MAIN && ref !== MAIN))) return true;
    const between = [...joins, ...bases.map((base) => `^${base}`)];
    const args = ['rev-list', '--full-history', ...between, '--', `:(literal)${path}`];
    if (isOrdered && (await some(lines(await git(args)), async (one) => (await at(one)) === was))) {
      return true;
    }
  }
  return false;
}

async function mergeBases(git: Git, one: string, other: string): Promise<string[]> {
  // merge-base ends with 1 where there is none.
  return lines(await git(['merge-base', '--all', one, other]).catch(() => ''));
}

async function some<T>(list: readonly T[], test: (one: T) => Promise<boolean>): Promise<boolean> {
  for (const one of list) if (await test(one)) return true;
  return false;
}
