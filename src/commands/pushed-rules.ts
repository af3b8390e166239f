/** Which rules a push is judged by: those of what it starts from, never of what it brings. */
import { HOME } from '../config/load.ts';
import { readPlace } from '../config/read-place.ts';
import type { DocumentType } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import type { Push, PushedRef } from '../git/pushed.ts';
import { isZero, judgedRefs } from '../git/pushed.ts';
import { resolveCommits } from '../git/range.ts';
import { guessRoot } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import type { RulesAt } from '../server/rules.ts';
import { rulesAt } from '../server/rules.ts';
import type { Context } from './context.ts';
import type { PushedRemote } from './pushed-remote.ts';

/** Milliseconds that a question to the remote may take before the rules, with their timeout, are known. */
export const TIMEOUT = 10_000;

/** Refs that are judged by the same rules, and the context under these. */
export interface Group<Ref = PushedRef> {
  context: Context;
  refs: Ref[];
}

export function isBranch(ref: string): boolean {
  return ref.startsWith('refs/heads/');
}

/** The refs of a push that are judged at all, by their rules. */
export async function rulesOfPush(
  context: Context,
  push: Push,
  remote: PushedRemote,
): Promise<Group[]> {
  const refs = judgedRefs(push);
  const updates = refs.filter((ref) => isBranch(ref.remoteRef) && !isZero(ref.remoteOid));
  const others = refs.filter((ref) => !updates.includes(ref));
  return groupsOf(context, [
    ...(await rulesOfUpdates(context, updates, remote)),
    ...(await rulesOfNew(context, others, remote)),
  ]);
}

/** `others`: what its document types may be called by, too. */
type Ruled<Ref = PushedRef> = readonly [ref: Ref, rules: RulesAt, others: readonly RulesAt[]];

/** @throws {LazyspecError} CONFIG_INVALID */
export function groupsOf<Ref>(context: Context, ruled: readonly Ruled<Ref>[]): Group<Ref>[] {
  const groups = new Map<string, Group<Ref> & { elsewhere: DocumentType[][] }>();
  for (const [ref, rules, others] of ruled) {
    if (rules.state === 'broken') throw rules.error;
    if (rules.state === 'none') continue;
    const { key, config } = rules.rules;
    const elsewhere: DocumentType[][] = [];
    const added = { context: context.withConfig(config, elsewhere), refs: [], elsewhere };
    const group = groups.get(key) ?? added;
    groups.set(key, group);
    group.refs.push(ref);
    // The same configuration is the same object.
    for (const other of others) {
      if (other !== rules && other.state === 'rules')
        group.elsewhere.push(other.rules.config.types);
    }
  }
  return [...groups.values()];
}

/** A branch is judged by its own rules as they are on the remote. */
async function rulesOfUpdates(
  context: Context,
  refs: readonly PushedRef[],
  remote: PushedRemote,
): Promise<Ruled[]> {
  // What is pushed does not judge, but may call a document by another name.
  const olds = refs.map(({ remoteOid }) => remoteOid);
  const trunks = remote.names.map((name) => `refs/remotes/${name}/HEAD`);
  const commits = [...olds, ...refs.map(({ localOid }) => localOid), ...trunks];
  let found = await rulesOf(context, commits);
  if (found.slice(0, olds.length).some(({ state }) => state === 'none')) {
    const missing = await notHere(context, refs);
    if (missing.length > 0) {
      await bring(context, missing, remote);
      found = await rulesOf(context, commits);
    }
  }
  return repaired(context, ruled(refs, found));
}

async function notHere({ git }: Context, refs: readonly PushedRef[]): Promise<PushedRef[]> {
  const ids = await resolveCommits(
    git,
    refs.map(({ remoteOid }) => remoteOid),
  );
  return refs.filter((_, index) => ids[index] === undefined);
}

/** Brings here what is about to be overwritten; if that fails, it matters only where something is governed. */
async function bring(
  context: Context,
  missing: readonly PushedRef[],
  remote: PushedRemote,
): Promise<void> {
  const failure = await remote.fetch(missing.map(({ remoteRef }) => remoteRef)).then(
    () => undefined,
    (error) => error,
  );
  const [still] = await notHere(context, missing);
  if (!still) return;
  const instead = await rulesOfNew(context, missing, remote);
  if (instead.every(([, { state }]) => state === 'none')) return;
  if (failure) throw failure;
  throw new LazyspecError('GIT_FAILED', `this clone does not have what ${still.remoteRef} is at`, {
    details: [`the remote is at ${still.remoteOid}`],
    remedy: 'See first what the push would overwrite: git fetch, then look.',
  });
}

/** A new branch, a tag and any other ref are judged by the rules of the default branch. */
async function rulesOfNew(
  context: Context,
  refs: readonly PushedRef[],
  remote: PushedRemote,
): Promise<Ruled[]> {
  if (refs.length === 0) return [];
  const pushed = () =>
    rulesOf(
      context,
      refs.map(({ localOid }) => localOid),
    );
  let trunk = await remote.trunk();
  if (!trunk) {
    const found = await pushed();
    if (found.every(({ state }) => state !== 'none')) return ruled(refs, found);
    trunk = await remote.askForTrunk();
    if (!trunk) return ruled(refs, found);
  }
  const tips = refs.map(({ localOid }) => localOid);
  const [rules, ...others] = await rulesOf(context, [trunk.tip, ...tips]);
  return repaired(
    context,
    refs.map((ref) => [ref, rules ?? { state: 'none' }, others] as const),
  );
}

/** Rules that cannot be read are replaced by those that are pushed: or nobody could mend them. */
async function repaired(context: Context, ruled: readonly Ruled[]): Promise<Ruled[]> {
  if (ruled.every(([, { state }]) => state !== 'broken')) return [...ruled];
  const pushed = await rulesOf(
    context,
    ruled.map(([{ localOid }]) => localOid),
  );
  return ruled.map(([ref, rules, others], index) => {
    const own = pushed[index];
    return [ref, rules.state === 'broken' && own?.state === 'rules' ? own : rules, others];
  });
}

/** @param found the rules of each, in order, and behind them others' */
export function ruled<Ref>(refs: readonly Ref[], found: readonly RulesAt[]): Ruled<Ref>[] {
  const others = found.slice(refs.length);
  return refs.map((ref, index) => [ref, found[index] ?? { state: 'none' }, others]);
}

/** Rules of commits; a replacement object is this clone's own matter. */
export function rulesOf({ git, options }: Context, commits: readonly string[]): Promise<RulesAt[]> {
  const plain: Git = (args, call = {}) =>
    git(args, { ...call, env: { ...call.env, GIT_NO_REPLACE_OBJECTS: '1' } });
  return rulesAt(plain, commits, likelyRules(options));
}

/** Mostly those of the work tree, which then need not be read from git. */
function likelyRules({ cwd, env }: Context['options']): Buffer[] {
  try {
    const content = readPlace(guessRoot(cwd, env) ?? cwd, HOME);
    return content ? [content] : [];
  } catch {
    return [];
  }
}
