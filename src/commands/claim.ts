import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../config/duration.ts';
import type { DocumentId } from '../documents/document.ts';
import { otherNames } from '../documents/other-names.ts';
import { LazyspecError } from '../errors.ts';
import { stagedChange } from '../git/staged.ts';
import type { ClaimOptions, Refusal } from '../lease/decide.ts';
import { decideClaim, MAX_NOTE } from '../lease/decide.ts';
import type { Executed } from '../lease/engine.ts';
import { execute, look } from '../lease/engine.ts';
import type { RefusedDocument } from '../lease/explain.ts';
import { refusedError } from '../lease/explain.ts';
import { heldAs } from '../lease/gate.ts';
import { leaseRef } from '../lease/view.ts';
import { hasSeenLeases } from '../state/observations.ts';
import { countdown, rfc3339 } from '../times.ts';
import { firstLines, isVisible, shortLine } from '../visible-text.ts';
import type { ClaimArguments } from './arguments.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context } from './context.ts';
import { followLeases } from './follow-leases.ts';
import { keepFast, writtenLeases } from './keep-fast.ts';
import { writtenLease } from './lease-result.ts';
import { namedWithFiles, pathsOf } from './named-documents.ts';
import type { WrittenLease } from './results.ts';

/**
 * Claims documents for the agent, all or none; renews what the agent holds.
 * @throws {LazyspecError} HELD_BY_OTHER, NOT_EXPIRED, CLOCK_SKEW, MALFORMED_LEASE, and as
 * `namedDocuments` and `execute`
 */
export async function claim(asking: Context, args: ClaimArguments): Promise<WrittenLease[]> {
  const isStaged = args.documents === 'staged';
  // What a commit needs is judged by the configuration in HEAD.
  const context = isStaged ? await asking.forCommit() : asking;
  const { maxLeaseDuration, remote } = await context.coordination();
  const { duration, note } = args;
  const names = args.documents === 'staged' ? await stagedIds(context) : args.documents;
  if (isStaged && names.length === 0) {
    throw new LazyspecError('USAGE', 'no document is staged', {
      remedy: 'Stage the files first (git add), or name the documents.',
    });
  }
  if (names.length === 0) throw new LazyspecError('USAGE', 'no document named');
  if (duration !== undefined && !(Number.isInteger(duration) && duration > 0)) {
    throw new LazyspecError('USAGE', 'a lease lasts a whole number of seconds, at least one', {
      remedy: 'Ask for a length such as 30m or 4h.',
    });
  }
  if (duration !== undefined && duration > maxLeaseDuration) {
    throw new LazyspecError(
      'USAGE',
      `a lease may last ${formatDuration(maxLeaseDuration)} at most`,
      { remedy: `Ask for less, or raise [coordination] max_lease_duration.` },
    );
  }
  if (note && !isVisible(note.replace(/[\t\r\n]/g, ' '))) {
    throw new LazyspecError('USAGE', 'the note holds characters that do not show', {
      remedy: 'Write it in plain text: no control, direction or zero-width characters.',
    });
  }
  const { documents, files } = await namedWithFiles(context, names);
  const options: ClaimOptions = {
    force: args.force ?? false,
    ...(duration !== undefined && { ttl: duration }),
    ...(note && { note: shortLine(note, MAX_NOTE) }),
  };
  const elsewhere = await context.elsewhere();
  const others = documents.map((document) => ({
    document,
    names: otherNames(document, pathsOf(document, files), elsewhere),
  }));
  const executed = await untilFree(context, others, options, args.wait ?? 0);
  await followLeases(context);
  if ('done' in executed) {
    const { commonDir } = await context.repository();
    // Once: a remote that has ever shown a lease shows this one.
    if (remote !== '.' && !hasSeenLeases(commonDir)) {
      const { assertShown } = await import('./shown.ts');
      await assertShown(await context.engine(), executed.done);
    }
    await keepFast(context, writtenLeases(executed.done, files));
    return executed.done.map(writtenLease);
  }
  throw refusedError(executed.refused, context.reader(await context.agent()));
}

async function stagedIds(context: Context): Promise<string[]> {
  const change = await stagedChange(context.git, context.repository());
  return (await changedDocuments(context, change)).map(({ id }) => id);
}

interface Named {
  document: DocumentId;
  /** What else it is called, where a type is renamed. */
  names: readonly DocumentId[];
}

