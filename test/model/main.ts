/**
 * `npm run explore -- [--agents N] [--depth N] …`: every interleaving of the lease protocol to a
 * stated depth. Exit status 1 where a promise is broken.
 */
import { parseArgs } from 'node:util';
import type { Explored } from './explore.ts';
import { explore } from './explore.ts';
import type { Setup } from './setup.ts';
import { commandsOn, FAULTS, TICK } from './setup.ts';
import { World } from './world.ts';

const HELP = `Explores every interleaving of the lease protocol to a depth.

  --agents N           how many processes are at work (3)
  --depth N            how many steps to go (6)
  --names different|same   same: the first two are one agent, in one clone (different)
  --clones apart|one   one: all work in work trees of one clone (apart)
  --documents N        how many documents, also claimed together (1)
  --remote origin|.    .: the clone itself is the remote (origin)
  --takeover clock|observed   the rule of takeover (clock)
  --retries N          max_push_retries (1)
  --skew N             seconds that the second clone's clock is ahead (0)
  --faults LIST        of ${FAULTS.join(',')} (lost,dropped,died,unreachable)
  --steps call|connection   connection: a look at private copies is no step of its own (call)
`;

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '3' },
    depth: { type: 'string', default: '6' },
    names: { type: 'string', default: 'different' },
    clones: { type: 'string', default: 'apart' },
    documents: { type: 'string', default: '1' },
    remote: { type: 'string', default: 'origin' },
    takeover: { type: 'string', default: 'clock' },
    retries: { type: 'string', default: '1' },
    skew: { type: 'string', default: '0' },
    faults: { type: 'string', default: 'lost,dropped,died,unreachable' },
    steps: { type: 'string', default: 'call' },
    help: { type: 'boolean', default: false },
  },
});

function setupOf(): Setup {
  const same = values.names === 'same';
  const together = values.clones === 'one' || values.remote === '.';
  const places = Array.from({ length: Number(values.agents) }, (_, index) => {
    const who = same && index > 0 ? index - 1 : index;
    return { agent: `agent-${'abcdefgh'[who]}`, clone: together ? 0 : who };
  });
  const documents = Number(values.documents);
  return {
    places,
    documents,
    own: values.remote === '.',
    takeover: values.takeover === 'observed' ? 'observed' : 'clock',
    maxRetries: Number(values.retries),
    skews: [0, Number(values.skew)],
    ticks: [TICK],
    commands: commandsOn(documents, [...new Set(places.map(({ agent }) => agent))]),
    looks: values.steps === 'call',
    faults: FAULTS.filter((fault) => values.faults.split(',').includes(fault)),
  };
}

const count = (number: number) => number.toLocaleString('en');

function progress(depth: number, { states, transitions }: Explored): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\rdepth ${depth}: ${count(states)} states, ${count(transitions)} steps `);
}

if (values.help) {
  write(HELP);
} else {
  const world = new World(setupOf());
  const begin = performance.now();
  const depth = Number(values.depth);
  const explored = await explore(world, [world.start()], { depth, progress });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  if (process.stderr.isTTY) process.stderr.write('\n');
  write(`depth        ${explored.layers.length - 1}`);
  write(`new states   ${explored.layers.map(count).join(' ')}`);
  write(`states       ${count(explored.states)}`);
  write(`transitions  ${count(explored.transitions)}`);
  write(`run again    ${count(explored.repeated)} commands that died or could not know`);
  write(
    `real code    ${count(world.histories.executed)} runs, ${count(world.histories.size)} histories`,
  );
  write(`seconds      ${seconds}`);
  write(`violations   ${explored.violations.length}`);
  for (const { problem, trace } of explored.violations) {
    write(`\n${problem}\n${trace.map((step) => `  ${step}`).join('\n')}`);
  }
  if (explored.violations.length > 0) process.exitCode = 1;
}
