/** Every state that the agents, their clones, the remote and the clocks can be in, and every step. */
import type { Commit } from './commits.ts';
import { Commits, NONE } from './commits.ts';
import type { History } from './histories.ts';
import { Histories } from './histories.ts';
import { endProblem, swapProblem } from './invariants.ts';
import type { Answer, Ended } from './process.ts';
import { wallAt } from './process.ts';
import { fetched, pushed, transacted } from './refs.ts';
import type { Command, Fault, Setup } from './setup.ts';
import { commandText, configOf, START } from './setup.ts';

export interface CloneState {
  copies: readonly Commit[];
  /** Number of the notes of what was observed. */
  notes: number;
  /** When this clone was first shown what the remote holds now; -1 where it was not. */
  shown: readonly number[];
}

/** What became of the swap that a command asked for last. */
export type Landed =
  | 'not'
  | 'told'
  /** The answer was lost. */
  | 'untold'
  /** The answer was lost, and the look that followed has shown it. */
  | 'proven'
  /** The answer was lost, and others had covered the traces when the process looked. */
  | 'covered';
const LANDED: readonly Landed[] = ['not', 'told', 'untold', 'proven', 'covered'];

export interface Running {
  history: History;
  landed: Landed;
  /** Told an unknown outcome, the process looked and found nothing where it had deleted. */
  gone: boolean;
  /** What the remote held, at the last fetch or since, by document. */
  witness: readonly (readonly Commit[])[];
  /** The remote has taken the swap, and the copies do not show it yet. */
  noting: boolean;
}

export interface PlaceState {
  running: Running | undefined;
  writes: number;
}

/** A write whose sender has given up on it, and that may still arrive. */
export interface Flight {
  place: number;
  sent: Running;
}

export interface State {
  time: number;
  remote: readonly Commit[];
  /** When each ref of the remote came to be as it is. */
  since: readonly number[];
  clones: readonly CloneState[];
  places: readonly PlaceState[];
  flights: readonly Flight[];
}

export interface Successor {
  label: string;
  state: State;
  problem?: string;
  /** The place whose process ended or died in this step, and what it was to do. */
  over?: { place: number; command: Command; ended: Ended | undefined };
}

/** No command needs as many, run alone. */
const MANY_STEPS = 30;

export class World {
  readonly setup: Setup;
  readonly commits = new Commits();
  readonly histories: Histories;
  readonly #private: readonly boolean[];

