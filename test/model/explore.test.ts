import { describe, expect, it } from '@jest/globals';
import { explore } from './explore.ts';
import type { Setup } from './setup.ts';
import { commandsOn, TICK } from './setup.ts';
import { World } from './world.ts';

/** Two agents in two clones. */
function setup(changes: Partial<Setup> = {}): Setup {
  const places = changes.places ?? [
    { agent: 'agent-a', clone: 0 },
    { agent: 'agent-b', clone: 1 },
  ];
  return {
    places,
    documents: 1,
    own: false,
    takeover: 'clock',
    maxRetries: 1,
    skews: [],
    ticks: [TICK],
    commands: commandsOn(
      changes.documents ?? 1,
      places.map(({ agent }) => agent),
    ),
    looks: false,
    faults: ['lost', 'dropped', 'died', 'unreachable'],
    ...changes,
  };
}

const TOGETHER = [
  { agent: 'agent-a', clone: 0 },
  { agent: 'agent-b', clone: 0 },
];
const TWINS = [
  { agent: 'agent-a', clone: 0 },
  { agent: 'agent-a', clone: 0 },
];

/** Batches of two documents, and an administrator who takes one of them away. */
const BATCHES: Partial<Setup> = {
  documents: 2,
  faults: ['lost', 'dropped'],
  commands: ({ agent }) =>
    agent === 'agent-a'
      ? (['claim', 'release'] as const).map((name) => ({ name, documents: [0, 1] }))
      : [
          { name: 'admin', documents: [0], holder: 'agent-a' },
          { name: 'claim', documents: [1] },
        ],
};

/** As deep as a second or two allows; `npm run explore` goes further. */
const EXPLORED: readonly [string, number, Partial<Setup>][] = [
  ['two agents', 5, {}],
  ['two agents, with no retries', 5, { maxRetries: 0 }],
  ['two agents, one of whose clocks is ahead', 5, { skews: [0, 12] }],
  ['two agents, who may take over by observation only', 5, { takeover: 'observed' }],
  ['two agents in one clone', 5, { places: TOGETHER }],
  ['two processes of one agent in one clone', 5, { places: TWINS }],
  ['two agents with remote "."', 5, { places: TOGETHER, own: true, looks: true }],
  ['two agents and two documents', 3, { documents: 2 }],
  ['batches of which others change a part', 7, BATCHES],
  ['two agents whose writes may arrive late', 5, { faults: ['late'] }],
];

describe('every interleaving', () => {
  it.each(EXPLORED)(
    'of %s, to depth %d, keeps every promise',
    async (_who, depth, changes) => {
      const world = new World(setup(changes));
      const explored = await explore(world, [world.start()], { depth });
      expect(explored.violations).toEqual([]);
      expect(explored.layers).toHaveLength(depth + 1);
      // Fewer would mean that nobody got anywhere.
      expect(explored.states).toBeGreaterThan(500);
      expect(explored.repeated).toBeGreaterThan(0);
    },
    600_000,
  );
});
