/** Whether what a process said of leases was so at some moment of its run. */
import type { Commit, Process, Violation } from './history.ts';
import type { Answer, Request, Told } from './request.ts';
import { answerOf, refOf, requestOf, seconds } from './request.ts';
import type { Timeline } from './timeline.ts';

/** Whether a lease is such a one, seen at some moment from the first on. */
type Such = (lease: Commit | undefined, first: number) => boolean;

interface Case {
  process: Process;
  request: Request;
  timeline: Timeline;
  /** Whether the process could have seen it so. */
  saw: (ref: string, such: Such) => boolean;
}

export function untruths(processes: readonly Process[], timeline: Timeline): Violation[] {
  return processes.flatMap((process) => {
    const saw = (ref: string, such: Such) => timeline.shows(ref, process.start, process.end, such);
    const found = judge({ process, request: requestOf(process), timeline, saw }, answerOf(process));
    return found.map(([rule, text]) => ({
      rule,
      text: `${process.id} (${process.agent}: ${process.argv.join(' ')}): ${text}`,
      processes: [process.id],
    }));
  });
}

type Found = [rule: string, text: string];

function judge(one: Case, answer: Answer): Found[] {
  const { request } = one;
  if (answer.kind === 'broken') return [['an ending that no process may have', answer.why]];
  if (answer.kind === 'unknown') return [];
  if (answer.kind === 'refused')
    return [...falseReasons(one, answer), ...shutToHolder(one, answer)];
  if (request.command === 'gate') return openGate(one);
  return [...emptySkips(one, answer.documents), ...leftOut(one, answer.documents)];
}

function falseReasons(one: Case, { documents }: Answer & { kind: 'refused' }): Found[] {
  const untrue = documents.filter((told) => !isTrue(told, one));
  return untrue.map((told) => ['a refusal for a reason that never was', JSON.stringify(told)]);
}

function isTrue(told: Told, { process: { agent, end }, saw }: Case): boolean {
  const ref = refOf(told.id ?? '');
  const asTold: Such = (lease) =>
    lease?.record.agent === told.holder && lease?.record.expires === seconds(told.expires);
  const absent: Such = (lease) => lease === undefined;
  switch (told.code ?? told.verdict) {
    case 'pass':
      return saw(ref, liveOf(agent));
    case 'HELD_BY_OTHER':
    case 'NOT_EXPIRED':
      return told.holder !== agent && saw(ref, asTold);
    case 'NOT_HOLDER':
      return saw(ref, asTold);
    case 'LEASE_EXPIRED':
      // A process looks, and reads its clock after that.
      return saw(ref, (lease) => lease?.record.agent === agent && isOver(lease, end));
    case 'LEASE_LOST':
      if (told.holder === undefined) return saw(ref, absent);
      return told.holder !== agent && saw(ref, asTold);
    case 'NOT_CLAIMED':
    case 'LEASE_NOT_FOUND':
      return saw(ref, absent);
    default:
      return false;
  }
}

/** Without a document one live lease opens the gate: there must have been a moment without. */
function shutToHolder(
  { process, request, timeline, saw }: Case,
  { code }: { code: string },
): Found[] {
  if (request.command !== 'gate' || code !== 'GATE' || request.refs.length > 0) return [];
  const always = timeline.refs().find((ref) => !saw(ref, notLiveOf(process)));
  return always ? [['a gate that was shut to a holder', `it held ${always} all the time`]] : [];
}

function openGate({ process, request: { refs }, timeline, saw }: Case): Found[] {
  const live = liveOf(process.agent);
  const passed =
    refs.length > 0
      ? refs.every((ref) => saw(ref, live))
      : timeline.refs().some((ref) => saw(ref, live));
  return passed ? [] : [['a gate that passed without a lease', JSON.stringify(process.output)]];
}

function emptySkips({ process, request }: Case, documents: readonly Told[]): Found[] {
  const interval = Number.parseInt(request.options.get('min-interval') ?? '0', 10);
  return documents.flatMap(({ skipped, last }): Found[] => {
    if (!skipped) return [];
    const fresh =
      seconds(last) * 1000 <= process.end && process.start / 1000 < seconds(last) + interval + 1;
    return fresh ? [] : [['a heartbeat skipped for no reason', `the last was ${last}`]];
  });
}

/** `--all` is every lease that the agent holds, also one that has run out. */
function leftOut({ process, request, timeline, saw }: Case, documents: readonly Told[]): Found[] {
  if (!request.all) return [];
  const told = new Set(
    documents.map(({ ref, id, released }) => ref ?? refOf(id ?? released ?? '')),
  );
  const missing = timeline
    .refs()
    .filter((ref) => !told.has(ref))
    .filter((ref) => !saw(ref, (lease) => lease?.record.agent !== process.agent));
  return missing.map((ref) => ['a lease that --all left out', ref]);
}

function liveOf(agent: string): Such {
  return (lease, first) => lease?.record.agent === agent && !isOver(lease, first);
}

function notLiveOf({ agent, end }: Process): Such {
  return (lease) => lease?.record.agent !== agent || isOver(lease, end);
}

/** A lease holds through the second in which it expires. */
function isOver({ record }: Commit, moment: number): boolean {
  return Math.floor(moment / 1000) > record.expires;
}
