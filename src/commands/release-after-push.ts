/**
 * `[comfort] release_after_push`: leases on what a push brings to a branch are given back once the
 * branch has it (docs/adrs/ADR-004). git has no hook for that moment: pre-push starts a process that
 * waits for the push to end, and then asks the remote.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import { identifyPath } from '../documents/identify.ts';
import { LazyspecError } from '../errors.ts';
import { leaseAddress } from '../git/address.ts';
import { advertised } from '../git/advertised.ts';
import { filesOfCommits } from '../git/commits.ts';
import { newHistory } from '../git/history.ts';
import type { Push, PushedRef } from '../git/pushed.ts';
import { isZero, judgedRefs, remotesOf, trackingRefsOf } from '../git/pushed.ts';
import type { Process } from '../git/pushing-git.ts';
import { isRunning, pushingGit } from '../git/pushing-git.ts';
import { resolveCommits } from '../git/range.ts';
import { differingPaths } from '../git/work-tree-paths.ts';
import { AFTER_PUSH } from '../hook-names.ts';
import { decideRelease } from '../lease/decide.ts';
import { look } from '../lease/engine.ts';
import { leaseRef } from '../lease/view.ts';
import { packageRoot } from '../package-root.ts';
import { allButRefused } from './all-but-refused.ts';
import type { Context } from './context.ts';
import { knownLeases } from './held.ts';
import { giveBack } from './release.ts';

/** What is to be given back when a push has ended, if it has landed. */
interface Errand {
  /** The git that pushes. */
  git: Process;
  /** The remote's name, or its address where it has none. */
  remote: string;
  branches: {
    ref: string;
    /** What it is to be at. */
    oid: string;
    documents: DocumentId[];
  }[];
  /** The commits of the leases as they were seen before, by ref. */
  seen: Record<string, string>;
}

/** Milliseconds between two looks at the git that pushes, and until it is given up. */
const INTERVAL = 100;
const LONGEST = 60 * 60_000;

/**
 * In the pre-push hook, when it has let pass: starts what waits for the end of the push, where there is
 * anything that may be given back then. Nothing that goes wrong here holds up the push.
 */
export async function watchPush(context: Context, push: Push): Promise<void> {
  try {
    const errand = await errandOf(context, push);
    if (errand) start(context, errand);
  } catch (error) {
    if (error instanceof LazyspecError && error.code === 'CANCELLED') throw error;
    context.warn(`nothing will be released after this push: ${(error as Error).message}`);
  }
}

async function errandOf(context: Context, push: Push): Promise<Errand | undefined> {
  const [{ comfort }, { remote }, gitConfig] = await Promise.all([
    context.config(),
    context.coordination(),
    context.gitConfig(),
  ]);
  const wanted = comfort.releaseAfterPush.map((branch) => `refs/heads/${branch}`);
  const refs = judgedRefs(push).filter(({ remoteRef }) => wanted.includes(remoteRef));
  // What only a fork has is not there for the others.
  const names = remotesOf(push, gitConfig);
  const isShared = remote === '.' || names.includes(remote);
  if (refs.length === 0 || !isShared) return undefined;

  const agent = await context.agent();
  const held = (await knownLeases(context, false)).filter(
    ({ view }) => view.state === 'held' && view.lease.agent === agent,
  );
  if (held.length === 0) return undefined;
  const keys = new Set(held.flatMap(({ document }) => (document ? [documentKey(document)] : [])));
  const branches: Errand['branches'] = [];
  for (const ref of refs) {
    const changed = await changedBy(context, push, ref);
    const documents = changed.filter((document) => keys.has(documentKey(document)));
    if (documents.length > 0) branches.push({ ref: ref.remoteRef, oid: ref.localOid, documents });
  }
  if (branches.length === 0) return undefined;
  const git = pushingGit();
  if (!git) throw new Error('the git that pushes was not found among the processes');
  const seen = Object.fromEntries(held.map(({ ref, view }) => [ref, view.commit]));
  // By name: a hook manager may hand on an address with a space in it cut off (lefthook 2.2.2).
  return { git, remote: remote === '.' ? (names[0] ?? push.url) : remote, branches, seen };
}

