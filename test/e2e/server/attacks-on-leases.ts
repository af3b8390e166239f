/** Attacks on leases: on whose they are, and on how long they last. */
import { now } from '../../helpers/leases.ts';
import type { Attack, Rivals } from './attack.ts';
import type { Dated, Scene } from './scene.ts';
import { ABANDONED, FREE, HELD, HOUR, LAPSED, lease, leaseRef, MALFORMED } from './scene.ts';

const theirs = ({ other }: Rivals) => HELD[other];
const lapsed = ({ other }: Rivals) => LAPSED[other];
const free = () => FREE;

/** A lease in the name of one of the two, pushed to a document's ref. */
async function put(scene: Scene, id: string, agent: string, dated: Dated = {}) {
  return [`${await scene.forge.commit(lease(agent, dated))}:${leaseRef(id)}`];
}

const notTheirAgent = "{id}: '{other}' is no agent of '{me}'";
const heldByOther = "{id}: the lease is held by '{other}', not by '{me}'";
const tooEarly = "{id}: the lease of '{other}' cannot be taken over yet";
const malformed = '{id}: its lease is malformed: its lease.json is not a JSON object';

export const ATTACKS_ON_LEASES: readonly Attack[] = [
  {
    title: "a claim in the other's name",
    told: notTheirAgent,
    on: free,
    push: (scene) => put(scene, FREE, scene.other),
  },
  {
    title: "a claim in the other's name and a character that does not show",
    told: '{id}: the agent of the lease has characters that do not show',
    on: free,
    push: (scene) => put(scene, FREE, `${scene.other}\u200b`),
  },
  {
    title: "a lease of a helper of the other's: `other/laptop`",
    told: "{id}: '{other}/laptop' is no agent of '{me}'",
    on: free,
    push: (scene) => put(scene, FREE, `${scene.other}/laptop`),
  },
  {
    title: "release of the other's lease",
    told: heldByOther,
    on: theirs,
    push: (scene) => [`:${leaseRef(theirs(scene))}`],
  },
  {
    title: "release of the other's lease that has run out, within the grace period",
    told: heldByOther,
    on: lapsed,
    push: (scene) => [`:${leaseRef(lapsed(scene))}`],
  },
  {
    title: "renewal of the other's lease, in the other's name",
    told: notTheirAgent,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.other),
  },
  {
    title: "the other's lease made to end now, in the other's name",
    told: notTheirAgent,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.other, { ttl: 1 }),
  },
  {
    title: "the other's earlier lease on the same document, pushed again",
    told: notTheirAgent,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.other, { age: 1800 }),
  },
  {
    title: "the other's lease on another document, pushed for a free one",
    told: notTheirAgent,
    on: free,
    push: (scene) => [`${scene.leaseOn(theirs(scene))}:${leaseRef(FREE)}`],
  },
  {
    title: "mine in the place of the other's, by force",
    told: tooEarly,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.me),
  },
  {
    title: 'takeover within the grace period',
    told: tooEarly,
    on: lapsed,
    push: (scene) => put(scene, lapsed(scene), scene.me),
  },
  {
    title: 'takeover dated after the grace period',
    told: tooEarly,
    on: lapsed,
    push: (scene) => put(scene, lapsed(scene), scene.me, { age: -240 }),
  },
  {
    title: 'takeover dated before the other claimed',
    told: tooEarly,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.me, { age: 2 * HOUR, ttl: 20 * HOUR }),
  },
  {
    title: 'takeover whose record was acquired years ago',
    told: tooEarly,
    on: theirs,
    push: (scene) => put(scene, theirs(scene), scene.me, { record: { acquired: 1_000_000_000 } }),
  },
  {
    title: "takeover that has the other's lease as its parent",
    told: tooEarly,
    on: theirs,
    push: async (scene) => {
      const id = theirs(scene);
      const mine = lease(scene.me);
      const oid = await scene.forge.commit({ ...mine, parents: [scene.leaseOn(id)] });
      return [`${oid}:${leaseRef(id)}`];
    },
  },
  {
    title: "a replacement for the other's lease commit (refs/replace), then takeover",
    told: tooEarly,
    on: theirs,
    first: async (scene) => {
      const old = await scene.forge.commit(lease(scene.other, { age: 48 * HOUR }));
      return [`${old}:refs/replace/${scene.leaseOn(theirs(scene))}`];
    },
    push: (scene) => put(scene, theirs(scene), scene.me),
  },
  {
    title: "a replacement for the other's lease commit that is mine, then release",
    told: heldByOther,
    on: theirs,
    first: async (scene) => {
      const mine = await scene.forge.commit(lease(scene.me));
      return [`${mine}:refs/replace/${scene.leaseOn(theirs(scene))}`];
    },
    push: (scene) => [`:${leaseRef(theirs(scene))}`],
  },
  {
    title: 'a claim for a hundred years',
    told: '{id}: the lease would last longer than max_lease_duration',
    on: free,
    push: (scene) => put(scene, FREE, scene.me, { ttl: 100 * 365 * 24 * HOUR }),
  },
  {
    title: 'a claim written a year in the future',
    told: "{id}: the lease was written in the server's future",
    on: free,
    push: (scene) => put(scene, FREE, scene.me, { age: -365 * 24 * HOUR }),
  },
  {
    title: 'a claim whose commit alone is of the future',
    told: "{id}: the lease was written in the server's future",
    on: free,
    push: (scene) => {
      const record = { acquired: now(), expires: now() + HOUR };
      return put(scene, FREE, scene.me, { age: -365 * 24 * HOUR, record });
    },
  },
  {
    title: 'a claim that has run out already',
    told: '{id}: the lease would be over before it began',
    on: free,
    push: (scene) => put(scene, FREE, scene.me, { age: 2 * HOUR }),
  },
  {
    title: 'my own claim, together with the release of one of the other',
    told: heldByOther,
    on: theirs,
    push: async (scene) => [...(await put(scene, FREE, scene.me)), `:${leaseRef(theirs(scene))}`],
  },
  {
    title: 'release of all leases at once',
    told: "the lease is held by '{other}', not by '{me}'",
    push: ({ me, other }) =>
      [HELD[me], HELD[other], LAPSED[other], ABANDONED[other]].map((id) => `:${leaseRef(id)}`),
  },
  {
    title: "release of a malformed lease, which is nobody's",
    told: malformed,
    on: () => MALFORMED,
    push: () => [`:${leaseRef(MALFORMED)}`],
  },
  {
    title: 'mine in the place of a malformed lease',
    told: malformed,
    on: () => MALFORMED,
    push: (scene) => put(scene, MALFORMED, scene.me),
  },
];
