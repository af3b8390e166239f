/** Plays scenarios in one world until there is enough, and has the history judged. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from './checker.ts';
import { check } from './checker.ts';
import type { History } from './history.ts';
import { operate } from './operation.ts';
import { Random } from './random.ts';
import type { Lane, Scenario } from './scenarios.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Agent, Kind, World } from './world.ts';
import { createWorld } from './world.ts';

export interface RaceSettings {
  kind: Kind;
  seed: number;
  /** Ends after the scenario that reaches it. */
  operations: number;
  lanes: number;
  /** In each lane. */
  agents: number;
  documents: number;
  /** Percent of the processes. */
  kill: number;
  program: string;
  signal: AbortSignal;
  /** Called after each process. */
  progress: () => void;
  scenarios?: readonly Scenario[];
}

export interface Race {
  kind: Kind;
  seed: number;
  history: History;
  verdict: Verdict;
  lostSwaps: number;
}

export async function race(settings: RaceSettings): Promise<Race> {
  const { kind, seed, lanes } = settings;
  const random = new Random(seed);
  setMaxListeners(0, settings.signal); // as many as pause at once
  const world = await createWorld(kind, random);
  try {
    let begun = 0;
    const count = () => `${kind}-${seed}-${++begun}`;
    const enough = () => begun >= settings.operations || settings.signal.aborted;
    const played = Array.from({ length: lanes }, async (_, number) => {
      const lane = createLane(world, settings, new Random(random.below(2 ** 32)), number, count);
      let coming: Scenario[] = [];
      while (!enough()) {
        if (coming.length === 0) coming = lane.random.shuffled(settings.scenarios ?? SCENARIOS);
        await coming.pop()?.(lane);
      }
    });
    await Promise.all(played);
    const history = await world.history();
    return { kind, seed, history, verdict: check(history), lostSwaps: world.lostSwaps };
  } finally {
    await world.sandbox.dispose();
  }
}

function createLane(
  world: World,
  settings: RaceSettings,
  random: Random,
  number: number,
  count: () => string,
): Lane {
  const { clones, sandbox } = world;
  const { signal } = settings;
  const cloneOf = (index: number) => clones[index % clones.length] ?? clones[0];
  const agents: Agent[] = Array.from({ length: settings.agents }, (_, index) => {
    const clone = cloneOf(number + index);
    if (!clone) throw new RangeError('no clones');
    return { name: `agent-${number}-${index}`, clone };
  });
  const documents = Array.from({ length: settings.documents }, (_, i) => `RFC-${number}0${i}`);
  const pause = (milliseconds: number) =>
    sleep(Math.max(0, milliseconds), undefined, { signal }).catch(() => {});
  // Killed at any moment of what the last processes took, more often late than early.
  let usual = 400;

  async function lease(document: string) {
    const ref = `refs/lazyspec/leases/rfc/${document}`;
    const folder = world.kind === 'worktrees' ? (clones[0]?.path ?? '') : sandbox.remote;
    const format = '--format=%(objectname) %(committerdate:unix)';
    const [oid, committed] = (await sandbox.git(folder, 'for-each-ref', format, ref)).split(' ');
    if (!oid) return undefined;
    const record = JSON.parse(await sandbox.git(folder, 'show', `${oid}:lease.json`));
    return { ...record, committed: Number(committed) } as { [key: string]: unknown };
  }

  return {
    random,
    agents,
    documents,
    pause,
    elsewhere({ name, clone }) {
      return { name, clone: cloneOf(clones.indexOf(clone) + 1) ?? clone };
    },
    async run(agent, ...argv) {
      const id = count();
      const killed = random.chance(settings.kill / 100);
      const killAfter = Math.sqrt(random.next()) * usual * 1.2;
      if (signal.aborted) return undefined;
      const words = argv[0] === 'claim' ? [...argv, `--note=${id}`] : argv;
      const { program } = settings;
      const options = { program, id, ...(killed && { killAfter }) };
      const process = await operate(world, agent, words, options);
      if (process.status !== null) usual = 0.9 * usual + 0.1 * (process.end - process.start);
      settings.progress();
      return process;
    },
    async holder(document) {
      return (await lease(document))?.agent as string | undefined;
    },
    async untilTakeover(document) {
      const { committed, ttl } = (await lease(document)) ?? { committed: 0, ttl: 0 };
      const free = Number(committed) + Number(ttl) + world.rules.grace + 1;
      await pause(free * 1000 - Date.now() - 600 + random.below(700));
    },
  };
}