/** Those that somebody else holds under another name; the remote is asked only if there are any. */
async function heldOtherwise(
  context: Context,
  named: readonly Named[],
): Promise<(Refusal & RefusedDocument)[]> {
  const names = named.flatMap((one) => one.names);
  if (names.length === 0) return [];
  const [engine, agent] = await Promise.all([context.engine(), context.agent()]);
  await engine.remote.fetch([...names, ...named.map(({ document }) => document)].map(leaseRef));
  const views = await look(engine, names);
  return named.flatMap(({ document, names }) => {
    const held = heldAs(
      names,
      (holder) => holder === agent,
      (name) => views.get(leaseRef(name)) ?? { state: 'absent' },
    );
    if (!held?.isOthers) return [];
    const { name, view } = held;
    return [{ action: 'refuse', code: 'HELD_BY_OTHER', document, view, heldAs: name }];
  });
}

async function attempt(
  context: Context,
  named: readonly Named[],
  options: ClaimOptions,
): Promise<Executed> {
  const refused = await heldOtherwise(context, named);
  if (refused.length > 0) return { refused };
  const documents = named.map(({ document }) => document);
  const [engine, asker] = await Promise.all([context.engine(), context.asker()]);
  // A takeover is decided on a fresh look only; anything else is first tried on what we know.
  return execute(
    engine,
    documents,
    (view, _document, observedFor) =>
      decideClaim(view, { ...asker, now: context.now() }, options, observedFor),
    options.force,
  );
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** Claims, again and again with growing pauses, until nobody else holds any of the documents. */
async function untilFree(
  context: Context,
  documents: readonly Named[],
  options: ClaimOptions,
  wait: number,
): Promise<Executed> {
  const start = performance.now();
  const left = () => wait * 1000 - (performance.now() - start);
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const executed = await attemptOrBusy(context, documents, options, left() > 0);
    const final = executed && ('done' in executed || !executed.refused.every(isHeld));
    if (executed && (final || left() <= 0)) return executed;
    if (executed && 'refused' in executed) tellWaiting(context, executed.refused, left);
    const jittered = pause * (0.5 + Math.random() / 2);
    await pauseFor(Math.min(jittered, Math.max(0, left())), context.options.signal);
  }
}

/** A remote that is away for a moment does not end the waiting. @returns undefined then */
async function attemptOrBusy(
  context: Context,
  documents: readonly Named[],
  options: ClaimOptions,
  patient: boolean,
): Promise<Executed | undefined> {
  try {
    return await attempt(context, documents, options);
  } catch (error) {
    if (!(error instanceof LazyspecError) || !patient) throw error;
    if (error.code === 'CANCELLED') throw stoppedWaiting();
    if (!PASSING.has(error.code)) throw error;
    const line = `${error.message}; trying again`;
    context.waiting(line, () => line);
    return undefined;
  }
}

const PASSING = new Set(['CONTENDED', 'REMOTE_UNREACHABLE']);

function isHeld({ code }: RefusedDocument): boolean {
  return code === 'HELD_BY_OTHER' || code === 'NOT_EXPIRED' || code === 'CLOCK_SKEW';
}

/** @param left milliseconds until the waiting is given up */
function tellWaiting(
  context: Context,
  refused: readonly RefusedDocument[],
  left: () => number,
): void {
  const line = waitingFor(refused, ({ expires }) => {
    const ended = expires < context.now();
    return ended ? 'expired' : `until ${rfc3339(expires)}`;
  });
  context.waiting(line, () => {
    const live = waitingFor(refused, ({ expires }) => {
      const rest = expires - context.now();
      return rest >= 0 ? `for ${countdown(rest)} more` : 'expired';
    });
    return Number.isFinite(left()) ? `${live}; giving up in ${countdown(left() / 1000)}` : live;
  });
}

function waitingFor(
  refused: readonly RefusedDocument[],
  end: (lease: { expires: number }) => string,
): string {
  const holders = firstLines(refused, ({ document, view, takeover }) => {
    if (view.state !== 'held') return document.id;
    const force = takeover?.allowed ? ': --force takes it over' : '';
    return `${document.id} (held by '${view.lease.agent}', ${end(view.lease)}${force})`;
  });
  return `waiting for ${holders.join(', ')}`;
}

async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => {
    throw stoppedWaiting();
  });
}

function stoppedWaiting(): LazyspecError {
  return new LazyspecError('CANCELLED', 'stopped waiting; nothing was claimed');
}
