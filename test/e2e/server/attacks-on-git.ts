/** Attacks that git's own client cannot make: what is said of the old value of a ref is not so. */
import type { Attack, Rivals } from './attack.ts';
import { ZERO } from './raw-push.ts';
import type { Scene } from './scene.ts';
import { FREE, HELD, leaseRef, path } from './scene.ts';

const theirs = ({ other }: Rivals) => HELD[other];
const NOWHERE = '1'.repeat(40);

function falseOld(
  title: string,
  told: string,
  make: (scene: Scene, their: { ref: string; mine: string }) => { old: string; next: string },
): Attack {
  return {
    title,
    told,
    on: theirs,
    push: (scene) => {
      const ref = leaseRef(theirs(scene));
      const mine = scene.leaseOn(HELD[scene.me]);
      return { raw: [{ ref, ...make(scene, { ref, mine }) }] };
    },
  };
}

const byGit = 'failed to update ref';

/** git deletes a ref whatever it is at, where it cannot read what the push says of it. */
function unreadable(
  how: string,
  replacement: (scene: Scene, mine: string) => Promise<string>,
): Attack {
  return {
    title: `deletion of the other's lease, said to be one of mine that is ${how}`,
    told: byGit,
    on: theirs,
    first: async (scene) => {
      const mine = scene.leaseOn(HELD[scene.me]);
      return [`${await replacement(scene, mine)}:refs/replace/${mine}`];
    },
    push: (scene) => {
      const old = scene.leaseOn(HELD[scene.me]);
      return { raw: [{ ref: leaseRef(theirs(scene)), old, next: ZERO }] };
    },
  };
}

export const ATTACKS_ON_GIT: readonly Attack[] = [
  falseOld(
    "deletion of the other's lease, of which the push says that it is mine",
    byGit,
    (_, { mine }) => ({
      old: mine,
      next: ZERO,
    }),
  ),
  falseOld(
    "deletion of the other's lease, said to be an object that is nowhere",
    '{id}: its lease is malformed: its ref points at no commit',
    () => ({
      old: NOWHERE,
      next: ZERO,
    }),
  ),
  falseOld(
    "deletion of the other's lease, said not to be there",
    'what is on stdin does not say which refs are pushed',
    () => ({
      old: ZERO,
      next: ZERO,
    }),
  ),
  falseOld("mine in the place of the other's, said to be mine", byGit, (_, { mine }) => ({
    old: mine,
    next: mine,
  })),
  falseOld("mine in the place of the other's, said not to be there", byGit, (_, { mine }) => ({
    old: ZERO,
    next: mine,
  })),
  unreadable('replaced by a blob', ({ forge }) => forge.blob('no commit')),
  unreadable('replaced by a tag that calls it a blob', ({ forge }, mine) => forge.lyingTag(mine)),
  {
    title: 'one ref twice in one push: the lease of mine released, then claimed for the other',
    told: 'what is on stdin does not say which refs are pushed',
    push: (scene) => {
      const [ref, mine] = [leaseRef(HELD[scene.me]), scene.leaseOn(HELD[scene.me])];
      return {
        raw: [
          { ref, old: mine, next: ZERO },
          { ref, old: ZERO, next: scene.leaseOn(theirs(scene)) },
        ],
      };
    },
  },
  {
    title: 'a change to a branch of which the push says that it is new',
    told: '{id}: document is not claimed',
    on: () => FREE,
    first: async ({ forge, main }) => [
      `${await forge.commit({ parents: [main], files: { [path(FREE)]: 'Mine.\n' }, date: 1_700_000_000 })}:refs/tags/v2`,
    ],
    push: async ({ forge, main }) => {
      const change = { parents: [main], files: { [path(FREE)]: 'Mine.\n' }, date: 1_700_000_000 };
      return { raw: [{ ref: 'refs/heads/main', old: ZERO, next: await forge.commit(change) }] };
    },
  },
];