  constructor(setup: Setup) {
    this.setup = setup;
    const { documents, own } = setup;
    const config = configOf(setup);
    this.histories = new Histories({ config, documents, own, commits: this.commits });
    this.#private = setup.places.map(
      ({ clone }, index) =>
        !own && setup.places.every((other, at) => at === index || other.clone !== clone),
    );
  }

  /** Nothing leased, nothing known, nobody at work. */
  start(): State {
    const nothing = Array.from({ length: this.setup.documents }, () => NONE);
    const never = nothing.map(() => -1);
    const clones = 1 + Math.max(...this.setup.places.map(({ clone }) => clone));
    return {
      time: 0,
      remote: nothing,
      since: nothing,
      clones: Array.from({ length: clones }, () => ({ copies: nothing, notes: 0, shown: never })),
      places: this.setup.places.map(() => ({ running: undefined, writes: 0 })),
      flights: [],
    };
  }

  /** A lease that nobody can read, on the first document. */
  malformed(): State {
    const lease = { author: 'x', time: START, message: 'x', content: 'not a lease' };
    const state = this.start();
    return { ...state, remote: [this.commits.write(lease, ''), ...state.remote.slice(1)] };
  }

  /** Every step that is possible. */
  async successors(state: State): Promise<Successor[]> {
    const found: Successor[] = [];
    for (const [place, { running }] of state.places.entries()) {
      if (running) await this.#moves(state, place, running, '', found);
      if (running) found.push(this.#crash(state, place, running));
      else for (const one of this.commands(place)) await this.#begin(state, place, one, found);
    }
    found.push(...this.arrivals(state));
    for (const tick of this.setup.ticks) found.push(this.passing(state, tick));
    return found;
  }

  /** Late writes that the remote takes, should they arrive now. */
  arrivals(state: State): Successor[] {
    return state.flights.flatMap((flight) => {
      const { place, sent } = flight;
      const { swaps } = sent.history;
      const after = (this.setup.own ? transacted : pushed)(state.remote, swaps);
      if (!after) return [];
      const facts = { ...this.#facts(place, sent), before: state.remote, state };
      const problem = swapProblem(facts);
      const landed = this.#landed(state, place, after);
      const places = landed.places.map((one, index) => {
        // Whoever still wonders what became of it may find it.
        if (index !== place || one.running?.history.swaps !== swaps) return one;
        return { ...one, running: { ...one.running, landed: 'untold' as const } };
      });
      const flights = state.flights.filter((one) => one !== flight);
      const label = `a write of ${this.#place(place).agent}/${place} arrives late`;
      return [{ label, state: { ...landed, places, flights }, ...(problem && { problem }) }];
    });
  }

  /**
   * The steps that are possible for a process, or where none runs for one that runs this command:
   * what happens where nothing goes wrong first, death last.
   */
  async moves(state: State, place: number, command: Command): Promise<Successor[]> {
    const found: Successor[] = [];
    const running = state.places[place]?.running;
    if (!running) await this.#begin(state, place, command, found);
    else await this.#moves(state, place, running, '', found);
    if (running) found.push(this.#crash(state, place, running));
    return found;
  }

  passing(state: State, seconds: number): Successor {
    return { label: `${seconds} s pass`, state: { ...state, time: state.time + seconds } };
  }

  commands(place: number): readonly Command[] {
    return this.setup.commands(this.#place(place));
  }

  async #begin(state: State, place: number, command: Command, found: Successor[]): Promise<void> {
    const { agent } = this.#place(place);
    const { writes = 0 } = state.places[place] ?? {};
    let history = this.histories.start(place, agent, command, writes);
    if (history instanceof Promise) history = await history;
    // Starting is nothing that others could see: it goes with the first call.
    await this.#moves(state, place, begun(history), `${commandText(command)}: `, found);
  }

  /** Runs a command alone, with no faults. @returns how it ended, and the state then */
  async alone(
    state: State,
    place: number,
    command: Command,
  ): Promise<Pick<Successor, 'state' | 'problem'> & { ended?: Ended | undefined }> {
    const { agent } = this.#place(place);
    const { writes = 0 } = state.places[place] ?? {};
    let running: Running | undefined = begun(
      await this.histories.start(place, agent, command, writes),
    );
    let now = state;
    for (let steps = 0; running && steps < MANY_STEPS; steps++) {
      const moves: Successor[] = [];
      await this.#moves(now, place, running, '', moves, false);
      const [only] = moves;
      if (!only) break;
      if (only.problem || only.over) return { ...only, ended: only.over?.ended };
      now = only.state;
      running = now.places[place]?.running;
    }
    return { state: now, problem: 'alone, it does not end' };
  }

  #place(place: number) {
    const found = this.setup.places[place];
    if (!found) throw new RangeError(`no place ${place}`);
    return found;
  }

  #crash(state: State, place: number, { history, landed, noting }: Running): Successor {
    const { agent } = this.#place(place);
    const { writes: before = 0 } = state.places[place] ?? {};
    const writes = landed === 'not' && !noting ? before : history.writes;
    return {
      label: `${agent}/${place} dies`,
      state: withPlace(state, place, { running: undefined, writes }),
      over: { place, command: history.command, ended: undefined },
    };
  }

  async #moves(
    state: State,
    place: number,
    running: Running,
    prefix: string,
    found: Successor[],
    faulty = true,
  ): Promise<void> {
    const { request } = running.history;
    const { agent, clone } = this.#place(place);
    const named = `${agent}/${place}: ${prefix}`;
    if (running.noting) return this.#note(state, place, running, named, found);
    if (request?.port === 'read') {
      const own = this.setup.own;
      const refs = own ? state.remote : (state.clones[clone]?.copies ?? []);
      const oids = request.documents.map((document) => refs[document] ?? NONE);
      const looked = own ? shown(state, clone, request.documents) : state;
      const witness = own ? witnessed(running, state.remote, request.documents) : running.witness;
      const after = afterLook({ ...running, witness }, oids);
      found.push(await this.#answer(looked, place, after, oids, `${named}looks`));
      return;
    }
    if (request?.port === 'fetch') {
      const { documents } = request;
      const copies = fetched(state.clones[clone]?.copies ?? [], state.remote, documents);
      const next = shown(withClone(state, clone, { copies }), clone, documents);
      const witness = witnessed(running, state.remote, documents);
      const label = `${named}fetches`;
      found.push(await this.#answer(next, place, { ...running, witness }, 'done', label));
      if (faulty && this.#has('unreachable')) {
        found.push(await this.#answer(state, place, running, 'unreachable', `${label} in vain`));
      }
      return;
    }
    if (request?.port === 'swap') await this.#swap(state, place, running, named, found, faulty);
  }

  async #swap(
    state: State,
    place: number,
    running: Running,
    named: string,
    found: Successor[],
    faulty: boolean,
  ): Promise<void> {
    const { history } = running;
    const label = `${named}swaps`;
    const apply = this.setup.own ? transacted : pushed;
    const after = apply(state.remote, history.swaps);
    const say = async (from: State, who: Running, answer: Answer, how: string) =>
      found.push(await this.#answer(from, place, who, answer, `${label}, ${how}`));
    const before: Running = { ...running, gone: false };
    if (running.landed === 'proven' && !history.over) {
      found.push({ label, state, problem: 'swaps again, though its swap was applied' });
    } else if (history.lostFresh > this.setup.maxRetries) {
      found.push({ label, state, problem: 'tries again once too often' });
    } else if (!after) {
      await say(state, before, 'stale', 'stale');
    } else {
      const problem = swapProblem({ ...this.#facts(place, running), before: state.remote, state });
      const landed = this.#landed(state, place, after);
      const taken: Running = { ...before, landed: 'told', noting: true };
      if (problem) found.push({ label, state: landed, problem });
      else if (this.setup.own) await say(landed, { ...taken, noting: false }, 'applied', 'applied');
      else if (this.#private[place]) await this.#note(landed, place, taken, label, found);
      else {
        const state = withPlace(landed, place, { running: taken, writes: history.writes });
        found.push({ label: `${label}, applied`, state });
      }
      if (faulty && this.#has('lost')) {
        await say(landed, { ...before, landed: 'untold' }, 'unknown', 'applied, answer lost');
      }
      if (faulty && this.#has('died') && (this.setup.own || this.#private[place])) {
        const died = this.#crash(landed, place, taken);
        found.push({ ...died, label: `${label}, applied, dies` });
      }
    }
    if (!faulty) return;
    if (this.#has('late')) {
      const flying = { ...state, flights: [...state.flights, { place, sent: running }] };
      await say(flying, { ...before, landed: 'covered' }, 'unknown', 'on its way, answer lost');
    }
    if (this.#has('dropped')) await say(state, before, 'unknown', 'not applied, answer lost');
    for (const fault of ['contended', 'refused', 'unreachable'] as const) {
      if (this.#has(fault)) await say(state, before, fault, fault);
    }
  }

  /** The copies follow a swap that was applied, unless somebody else has moved them since. */
  async #note(state: State, place: number, running: Running, named: string, found: Successor[]) {
    const { clone } = this.#place(place);
    const copies = transacted(state.clones[clone]?.copies ?? [], running.history.swaps);
    let next = copies ? withClone(state, clone, { copies }) : state;
    if (copies) next = this.#misled(next, clone, place);
    const label = `${named}, applied`;
    found.push(await this.#answer(next, place, { ...running, noting: false }, 'applied', label));
  }

  /**
   * A known limit: a process that stalls between its push and its note may note what is no longer
   * so, just between the fetch and the look of another in the same clone. Whoever is at work there
   * is excused for believing it.
   */
  #misled(state: State, clone: number, noting: number): State {
    const { copies = [] } = state.clones[clone] ?? {};
    const places = state.places.map((one, place) => {
      if (place === noting || !one.running || this.#place(place).clone !== clone) return one;
      const { witness } = one.running;
      const believed = witness.map((list, document) => also(list, copies[document] ?? NONE));
      return { ...one, running: { ...one.running, witness: believed } };
    });
    return { ...state, places };
  }

  #landed(state: State, place: number, remote: readonly Commit[]): State {
    const moved = (document: number) => remote[document] !== state.remote[document];
    const since = state.since.map((at, document) => (moved(document) ? state.time : at));
    const clones = state.clones.map((clone) => {
      return { ...clone, shown: clone.shown.map((at, document) => (moved(document) ? -1 : at)) };
    });
    // Whoever shares the clone may be shown this after their own fetch, by its copy.
    const places = state.places.map((one, index) => {
      if (index === place || !one.running || this.#private[index] || this.setup.own) return one;
      const witness = one.running.witness.map((list, document) =>
        list.length > 0 ? also(list, remote[document] ?? NONE) : list,
      );
      return { ...one, running: { ...one.running, witness } };
    });
    return { ...state, remote, since, clones, places };
  }

  async #answer(
    state: State,
    place: number,
    running: Running,
    answer: Answer,
    label: string,
  ): Promise<Successor> {
    const { clone } = this.#place(place);
    const { notes = 0 } = state.clones[clone] ?? {};
    const wall = wallAt(state.time, this.setup.skews[clone] ?? 0);
    const time = { wall, uptime: state.time };
    let step = this.histories.answer(running.history, answer, time, notes);
    if (step instanceof Promise) step = await step;
    const { history } = step;
    const noted = step.notes === undefined ? state : withClone(state, clone, { notes: step.notes });
    const now: Running = { ...running, history };
    if (history.ended) {
      const problem = endProblem(this.#facts(place, now));
      // What was written and never landed has left no trace that a later write could meet.
      const before = state.places[place]?.writes ?? 0;
      const writes = now.landed === 'not' && !running.noting ? before : history.writes;
      const ended = withPlace(noted, place, { running: undefined, writes });
      const says = `${label}: ${endText(history)}`;
      const over = { place, command: history.command, ended: history.ended };
      return { label: says, state: ended, over, ...(problem && { problem }) };
    }
    const next = withPlace(noted, place, {
      running: now,
      writes: state.places[place]?.writes ?? 0,
    });
    if (history.request?.port === 'read' && !this.setup.looks && this.#private[place]) {
      const found: Successor[] = [];
      await this.#moves(next, place, now, '', found);
      const [looked] = found;
      if (looked) return { ...looked, label: `${label}; ${looked.label}` };
    }
    return { label, state: next };
  }

  #facts(place: number, running: Running) {
    const { setup, commits } = this;
    return { setup, commits, running, agent: this.#place(place).agent, place };
  }

  #has(fault: Fault): boolean {
    return this.setup.faults.includes(fault);
  }

  /** Two states are one where this is equal. */
  key(state: State): string {
    const parts: number[] = [state.time, ...state.remote];
    state.remote.forEach((commit, document) => {
      if (commit !== NONE) parts.push(state.since[document] ?? 0);
    });
    for (const { copies, notes, shown } of state.clones) {
      for (const copy of copies) parts.push(copy);
      parts.push(notes);
      for (const at of shown) parts.push(at + 1);
    }
    for (const { running, writes } of state.places) {
      parts.push(writes);
      if (!running) {
        parts.push(0);
        continue;
      }
      const { history, landed, gone, noting, witness } = running;
      parts.push((history.id & 0x7fff) + 1, history.id >> 15);
      parts.push(LANDED.indexOf(landed) * 4 + (gone ? 2 : 0) + (noting ? 1 : 0));
      for (const list of witness) parts.push(list.length, ...list);
    }
    for (const { place, sent } of state.flights) {
      parts.push(place, sent.history.id & 0x7fff, sent.history.id >> 15);
    }
    return String.fromCharCode(...parts);
  }
}

function begun(history: History): Running {
  return { history, landed: 'not', gone: false, witness: [], noting: false };
}

function witnessed(running: Running, remote: readonly Commit[], documents: readonly number[]) {
  return remote.map((commit, document) =>
    documents.includes(document) ? [commit] : (running.witness[document] ?? []),
  );
}

function also(list: readonly Commit[], commit: Commit): readonly Commit[] {
  return list.includes(commit) ? list : [...list, commit].sort((a, b) => a - b);
}

/** After an answer was lost, the look tells what can be known of it. */
function afterLook(running: Running, oids: readonly Commit[]): Running {
  const { swaps, outcome, request } = running.history;
  if (outcome !== 'unknown' || request?.port !== 'read') return running;
  const at = (index: number) => oids[request.documents.indexOf(index)] ?? NONE;
  const deletes = swaps.every(({ next }) => next === NONE);
  const gone = deletes && swaps.every(({ index }) => at(index) === NONE);
  if (running.landed !== 'untold') return { ...running, gone };
  const proven = gone || swaps.some(({ index, next }) => next !== NONE && at(index) === next);
  return { ...running, gone, landed: proven ? 'proven' : 'covered' };
}

function shown(state: State, clone: number, documents: readonly number[]): State {
  const before = state.clones[clone]?.shown ?? [];
  const after = before.map((at, document) =>
    at < 0 && documents.includes(document) ? state.time : at,
  );
  return withClone(state, clone, { shown: after });
}

function withClone(state: State, clone: number, part: Partial<CloneState>): State {
  const clones = state.clones.map((one, index) => (index === clone ? { ...one, ...part } : one));
  return { ...state, clones };
}

function withPlace(state: State, place: number, next: PlaceState): State {
  return { ...state, places: state.places.map((one, index) => (index === place ? next : one)) };
}

function endText({ ended }: History): string {
  if (ended?.kind === 'gate') return ended.result.ok ? 'passes' : 'does not pass';
  return ended?.kind === 'error' ? ended.code : (ended?.kind ?? '');
}
