/**
 * What is played: each scenario brings its documents into a state, then lets processes at them at
 * the same moment. What may come out is the checker's affair; nothing is expected here.
 */
import type { Process } from './history.ts';
import type { Random } from './random.ts';
import type { Agent } from './world.ts';

/** Agents with documents of their own: several such groups play at once in one world. */
export interface Lane {
  random: Random;
  /** At least two. */
  agents: Agent[];
  /** At least two. */
  documents: string[];
  /** The same agent, in another clone. */
  elsewhere(agent: Agent): Agent;
  /** Runs one process; undefined once the race is over. */
  run(agent: Agent, ...argv: string[]): Promise<Process | undefined>;
  /** Who holds a document, as the remote has it. */
  holder(document: string): Promise<string | undefined>;
  /** Until shortly before or after the lease on a document may be taken over. */
  untilTakeover(document: string): Promise<void>;
  pause(milliseconds: number): Promise<void>;
}

export type Scenario = (lane: Lane) => Promise<void>;

type Call = [agent: Agent, ...argv: string[]];

/** All at once, but for a few milliseconds. */
async function crowd(lane: Lane, calls: readonly Call[]): Promise<void> {
  const { random } = lane;
  const delays = calls.map(() => random.below(random.chance(0.5) ? 15 : 150));
  await Promise.all(
    random.shuffled(calls).map(async ([agent, ...argv], index) => {
      await lane.pause(delays[index] ?? 0);
      await lane.run(agent, ...argv);
    }),
  );
}

async function free(lane: Lane, document: string): Promise<void> {
  const holder = await lane.holder(document);
  if (holder === undefined) return;
  await lane.run(lane.random.pick(lane.agents), 'release', document, `--expected-holder=${holder}`);
}

/** A document, and the agent that holds it. */
async function held(lane: Lane, seconds: number): Promise<[string, Agent, Agent[]]> {
  const [document = '', holder, others] = pickHolder(lane);
  await free(lane, document);
  await lane.run(holder, 'claim', document, `--for=${seconds}s`);
  return [document, holder, others];
}

function pickHolder({ random, documents, agents }: Lane): [string, Agent, Agent[]] {
  const [holder, ...others] = random.shuffled(agents);
  if (!holder) throw new RangeError('no agents');
  return [random.pick(documents), holder, others];
}

async function claimers(lane: Lane): Promise<void> {
  const document = lane.random.pick(lane.documents);
  await free(lane, document);
  const force = () => (lane.random.chance(0.3) ? ['--force'] : []);
  await crowd(
    lane,
    lane.agents.map((agent) => [agent, 'claim', document, ...force()]),
  );
}

async function batches(lane: Lane): Promise<void> {
  const { random, documents, agents } = lane;
  for (const document of documents) if (random.chance(0.6)) await free(lane, document);
  const order = random.shuffled(documents);
  await crowd(
    lane,
    agents.map((agent, index) => {
      const all = index % 2 === 0 ? order : [...order].reverse();
      return [agent, 'claim', ...all.slice(random.below(all.length - 1))];
    }),
  );
}

async function heartbeatAgainstTakeover(lane: Lane): Promise<void> {
  const [document, holder, others] = await held(lane, 1);
  await lane.untilTakeover(document);
  const force = others.map((agent): Call => [agent, 'claim', document, '--force']);
  const again = lane.random.chance(0.5) ? ['heartbeat', '--all'] : ['heartbeat', document];
  await crowd(lane, [[holder, 'heartbeat', document], [holder, ...again], ...force]);
}

async function releaseAgainstTakeover(lane: Lane): Promise<void> {
  const [document, holder, others] = await held(lane, 1);
  await lane.untilTakeover(document);
  const force = others.map((agent): Call => [agent, 'claim', document, '--force']);
  await crowd(lane, [[holder, 'release', document], ...force]);
  if (lane.random.chance(0.5)) await lane.run(holder, 'heartbeat', document);
}

/** Taken over by somebody for certain; the former holder then comes back with what he knows. */
async function lateHolder(lane: Lane): Promise<void> {
  const [document, holder, [taker = holder, other = holder]] = await held(lane, 1);
  await lane.untilTakeover(document);
  await lane.pause(1_200);
  await lane.run(taker, 'claim', document, '--force', '--for=8s');
  await crowd(lane, [
    [holder, lane.random.pick(['heartbeat', 'release', 'gate']), document],
    [holder, 'gate', document],
    [other, 'claim', document, '--force'],
    [taker, 'heartbeat', document, '--min-interval=1s'],
  ]);
}

async function administrators(lane: Lane): Promise<void> {
  const [document, holder, [one = holder, two = holder, ...rest]] = await held(lane, 4);
  const wrong = lane.random.pick(lane.agents).name;
  await crowd(lane, [
    [one, 'release', document, `--expected-holder=${holder.name}`],
    [
      two,
      'release',
      document,
      `--expected-holder=${lane.random.chance(0.5) ? holder.name : wrong}`,
    ],
    [holder, 'heartbeat', document],
    ...rest.map((agent): Call => [agent, 'claim', document]),
  ]);
}

async function gateAgainstAll(lane: Lane): Promise<void> {
  const [document, holder, [rival = holder, ...others]] = await held(lane, 2);
  if (lane.random.chance(0.4)) await lane.untilTakeover(document);
  await crowd(lane, [
    [holder, 'gate', document],
    [holder, 'gate'],
    [lane.elsewhere(holder), 'gate', ...lane.documents],
    [rival, 'gate', document],
    [rival, 'claim', document, '--force'],
    [holder, lane.random.pick(['release', 'heartbeat']), document],
    ...others.map((agent): Call => [agent, 'gate', document]),
  ]);
}

/** One agent in two clones: its copies are out of date, and it races against itself. */
async function oneAgentTwice(lane: Lane): Promise<void> {
  const { random, documents } = lane;
  const here = random.pick(lane.agents);
  const there = lane.elsewhere(here);
  for (const document of documents) if (random.chance(0.5)) await free(lane, document);
  const [one = '', two = ''] = random.shuffled(documents);
  await crowd(lane, [
    [here, 'claim', one, two],
    [there, 'claim', two, one],
  ]);
  await crowd(lane, [
    [here, 'heartbeat', one],
    [there, 'heartbeat', one],
    [there, 'heartbeat', '--all'],
    [here, 'gate', one],
  ]);
  await crowd(lane, [
    [here, 'release', '--all'],
    [there, 'release', one],
    [there, 'claim', two],
  ]);
}

async function mixture(lane: Lane): Promise<void> {
  const { random, documents, agents } = lane;
  await Promise.all(
    agents.map(async (agent) => {
      for (let turn = 0; turn < 3; turn++) {
        const some = random.some(documents);
        const named = random.pick(agents).name;
        await lane.run(
          agent,
          ...random.pick([
            ['claim', ...some],
            ['claim', ...some, '--force'],
            ['claim', ...some, `--for=${1 + random.below(9)}s`],
            ['claim', some[0] ?? '', '--wait=2s'],
            ['heartbeat', ...some],
            ['heartbeat', ...some, '--min-interval=1s'],
            ['heartbeat', '--all'],
            ['release', ...some],
            ['release', '--all'],
            ['release', ...some, `--expected-holder=${named}`],
            ['gate', ...some],
            ['gate'],
          ]),
        );
      }
    }),
  );
}

export const SCENARIOS: readonly Scenario[] = [
  claimers,
  batches,
  heartbeatAgainstTakeover,
  releaseAgainstTakeover,
  lateHolder,
  administrators,
  gateAgainstAll,
  oneAgentTwice,
  mixture,
];
