/** Interleavings drawn at random: longer than any that can be explored to the end. */
import * as fc from 'fast-check';
import { problemAlone } from './explore.ts';
import type { Command, Setup } from './setup.ts';
import { commandsOn, commandText, FAULTS, TICK } from './setup.ts';
import type { State } from './world.ts';
import { World } from './world.ts';

export interface Interleaving {
  setup: Setup;
  /** A lease that cannot be read lies on the first document. */
  malformed: boolean;
  /** Which of the steps that are possible comes next, each time. */
  choices: readonly number[];
}

const LAYOUTS = [
  { name: 'clones of their own', clones: [0, 1, 2], agents: ['a', 'b', 'c'], own: false },
  { name: 'one clone', clones: [0, 0, 0], agents: ['a', 'b', 'c'], own: false },
  { name: 'one agent twice in one clone', clones: [0, 0, 1], agents: ['a', 'a', 'b'], own: false },
  { name: 'one agent in two clones', clones: [0, 1, 2], agents: ['a', 'a', 'b'], own: false },
  { name: 'remote "."', clones: [0, 0, 0], agents: ['a', 'a', 'b'], own: true },
] as const;

/** Everything that differs between one interleaving and another. */
export const interleaving: fc.Arbitrary<Interleaving> = fc
  .record({
    layout: fc.constantFrom(...LAYOUTS),
    documents: fc.integer({ min: 1, max: 3 }),
    takeover: fc.constantFrom('clock' as const, 'observed' as const),
    maxRetries: fc.integer({ min: 0, max: 3 }),
    skews: fc.array(fc.constantFrom(0, 0, -15, -4, 4, 15, 50), { minLength: 3, maxLength: 3 }),
    faults: fc.subarray([...FAULTS]),
    malformed: fc.constantFrom(false, false, false, true),
    choices: fc.array(fc.nat(), { minLength: 10, maxLength: 120 }),
  })
  .map(({ layout, malformed, choices, ...rest }) => {
    const { clones, agents, own } = layout;
    const places = agents.map((agent, index) => {
      return { agent: `agent-${agent}`, clone: clones[index] ?? 0 };
    });
    const setup: Setup = {
      ...rest,
      own,
      places,
      ticks: [1, TICK],
      looks: true,
      commands: (place) => [
        ...commandsOn(
          rest.documents,
          places.map((p) => p.agent),
        )(place),
        ...ALL,
      ],
    };
    return { setup, malformed, choices };
  });

const ALL: readonly Command[] = [
  { name: 'heartbeat', documents: 'all' },
  { name: 'release', documents: 'all' },
];

/** Where a promise is broken: how, and after which steps. */
export interface Broken {
  problem: string;
  trace: string[];
}

/** Plays an interleaving, lets every process end, and then runs a command of each alone. */
export async function play({
  setup,
  malformed,
  choices,
}: Interleaving): Promise<Broken | undefined> {
  const world = new World(setup);
  const trace: string[] = [];
  let state = malformed ? world.malformed() : world.start();
  for (const choice of choices) {
    const step = await chosen(world, state, choice);
    trace.push(step.label);
    if (step.problem) return { problem: step.problem, trace };
    state = step.state;
  }
  for (let busy = true; busy; ) {
    busy = false;
    for (const [place, { running }] of state.places.entries()) {
      if (!running) continue;
      busy = true;
      const [step] = await world.moves(state, place, running.history.command);
      if (!step) return { problem: 'nothing can be done any more', trace };
      trace.push(step.label);
      if (step.problem) return { problem: step.problem, trace };
      state = step.state;
    }
  }
  for (const [place] of setup.places.entries()) {
    const commands = world.commands(place);
    // Not all: they would cost more than the interleaving.
    for (const command of commands.filter((_, at) => (at + choices.length + place) % 8 === 0)) {
      const problem = await problemAlone(world, state, place, command);
      if (problem) return { problem, trace: [...trace, `${place} alone: ${commandText(command)}`] };
    }
  }
  return undefined;
}

/** One choice says who moves, what is begun, and whether something goes wrong. */
async function chosen(world: World, state: State, choice: number) {
  const digit = digits(choice);
  if (digit(9) === 0) return world.passing(state, digit(2) === 0 ? 1 : TICK);
  const [late] = digit(4) === 0 ? world.arrivals(state) : [];
  if (late) return late;
  const place = digit(world.setup.places.length);
  const commands = world.commands(place);
  const command = commands[digit(commands.length)];
  if (!command) throw new RangeError('no commands');
  const moves = await world.moves(state, place, command);
  const move = moves[digit(3) === 0 ? digit(moves.length) : 0];
  if (!move) throw new RangeError('no moves');
  return move;
}

/** Takes a number apart, digit by digit in changing bases. */
function digits(number: number): (base: number) => number {
  let rest = number;
  return (base) => {
    const digit = rest % base;
    rest = Math.floor(rest / base);
    return digit;
  };
}
