/**
 * The leases of an agent's session: claimed when it starts, for what it is assigned; renewed while
 * it works; given back at its end. Only its own: what $ASSIGNED_TASK named, and where the session
 * itself is the agent, also what it has claimed since. Nothing of that, nobody is asked.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DocumentId } from '../documents/document.ts';
import { documentKey } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import { findRepository } from '../git/found-repository.ts';
import { guessRoot } from '../git/repository.ts';
import { shellQuote } from '../shell-quote.ts';
import type { SessionNote } from '../state/session-note.ts';
import { readSessionNote, removeSessionNote, writeSessionNote } from '../state/session-note.ts';
import { firstLines } from '../visible-text.ts';
import type { AgentCall } from './agent-call.ts';
import { allButRefused, without } from './all-but-refused.ts';
import { claim } from './claim.ts';
import type { Context, ContextOptions } from './context.ts';
import { createContext } from './context.ts';
import { isGated } from './gate.ts';
import { heartbeat } from './heartbeat.ts';
import { knownLeases } from './held.ts';
import { sortedOut } from './named-documents.ts';
import { release } from './release.ts';
import type { WrittenLease } from './results.ts';

/** What the agent is to read. */
export interface Told {
  lines: string[];
  /** What did not go well; the session goes on. */
  failures: LazyspecError[];
}

interface Session {
  context: Context;
  agent: string;
  /** What its note is kept by. */
  name: string;
  /** Nobody else goes by the name of the agent. */
  alone: boolean;
  commonDir: string;
}

/** What follows where the note of a session is damaged. */
const LOST = 'Claim what you work on again: it may no longer be renewed, or released, for you.';

/** Seconds after which a heartbeat that failed is tried again. */
const RETRY = 60;

/** @throws {LazyspecError} as `gate`; what goes wrong with the claim is told */
export async function startSession(options: ContextOptions, call: AgentCall): Promise<Told> {
  const told: Told = { lines: [], failures: [] };
  const session = await sessionOf(options, call);
  if (!session) return told;
  const { context, name, commonDir, agent } = session;
  const byVariable = Boolean(options.env.LAZYSPEC_AGENT_ID);
  const unnamed = session.alone && !byVariable && !isExported(options.env, agent);
  const task = options.env.ASSIGNED_TASK ?? '';
  if (task.trim() === '') return told;

  const { names, others } = await documentsIn(context, task);
  if (names.length === 0) {
    told.lines.push('$ASSIGNED_TASK names no document: nothing was claimed.');
    return told;
  }
  if (others.length > 0) {
    told.lines.push(
      `No documents, in $ASSIGNED_TASK: ${firstLines(others, (one) => one).join(' ')}`,
    );
  }
  const claimed = await orTold(told, claim(context, { documents: names }));
  if (!claimed) {
    const isRefused = told.failures.every(({ exitStatus }) => exitStatus === 1);
    if (isRefused)
      told.lines.push('Nothing was claimed: of what $ASSIGNED_TASK names, all or none.');
    return told;
  }
  const before = readSessionNote(commonDir, name)?.documents ?? [];
  const documents = union(before, claimed);
  noted(told, () => writeSessionNote(commonDir, name, { documents, due: context.now() }));
  told.lines.push(...firstLines(claimed, claimedLine));
  told.lines.push('Renewed while you work, given back when the session ends.');
  if (unnamed) told.lines.push(`Commit with CLAUDE_SESSION_ID=${shellQuote(agent)} set.`);
  return told;
}

function claimedLine({ id, agent, expires }: WrittenLease): string {
  return `${id} is claimed for you (${agent}) until ${expires}.`;
}

/**
 * Renews what the session holds, if that is due.
 * @param interval seconds between two heartbeats; a third of the lease's duration at most
 * @throws {LazyspecError} as `heartbeat`; of leases that are lost is told
 */
export async function continueSession(
  options: ContextOptions,
  call: AgentCall,
  interval: number,
): Promise<Told> {
  const told: Told = { lines: [], failures: [] };
  if (!isDue(options, call, interval)) return told;
  const session = await sessionOf(options, call);
  if (!session) return told;
  const { context, name, commonDir } = session;
  const note = readSessionNote(commonDir, name, (message) =>
    told.lines.push(`${message}. ${LOST}`),
  );
  const now = context.now();
  if (!isNoteDue(note, now, interval)) return told;

  const { leaseDuration } = await context.coordination();
  const pause = Math.min(interval, Math.floor(leaseDuration / 3));
  const later = (seconds: number, documents: DocumentId[]) =>
    noted(told, () => writeSessionNote(commonDir, name, { documents, due: now + seconds }));
  const assigned = note?.documents ?? [];
  // Before anything is asked of the remote: one that is away is not to hold up every step.
  later(Math.min(RETRY, pause), assigned);
  const held = await heldBy(session, note);
  const lost = await eachOrTold(told, held, (documents) =>
    heartbeat(context, { documents: documents.map(({ id }) => id) }),
  );
  later(pause, without(assigned, lost));
  return told;
}

