/** May these refs be moved on the remote by this agent, now? */
import { governedFolders } from '../documents/governed-folders.ts';
import { LazyspecError } from '../errors.ts';
import type { Accepted } from '../git/history.ts';
import { acceptedTips } from '../git/history.ts';
import type { Push, PushedRef } from '../git/pushed.ts';
import { isZero, judgedRefs, trackingRefsOf } from '../git/pushed.ts';
import { shallowCommits } from '../git/range.ts';
import { changeOfMoves } from '../git/update-changes.ts';
import type { ChangedDocument } from '../lease/gate.ts';
import { isAnotherProject } from './another-project.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import type { GateOutcome } from './gate.ts';
import { isRenewable, judged } from './gate.ts';
import { refuseLeaseRefs } from './pushed-leases.ts';
import type { PushedRemote } from './pushed-remote.ts';
import { pushedRemote } from './pushed-remote.ts';
import type { Group } from './pushed-rules.ts';
import { isBranch, rulesOfPush, TIMEOUT } from './pushed-rules.ts';

const PASS: GateOutcome = { result: { ok: true, documents: [] } };

/** Refs with the same rules, and the documents that they change. */
interface Part extends Group {
  changed: ChangedDocument[];
}

/**
 * Judges the documents that a push changes, by the rules of what it starts from. What another branch
 * of the remote has, or one of the remote with the leases, was accepted there.
 * @param mayRenew as of `gate`
 * @throws {LazyspecError} as `gate`, and REMOTE_* where it has to be known what the remote has
 */
export async function gatePush(
  context: Context,
  push: Push,
  mayRenew = false,
): Promise<GateOutcome> {
  const remote = await pushedRemote(context, push, TIMEOUT);
  await refuseLeaseRefs(context, push, remote);
  const refs = judgedRefs(push);
  if (refs.length === 0) return PASS;

  let parts: Part[] = [];
  let unsafe: LazyspecError | undefined;
  try {
    parts = await changedParts(context, push, remote, []);
  } catch (error) {
    unsafe = unsafeTree(error);
  }
  if (parts.length === 0 && !unsafe) return PASS;
  const outcome = unsafe ? undefined : await judgeParts(parts);
  if (outcome?.result.ok) return outcome;

  // Tracking refs may be old, or missing. Only a push that would be refused pays for the question.
  const left = await withRemoteAsked(context, push, remote, parts);
  if (unsafe && !remote.hasAnswered()) throw unsafe;
  if (left.length === 0) return PASS;
  // Nothing is renewed that need not be claimed.
  const renews = mayRenew && outcome?.result.documents.some(isRenewable);
  return outcome && isSame(left, parts) && !renews ? outcome : judgeParts(left, mayRenew);
}

/** The remote may have the tree already. @throws any other error */
function unsafeTree(error: unknown): LazyspecError {
  if (error instanceof LazyspecError && error.code === 'UNSAFE_TREE') return error;
  throw error;
}

async function withRemoteAsked(
  context: Context,
  push: Push,
  remote: PushedRemote,
  before: Part[],
): Promise<Part[]> {
  const { refs } = await remote.ask();
  if (!remote.hasAnswered()) return before;
  const tips = [...new Set(refs.values())];
  const left = await changedParts(context, push, remote, tips);
  if (left.length === 0) return left;
  const branches = [...refs].filter(([ref]) => isBranch(ref));
  const commits = branches.map(([, oid]) => oid);
  const here = new Set(await acceptedTips(context.git, { refs: [], commits }));
  const missing = branches.filter(([, oid]) => !here.has(oid));
  if (missing.length === 0) return left;
  const names = missing.map(([ref]) => ref);
  const isHere = await remote.fetch(names).then(
    () => true,
    (error) => {
      context.warn(`${error.message}: judged without what is new there`);
      return false;
    },
  );
  return isHere ? changedParts(context, push, remote, tips) : left;
}

/** @param tips commits that the remote says it has */
async function changedParts(
  context: Context,
  push: Push,
  remote: PushedRemote,
  tips: readonly string[],
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const group of await rulesOfPush(context, push, remote)) {
    let changed: ChangedDocument[] = [];
    let unsafe: LazyspecError | undefined;
    try {
      changed = await documentsOf(group, push, remote, tips);
    } catch (error) {
      unsafe = unsafeTree(error);
    }
    if (changed.length === 0 && !unsafe) continue;
    if (await isAnotherProject(group, remote)) continue;
    if (unsafe) throw unsafe;
    parts.push({ ...group, changed });
  }
  return parts;
}

async function documentsOf(
  { context, refs }: Group,
  push: Push,
  remote: PushedRemote,
  tips: readonly string[],
): Promise<ChangedDocument[]> {
  const [{ types }, { remote: coordinating }, { commonDir }] = await Promise.all([
    context.config(),
    context.coordination(),
    context.repository(),
  ]);
  const { config, names } = remote;
  const own = refs.flatMap(({ remoteRef }) => (isBranch(remoteRef) ? branchOf(remoteRef) : []));
  const others = config.remotes().includes(coordinating) ? [coordinating] : [];
  const accepted: Accepted = {
    refs: [
      ...trackingRefsOf(names, config, own),
      ...trackingRefsOf(
        others.filter((name) => !names.includes(name)),
        config,
      ),
    ],
    commits: [...push.refs.map(({ remoteOid }) => remoteOid), ...tips].filter(
      (oid) => !isZero(oid),
    ),
  };
  const moves = refs.map(({ remoteRef: ref, localOid: next, remoteOid }) => {
    return { ref, next, old: isUpdate({ remoteRef: ref, remoteOid }) ? remoteOid : undefined };
  });
  const change = await changeOfMoves(context.git, moves, {
    paths: governedFolders(types),
    accepted,
    trunk: remote.trunk,
    shallow: shallowCommits(commonDir),
  });
  return changedDocuments(context, change);
}

function isUpdate({ remoteRef, remoteOid }: Pick<PushedRef, 'remoteRef' | 'remoteOid'>): boolean {
  return isBranch(remoteRef) && !isZero(remoteOid);
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

async function judgeParts(parts: readonly Part[], mayRenew = false): Promise<GateOutcome> {
  const outcomes: GateOutcome[] = [];
  for (const { context, changed } of parts) {
    outcomes.push(await judged(context, changed, mayRenew));
  }
  const refused = outcomes.find(({ refusal }) => refusal);
  const documents = outcomes.flatMap(({ result }) => result.documents);
  return { ...(refused ?? outcomes[0]), result: { ok: refused === undefined, documents } };
}

function isSame(one: readonly Part[], other: readonly Part[]): boolean {
  const told = (parts: readonly Part[]) => JSON.stringify(parts.map(({ changed }) => changed));
  return told(one) === told(other);
}
