/** May these documents be changed by this agent, now? One connection, whatever their number. */
import { HOME } from '../config/load.ts';
import type { DocumentId } from '../documents/document.ts';
import { otherNames } from '../documents/other-names.ts';
import { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import { mergedChange, stagedChange } from '../git/staged.ts';
import { look, noteSighting } from '../lease/engine.ts';
import type { DocumentRefusal, RefusedError } from '../lease/explain.ts';
import { refusedError } from '../lease/explain.ts';
import type { ChangedDocument, Verdict } from '../lease/gate.ts';
import { agentsOf, heldAs, isLive, judgeDocuments } from '../lease/gate.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import type { View } from '../lease/view.ts';
import { leaseRef } from '../lease/view.ts';
import { rfc3339 } from '../times.ts';
import type { DocumentsArguments } from './arguments.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import { once } from './context.ts';
import { knownLeases } from './held.ts';
import type { OwnLease } from './keep-fast.ts';
import { namedDocuments } from './named-documents.ts';
import { MANY, stillAsNoted } from './noted-leases.ts';
import type { GatedDocument, GateResult } from './results.ts';

/** A merge that git is about to commit: asked from within it only. */
export type MergeQuestion = { merged: true };

export interface GateOutcome {
  result: GateResult;
  /**
   * Where it is not ok, the refusal in words: NOT_CLAIMED, HELD_BY_OTHER, LEASE_EXPIRED,
   * MALFORMED_LEASE or NO_ACTIVE_LEASE.
   */
  refusal?: LazyspecError;
  /** The leases that it rests on, where all pass under the agent's own and that is not noted yet. */
  leases?: OwnLease[];
}

/**
 * @param mayRenew whether a lease that has run out may be renewed: where git waits to go on, and
 * nobody only wants to know
 * @throws {LazyspecError} REMOTE_* where the remote could not be asked, and as `namedDocuments`
 */
export async function gate(
  context: Context,
  args: DocumentsArguments | MergeQuestion,
  mayRenew = false,
): Promise<GateOutcome> {
  const pass: GateOutcome = { result: { ok: true, documents: [] } };
  const staged = once(() => stagedChange(context.git, context.repository()));
  // Where git itself has started us it is asked at once, and answers while the configuration is
  // read. Elsewhere that comes first: among the files of a clone may be a repository that runs
  // programs.
  if ('staged' in args && context.options.isHook) staged().catch(() => {}); // told where it is used
  const judging = 'staged' in args || 'merged' in args ? await context.forCommit() : context;
  if (!(await isGated(judging))) return pass;
  const changed = await documentsAskedFor(judging, args, staged);
  if (changed === 'any') {
    const refusal = await holdsNone(context);
    return refusal ? { result: { ok: false, documents: [] }, refusal } : pass;
  }
  return changed.length === 0 ? pass : judged(judging, changed, mayRenew, !('documents' in args));
}

/** Whether there is a [coordination]; where the work tree says that there is none, git is not asked. */
export async function isGated(context: Context): Promise<boolean> {
  const glance = await context.glance();
  if (glance?.config.source === HOME && !glance.config.coordination) return false;
  return (await context.config()).coordination !== undefined;
}

async function documentsAskedFor(
  context: Context,
  args: DocumentsArguments | MergeQuestion,
  staged: () => Promise<Change>,
): Promise<ChangedDocument[] | 'any'> {
  if ('staged' in args) return changedDocuments(context, await staged());
  if ('merged' in args) {
    return changedDocuments(context, await mergedChange(context.git, context.options.env));
  }
  if (args.documents.length === 0) return 'any';
  // The gate is silent about files that are no documents: whoever edits anything may ask.
  const named = await namedDocuments(context, args.documents, 'pass over');
  return named.map((document) => ({ ...document, paths: [], commits: [], created: false }));
}

/** Without a document: the refusal, unless the agent holds a lease, as far as can be known. */
async function holdsNone(context: Context): Promise<LazyspecError | undefined> {
  const [engine, agent, { gate: settings }] = await Promise.all([
    context.engine(),
    context.agent(),
    context.config(),
  ]);
  const fresh = await engine.remote.fetch('all', settings.timeout * 1000).then(
    () => true,
    (error) => {
      if (!(error instanceof LazyspecError) || !error.code.startsWith('REMOTE_')) throw error;
      context.warn(`${error.message}; this clone's copy of the leases decides`);
      return false;
    },
  );
  if ((await liveHolders(context, fresh)).has(agent)) return undefined;
  const { program } = context;
  const message = `no active lease. Run \`${program} claim <id>\` first.`;
  const remedy = `Claim a document by its id: ${program} claim RFC-001`;
  return new LazyspecError('NO_ACTIVE_LEASE', message, { remedy });
}

/** Everybody who holds a lease that has not expired. */
async function liveHolders(context: Context, fresh: boolean): Promise<Set<string>> {
  const leases = await knownLeases(context, fresh);
  // Only now: we may have been stopped while git was reading.
  const now = context.now();
  return new Set(
    leases.flatMap(({ view }) =>
      view.state === 'held' && isLive(view, now) ? view.lease.agent : [],
    ),
  );
}

/** Asks for the leases of changed documents, at least one, and judges. */
export async function judged(
  context: Context,
  changed: ChangedDocument[],
  mayRenew = false,
  isStaged = false,
): Promise<GateOutcome> {
  const asks = changed.some(({ agents }) => agents === undefined);
  const [engine, agent, { gate: settings, comfort }] = await Promise.all([
    context.engine(),
    asks ? context.agent() : undefined,
    context.config(),
  ]);
  // "Any lease of mine lets me create" needs all leases; everything else only those concerned.
  const creates = settings.create === 'any' && changed.some(({ created }) => created);
  const elsewhere = await context.elsewhere();
  const namesOf = new Map(changed.map((one) => [one, otherNames(one, one.paths, elsewhere)]));
  const documents = [...changed, ...[...namesOf.values()].flat()];
  const refs = [...new Set(documents.map(leaseRef))];
  const asked = engine.remote.fetch(creates ? 'all' : refs, settings.timeout * 1000).then(
    () => undefined,
    (error) => {
      if (settings.offline === 'refuse') throw error;
      assertUnreachable(error);
      return error;
    },
  );
  const noted = refs.length > MANY && (await stillAsNoted(context, engine.store, refs, asked));
  const views = noted || (await look(engine, documents, asked));
  const offline = await asked;
  const live = creates ? await liveHolders(context, offline === undefined) : new Set<string>();
  const viewOf = (document: DocumentId): View => {
    return views.get(leaseRef(document)) ?? { state: 'absent' };
  };
  const named = changed.map((one) => {
    const agents = agentsOf(one, agent);
    const held = heldAs(namesOf.get(one) ?? [], (holder) => agents.includes(holder), viewOf);
    return { ...one, ...(held && { heldAs: held }) };
  });
  const verdicts = judgeDocuments(named, {
    agent,
    now: context.now(),
    create: settings.create,
    view: viewOf,
    holdsAny: (agents) => agents.some((one) => live.has(one)),
  });
  const refused = verdicts.filter(({ verdict }) => verdict !== 'pass');
  // What is noted, and passes, is the work of this clone.
  const isNews = !offline && (!noted || refused.length > 0);
  const ages = isNews ? noteSighting(engine, views) : new Map<string, number>();
  if (offline) {
    // A lease of mine that this clone remembers may pass; nothing else can be known.
    if (refused.length > 0) throw offline;
    context.warn(`${offline.message}; passed on this clone's copy of the leases`);
  }
  if (refused.length === 0) {
    const result = { ok: true, documents: verdicts.map((one) => gatedDocument(one)) };
    const leases = noted ? [] : verdicts.flatMap(passedLease);
    return { result, ...(leases.length === verdicts.length && { leases }) };
  }
  if (mayRenew && comfort.renewInGate && refused.every(isRenewable)) {
    // What passes then passes by what the remote has after the write.
    const { renewExpired } = await import('./renew-in-gate.ts');
    const again = await renewExpired(context, refused, settings.timeout);
    if (again) return judged(context, changed);
  }
  const refusal = await refusalOf(context, agent, refused, { ages, isStaged });
  const gated = verdicts.map((one) => {
    return gatedDocument(one, refusal.data.documents[refused.indexOf(one)]);
  });
  return { result: { ok: false, documents: gated }, refusal };
}

/** Whether a refusal would be none if the lease of who asks were renewed. */
export function isRenewable({ verdict, agents }: Pick<Verdict, 'verdict' | 'agents'>): boolean {
  // Where commits name who has to hold it, nobody is there who may renew.
  return verdict === 'LEASE_EXPIRED' && agents === undefined;
}

function passedLease({ created, view, paths, ...document }: Verdict): OwnLease[] {
  // What is created may pass under a lease of another.
  if (created || view.state !== 'held') return [];
  return [{ paths, ref: leaseRef(document), view }];
}

/** Rethrows what is anything else than a remote that cannot be reached. */
function assertUnreachable(error: unknown): asserts error is LazyspecError {
  if (!(error instanceof LazyspecError) || error.code !== 'REMOTE_UNREACHABLE') throw error;
}

async function refusalOf(
  context: Context,
  agent: string | undefined,
  refused: readonly Verdict[],
  { ages, isStaged }: { ages: Map<string, number>; isStaged: boolean },
): Promise<RefusedError> {
  const reader = context.reader(agent ?? '');
  const { now, program } = reader;
  const policy = await context.coordination();
  return refusedError(
    refused.map(({ id, type, paths, commits, agents, heldAs, verdict, view }) => {
      const looked = heldAs?.isOthers ? heldAs.name : { id, type };
      const observedFor = ages.get(leaseRef(looked)) ?? 0;
      return {
        document: { id, type },
        code: verdict as Exclude<Verdict['verdict'], 'pass'>,
        view,
        paths,
        commits,
        ...(agents && { agents }),
        ...(heldAs && { heldAs: heldAs.name }),
        ...(view.state === 'held' && { takeover: judgeTakeover(view, now, observedFor, policy) }),
      };
    }),
    {
      ...reader,
      ...(isStaged && {
        all: `${program} gate --staged --json`,
        claimAll: `${program} claim --staged`,
      }),
    },
  );
}

function gatedDocument(
  { id, type, paths, commits, agents, created, verdict, view }: Verdict,
  told?: DocumentRefusal,
): GatedDocument {
  return {
    id,
    type,
    paths,
    verdict,
    ...(agents && { agents, commits }),
    ...(created && { created }),
    ...(view.state === 'held' && {
      holder: view.lease.agent,
      expires: rfc3339(view.lease.expires),
    }),
    ...(told && { message: told.message }),
    ...(told?.remedy && { remedy: told.remedy }),
  };
}