/** As far as can be seen without starting git: this is asked after each step of the agent. */
function isDue(options: ContextOptions, call: AgentCall, interval: number): boolean {
  const place = projectOf(options, call);
  const found = place && findRepository(place, options.env);
  if (!found || !call.session) return true;
  const note = readSessionNote(found.commonDir, call.session);
  return isNoteDue(note, Math.floor(Date.now() / 1000), interval);
}

/** A clock may have been put back since. */
function isNoteDue(note: SessionNote | undefined, now: number, interval: number): boolean {
  return !note || now >= note.due || note.due - now > interval;
}

/** Gives back what the session holds. @throws {LazyspecError} as `release` */
export async function endSession(options: ContextOptions, call: AgentCall): Promise<Told> {
  const told: Told = { lines: [], failures: [] };
  const session = await sessionOf(options, call);
  if (!session) return told;
  const { context, name, commonDir } = session;
  const note = readSessionNote(commonDir, name, (message) =>
    told.lines.push(`${message}. ${LOST}`),
  );
  const held = await heldBy(session, note);
  await eachOrTold(told, held, (documents) =>
    release(context, { documents: documents.map(({ id }) => id) }),
  );
  noted(told, () => removeSessionNote(commonDir, name));
  return told;
}

/** A note that cannot be kept costs a heartbeat too many, or a lease that is left to run out. */
function noted(told: Told, write: () => void): void {
  try {
    write();
  } catch (error) {
    told.lines.push(`The session could not be noted: ${(error as Error).message}`);
  }
}

/** Where the session began, if that is a work tree: the agent may have gone elsewhere since. */
function projectOf({ env, cwd }: ContextOptions, call: AgentCall): string | undefined {
  const places = [env.CLAUDE_PROJECT_DIR, call.cwd, cwd];
  return places.find(
    (place) => place && existsSync(place) && guessRoot(resolve(place), env) !== undefined,
  );
}

/** Undefined where nothing is gated. */
async function sessionOf(options: ContextOptions, call: AgentCall): Promise<Session | undefined> {
  const cwd = projectOf(options, call);
  if (cwd === undefined) return undefined;
  const context = createContext({ ...options, cwd });
  if (!(await isGated(context))) return undefined;
  const [agent, { commonDir }] = await Promise.all([context.agent(), context.repository()]);
  const alone = agent === call.session;
  return { context, agent, name: call.session ?? agent, alone, commonDir };
}

/**
 * Tells the commands that the agent runs who it is, where its program lets us. $LAZYSPEC_AGENT_ID
 * is left to the user: a session that is started from within this one is to be another agent.
 * @returns whether they know
 */
function isExported({ CLAUDE_ENV_FILE: file }: NodeJS.ProcessEnv, agent: string): boolean {
  if (!file) return false;
  const line = `export CLAUDE_SESSION_ID=${shellQuote(agent)}\n`;
  try {
    appendFileSync(file, contentOf(file).includes(line) ? '' : line);
    return true;
  } catch {
    return false; // the agent is told instead
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Documents are separated by commas, line ends or spaces; a path may hold spaces itself. */
async function documentsIn(context: Context, task: string) {
  const parts = task.split(/[\n,]/).map((part) => part.trim());
  const whole = await sortedOut(context, parts);
  const words = whole.others.flatMap((part) => part.split(/\s+/)).filter(Boolean);
  const { names, others } = await sortedOut(context, words);
  return { names: [...new Set([...whole.names, ...names])], others };
}

/** As far as this clone knows: nobody is asked. */
async function heldBy(
  { context, agent, alone }: Session,
  note: SessionNote | undefined,
): Promise<DocumentId[]> {
  const assigned = new Set((note?.documents ?? []).map(documentKey));
  if (assigned.size === 0 && !alone) return [];
  return (await knownLeases(context, false)).flatMap(({ document, view }) => {
    if (!document) return [];
    // What was noted and is another's now was lost: whoever renews it is told so.
    const own = alone && view.state === 'held' && view.lease.agent === agent;
    return own || assigned.has(documentKey(document)) ? [document] : [];
  });
}

/** Tells of what was refused. @returns the refused ones */
async function eachOrTold(
  told: Told,
  documents: readonly DocumentId[],
  act: (documents: readonly DocumentId[]) => Promise<unknown>,
): Promise<DocumentId[]> {
  const { refused, failure } = await allButRefused(documents, act);
  if (failure) told.failures.push(failure);
  return refused;
}

async function orTold<T>(told: Told, act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (!(error instanceof LazyspecError)) throw error;
    told.failures.push(error);
    return undefined;
  }
}

function union(some: readonly DocumentId[], more: readonly DocumentId[]): DocumentId[] {
  const added = more.map(({ id, type }) => ({ id, type }));
  return [...without(some, added), ...added];
}
