import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../config/duration.ts';
import type { DocumentId } from '../documents/document.ts';
import { LazyspecError } from '../errors.ts';
import type { ClaimOptions } from '../lease/decide.ts';
import { decideClaim, MAX_NOTE } from '../lease/decide.ts';
import type { Executed } from '../lease/engine.ts';
import { execute } from '../lease/engine.ts';
import type { RefusedDocument } from '../lease/explain.ts';
import { refusedError } from '../lease/explain.ts';
import { hasSeenLeases } from '../state/observations.ts';
import { countdown, rfc3339 } from '../times.ts';
import { isVisible, shortLine } from '../visible-text.ts';
import type { ClaimArguments } from './arguments.ts';
import type { Context } from './context.ts';
import { followLeases } from './follow-leases.ts';
import { keepFast, writtenLeases } from './keep-fast.ts';
import { writtenLease } from './lease-result.ts';
import { namedWithFiles } from './named-documents.ts';
import type { WrittenLease } from './results.ts';

/**
 * Claims documents for the agent, all or none; renews what the agent holds.
 * @throws {LazyspecError} HELD_BY_OTHER, NOT_EXPIRED, CLOCK_SKEW, MALFORMED_LEASE, and as
 * `namedDocuments` and `execute`
 */
export async function claim(context: Context, args: ClaimArguments): Promise<WrittenLease[]> {
  const { maxLeaseDuration, remote } = await context.coordination();
  const { duration, note } = args;
  if (args.documents.length === 0) throw new LazyspecError('USAGE', 'no document named');
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
  const { documents, files } = await namedWithFiles(context, args.documents);
  const options: ClaimOptions = {
    force: args.force ?? false,
    ...(duration !== undefined && { ttl: duration }),
    ...(note && { note: shortLine(note, MAX_NOTE) }),
  };
  const executed = await untilFree(context, documents, options, args.wait ?? 0);
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
  throw refusedError(executed.refused, {
    agent: await context.agent(),
    now: context.now(),
    program: context.program,
  });
}

async function attempt(context: Context, documents: DocumentId[], options: ClaimOptions) {
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
  documents: DocumentId[],
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
  documents: DocumentId[],
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
  const holders = refused.map(({ document, view, takeover }) => {
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
