/** Every interleaving to a given depth, each state once, breadth first. */
import { aloneProblem } from './invariants.ts';
import { wallAt } from './process.ts';
import type { Command } from './setup.ts';
import { commandText } from './setup.ts';
import type { State, Successor, World } from './world.ts';

export interface Explored {
  /** Distinct states, those at the last depth included. */
  states: number;
  transitions: number;
  /** Commands that died or ended and were run once more, alone. */
  repeated: number;
  violations: Violation[];
  /** States that were new at each depth. */
  layers: number[];
}

export interface Violation {
  problem: string;
  /** The steps that lead to it. */
  trace: string[];
}

interface Visited {
  state: State;
  label: string;
  before: Visited | undefined;
}

export interface Limits {
  depth: number;
  /** Ends the search after this many violations. */
  violations?: number;
  /** Told of each layer, and now and then within one. */
  progress?: (depth: number, explored: Explored) => void;
}

export async function explore(
  world: World,
  starts: readonly State[],
  { depth, violations = 1, progress }: Limits,
): Promise<Explored> {
  const known = new ManyStrings();
  const again = new ManyStrings();
  const explored: Explored = { states: 0, transitions: 0, repeated: 0, violations: [], layers: [] };
  let layer: Visited[] = [];
  for (const state of starts) {
    if (known.add(world.key(state))) layer.push({ state, label: '', before: undefined });
  }
  explored.states = layer.length;
  explored.layers.push(layer.length);
  for (let at = 1; at <= depth && layer.length > 0; at++) {
    const next: Visited[] = [];
    let count = 0;
    for (const visited of layer) {
      for (const successor of await world.successors(visited.state)) {
        explored.transitions += 1;
        const key = world.key(successor.state);
        const isNew = known.add(key);
        const problem =
          successor.problem ?? (await repeated(world, successor, key, explored, again));
        if (problem) {
          explored.violations.push({ problem, trace: traceOf(visited, successor.label) });
          if (explored.violations.length >= violations) return explored;
        }
        if (!isNew) continue;
        count += 1;
        // What is only counted need not be kept.
        if (at < depth)
          next.push({ state: successor.state, label: successor.label, before: visited });
      }
      if (explored.transitions % 65_536 < 32) progress?.(at, explored);
    }
    explored.states += count;
    explored.layers.push(count);
    progress?.(at, explored);
    layer = next;
  }
  return explored;
}

/** The same command once more, where it died or could not know: it reaches the intended end. */
async function repeated(
  world: World,
  { state, over }: Successor,
  key: string,
  explored: Explored,
  known: ManyStrings,
): Promise<string | undefined> {
  if (!over) return undefined;
  const { ended, command } = over;
  if (ended && !(ended.kind === 'error' && ended.code === 'INDETERMINATE')) return undefined;
  if (!known.add(`${key}${over.place} ${commandText(command)}`)) return undefined;
  explored.repeated += 1;
  return problemAlone(world, state, over.place, command);
}

/** Runs a command alone, and tells what is wrong with its end. */
export async function problemAlone(
  world: World,
  state: State,
  at: number,
  command: Command,
): Promise<string | undefined> {
  const place = world.setup.places[at];
  if (!place) throw new RangeError(`no place ${at}`);
  const alone = await world.alone(state, at, command);
  if (alone.problem) return alone.problem;
  const { commits, setup } = world;
  const wall = wallAt(state.time, setup.skews[place.clone] ?? 0);
  const facts = { commits, agent: place.agent, documents: setup.documents, wall };
  return aloneProblem(facts, command, state.remote, alone.ended, alone.state.remote);
}

function traceOf(visited: Visited, last: string): string[] {
  const labels = [last];
  for (let at: Visited | undefined = visited; at?.before; at = at.before) labels.unshift(at.label);
  return labels;
}

/** A set of strings that may hold more than the 16 million of one `Set`. */
class ManyStrings {
  readonly #sets = Array.from({ length: 64 }, () => new Set<string>());

  /** @returns whether it was new */
  add(text: string): boolean {
    let hash = 0;
    for (let index = 0; index < text.length; index++) {
      hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
    }
    const set = this.#sets[(hash ^ (hash >>> 15)) & 63];
    if (!set || set.has(text)) return false;
    set.add(text);
    return true;
  }
}
