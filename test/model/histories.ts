/**
 * What processes do, remembered. A process is a function of the answers that it got, so each
 * history is run once with the real code, and from then on looked up: this is what makes millions
 * of states affordable.
 */
import type { Config } from '../../src/config/types.ts';
import type { Notes } from '../../src/state/observations.ts';
import type { Commit, Commits } from './commits.ts';
import type { Answer, Ended, Now, Request, Stop } from './process.ts';
import { Process } from './process.ts';
import type { Swap } from './refs.ts';
import type { Command } from './setup.ts';
import { commandText } from './setup.ts';

/** A process after some answers, and what follows from them. */
export interface History {
  /** Tells histories apart. */
  id: number;
  place: number;
  agent: string;
  command: Command;
  stop: Stop;
  request: Request | undefined;
  ended: Ended | undefined;
  /** What the last look showed, by document; undefined where nobody looked. */
  seen: readonly (Commit | undefined)[];
  /** The clocks at the last look, from which the last decision was made. */
  decided: { wall: number; uptime: number };
  /** The clock at the last answer. */
  wall: number;
  /** Whether the last look was at what the remote had just shown. */
  fresh: boolean;
  /** The last swap that was asked for, and what was said of it. */
  swaps: readonly Swap[];
  outcome: Answer | undefined;
  /** The remote was asked in vain since. */
  away: boolean;
  /** A swap of it was known of when the lease that it wrote was over: in vain. */
  over: boolean;
  /** Swaps that were lost though they rested on a fresh look. */
  lostFresh: number;
  writes: number;
  parent: { history: History; answer: Answer; now: Now } | undefined;
  next: Map<string, Step | Map<number, Step>>;
}

/** @property notes number of the notes that were made; undefined where none were */
export interface Step {
  history: History;
  notes: number | undefined;
}

export interface Machine {
  config: Config;
  documents: number;
  own: boolean;
  commits: Commits;
}

export class Histories {
  readonly #machine: Machine;
  readonly #starts = new Map<string, History>();
  readonly #notes: Notes[] = [new Map()];
  readonly #noteNumbers = new Map<string, number>([['[]', 0]]);
  #count = 0;
  /** Steps taken with the real code. */
  executed = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get size(): number {
    return this.#count;
  }

  /** @param writes commits that this place has written before */
  start(
    place: number,
    agent: string,
    command: Command,
    writes: number,
  ): History | Promise<History> {
    const key = `${place} ${agent} ${writes} ${commandText(command)}`;
    return this.#starts.get(key) ?? this.#firstStart(key, place, agent, command, writes);
  }

  async #firstStart(key: string, place: number, agent: string, command: Command, before: number) {
    const { stop } = await this.#begin({ place, agent, command }, { writes: before });
    const history: History = {
      ...this.#at(stop),
      place,
      agent,
      command,
      seen: [],
      decided: { wall: Number.NaN, uptime: Number.NaN },
      wall: Number.NaN,
      fresh: this.#machine.own,
      swaps: [],
      outcome: undefined,
      away: false,
      over: false,
      lostFresh: 0,
      writes: before,
      parent: undefined,
      next: new Map(),
    };
    this.#starts.set(key, history);
    return history;
  }

  answer(
    history: History,
    answer: Answer,
    time: Omit<Now, 'notes'>,
    notes: number,
  ): Step | Promise<Step> {
    const said = typeof answer === 'string' ? answer : answer.join(',');
    const key = `${said}|${time.wall}|${time.uptime}`;
    const known = history.next.get(key);
    const step = known instanceof Map ? known.get(notes) : known;
    return step ?? this.#firstAnswer(history, key, answer, time, notes);
  }

  async #firstAnswer(
    history: History,
    key: string,
    answer: Answer,
    time: Omit<Now, 'notes'>,
    notes: number,
  ): Promise<Step> {
    const counter = { writes: 0 };
    const process = await this.#again(history, counter);
    const now = { ...time, notes: this.#notes[notes] ?? new Map() };
    const { stop, notes: made } = await process.answer(answer, now);
    const next: History = {
      ...history,
      ...this.#at(stop),
      ...following(history, answer, now),
      over: history.over || this.#isOver(history, answer, now.wall),
      wall: now.wall,
      writes: counter.writes,
      parent: { history, answer, now },
      next: new Map(),
    };
    const { request } = next;
    if (request?.port === 'swap') next.swaps = request.swaps;
    const step = { history: next, notes: made && this.#numberOf(made) };
    if (made === undefined) {
      history.next.set(key, step);
    } else {
      // Only a history that notes what it sees depends on what was noted before.
      const byNotes = history.next.get(key);
      if (byNotes instanceof Map) byNotes.set(notes, step);
      else history.next.set(key, new Map([[notes, step]]));
    }
    return step;
  }

  /** The process at the end of a history: all of it once more. */
  async #again(history: History, counter: { writes: number }): Promise<Process> {
    const answers: NonNullable<History['parent']>[] = [];
    let first = history;
    for (; first.parent; first = first.parent.history) answers.unshift(first.parent);
    counter.writes = first.writes;
    const { process } = await this.#begin(first, counter);
    for (const { answer, now } of answers) await process.answer(answer, now);
    return process;
  }

  #begin(
    { place, agent, command }: Pick<History, 'place' | 'agent' | 'command'>,
    counter: { writes: number },
  ) {
    this.executed += 1;
    const nonce = () => `${place}.${counter.writes++}`;
    return Process.start({ ...this.#machine, agent, command, nonce });
  }

  #at(stop: Stop): Pick<History, 'id' | 'stop' | 'request' | 'ended'> {
    this.#count += 1;
    const request = 'request' in stop ? stop.request : undefined;
    return { id: this.#count, stop, request, ended: 'ended' in stop ? stop.ended : undefined };
  }

  /** Whether an answer tells of a swap that was applied, too late. */
  #isOver({ request, swaps, outcome }: History, answer: Answer, wall: number): boolean {
    const told = request?.port === 'swap' && answer === 'applied';
    const found = outcome === 'unknown' && request?.port === 'read' && typeof answer !== 'string';
    const written = swaps.filter(({ index, next }) => {
      return told || (found && answer[request.documents.indexOf(index)] === next);
    });
    if (written.length === 0) return false;
    return swaps.some(({ next }) => {
      const view = this.#machine.commits.view(next);
      return view.state === 'held' && view.lease.expires < wall;
    });
  }

  #numberOf(notes: Notes): number {
    const key = JSON.stringify([...notes].sort());
    const known = this.#noteNumbers.get(key);
    if (known !== undefined) return known;
    this.#noteNumbers.set(key, this.#notes.length);
    this.#notes.push(notes);
    return this.#notes.length - 1;
  }
}

/** What an answer means for a process, seen from outside. */
function following(history: History, answer: Answer, now: Now): Partial<History> {
  const { request, fresh, lostFresh } = history;
  if (request?.port === 'fetch') {
    return answer === 'done' ? { fresh: true, away: false } : { away: true };
  }
  if (request?.port === 'swap') {
    const lost = answer === 'stale' || answer === 'contended' || answer === 'unknown';
    return { outcome: answer, lostFresh: lostFresh + (lost && fresh ? 1 : 0) };
  }
  const seen = [...history.seen];
  const documents = request?.port === 'read' ? request.documents : [];
  documents.forEach((document, index) => {
    seen[document] = (answer as readonly Commit[])[index];
  });
  return { seen, decided: { wall: now.wall, uptime: now.uptime } };
}