/** Also what another branch of the remote has already: here it arrives. */
async function changedBy(context: Context, push: Push, ref: PushedRef): Promise<DocumentId[]> {
  const [{ types }, gitConfig] = await Promise.all([context.config(), context.gitConfig()]);
  const [old] = await resolveCommits(context.git, [ref.remoteOid]);
  // A branch that is new, or at what is not here: what the others have does not come with it.
  const refs = old === undefined ? trackingRefsOf(remotesOf(push, gitConfig), gitConfig) : [];
  const commits = isZero(ref.remoteOid) ? [] : [ref.remoteOid];
  const history = await newHistory(context.git, [ref.localOid], { refs, commits });
  const files = await filesOfCommits(context.git, [...history.keys()], governedFolders(types));
  const found = files.flatMap(({ path }) => identifyPath(path, types) ?? []);
  return [
    ...new Map(found.map(({ id, type }) => [documentKey({ id, type }), { id, type }])).values(),
  ];
}

/** In a session of its own, and with nothing of what git was given to read or write. */
function start({ options }: Context, errand: Errand): void {
  const program = join(packageRoot(), 'dist', 'hooks.js');
  const child = spawn(process.execPath, [program, 'run', AFTER_PUSH], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
  child.on('error', () => {}); // the leases run out by themselves
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(errand));
  child.unref();
}

/** Behind a push: waits until it has ended, and gives back what has landed. */
export async function releaseLanded(context: Context, text: string): Promise<void> {
  const errand = errandIn(text);
  const end = Date.now() + LONGEST;
  while (isRunning(errand.git)) {
    if (Date.now() > end) return;
    await sleep(INTERVAL);
  }
  const ended = context.now();
  const landed = await landedDocuments(context, errand);
  if (landed.length === 0) return;

  const [engine, agent] = await Promise.all([context.engine(), context.agent()]);
  await engine.remote.fetch(landed.map(leaseRef));
  const views = await look(engine, landed);
  const known = (document: DocumentId) => views.get(leaseRef(document)) ?? { state: 'absent' };
  const due = landed.filter((document) => {
    const view = known(document);
    if (view.state !== 'held' || view.lease.agent !== agent) return false;
    // Who has claimed or renewed it since goes on with it.
    return view.commit === errand.seen[leaseRef(document)] || view.committed < ended;
  });
  await allButRefused(due, (some) =>
    giveBack(context, some, agent, (view, document) => {
      const before = known(document);
      const isSame =
        view.state === 'held' && before.state === 'held' && view.commit === before.commit;
      return decideRelease(isSame ? view : { state: 'absent' }, agent);
    }),
  );
}

/** @throws {LazyspecError} USAGE for what our pre-push has not written */
function errandIn(text: string): Errand {
  try {
    const errand = JSON.parse(text) as Errand;
    if (Array.isArray(errand.branches) && errand.git && errand.seen) return errand;
  } catch {
    // told below
  }
  throw new LazyspecError(
    'USAGE',
    `${AFTER_PUSH} is what our pre-push hook starts, and no command`,
    {
      remedy: 'To give leases back: lazyspec-lease release <id>',
    },
  );
}

/** The documents of the branches that are at what was pushed, but for those still being worked on. */
async function landedDocuments(
  context: Context,
  { remote, branches }: Errand,
): Promise<DocumentId[]> {
  const [{ timeout, addresses }, config, { types }] = await Promise.all([
    context.coordination(),
    context.gitConfig(),
    context.config(),
  ]);
  const { env } = context.options;
  const isNamed = config.remotes().includes(remote);
  const url = isNamed ? await leaseAddress(context.git, remote, config, addresses) : remote;
  const asking = { env, config, deadline: timeout * 1000 };
  const { refs: there } = await advertised(context.git, url, 'branches', asking);
  const landed = new Map<string, DocumentId>();
  for (const { ref, oid, documents } of branches) {
    if (there.get(ref) !== oid) continue;
    const paths = await differingPaths(context.git, oid, governedFolders(types));
    const found = paths.flatMap((path) => identifyPath(path, types) ?? []);
    const busy = new Set(found.map(documentKey));
    for (const document of documents) {
      if (!busy.has(documentKey(document))) landed.set(documentKey(document), document);
    }
  }
  return [...landed.values()];
}
