/** Attacks on whoever reads leases: malformed, enormous, many, where none belongs. */
import type { Attack } from './attack.ts';
import type { Forged } from './forge.ts';
import { ZERO } from './raw-push.ts';
import type { Scene } from './scene.ts';
import { FREE, HELD, lease, leaseRef } from './scene.ts';

const notALease = (why: string) => `{id}: what was pushed is no lease: ${why}`;
const ofNothing = 'is the lease of no document';
const MANY_ENTRIES = 100_000;
const MANY_REFS = 5_000;
const ENORMOUS = 100 * 1024 * 1024;

/** Instead of a lease on the free document. */
function instead(title: string, why: string, make: (scene: Scene) => Forged): Attack {
  return {
    title,
    told: notALease(why),
    on: () => FREE,
    push: async (scene) => [`${await scene.forge.commit(make(scene))}:${leaseRef(FREE)}`],
  };
}

const record = ({ me }: Scene) => String(lease(me).files['lease.json']);
const withRecord = (
  title: string,
  why: string,
  make: (text: string, scene: Scene) => string | Buffer,
) => instead(title, why, (scene) => ({ files: { 'lease.json': make(record(scene), scene) } }));

/** A whole lease of mine under a ref that is no document's. */
function elsewhere(title: string, ref: string, told = `${ref} ${ofNothing}`): Attack {
  return {
    title,
    told,
    push: async ({ forge, me }) => [`${await forge.commit(lease(me))}:${ref}`],
  };
}

export const ATTACKS_ON_READERS: readonly Attack[] = [
  withRecord(
    'a lease that is not JSON',
    'its lease.json is not a JSON object',
    () => 'me, for an hour',
  ),
  withRecord('a lease with nothing in it', 'its lease.json is empty', () => ''),
  withRecord(
    'a lease with two agents, mine and the other',
    'its lease.json has a key twice',
    (text, { other }) => text.replace('{', `{"agent": "${other}",`),
  ),
  withRecord('a lease whose agent is a list', 'its agent is not a name', (text, { me }) =>
    text.replace(`"${me}"`, `["${me}"]`),
  ),
  withRecord('a lease whose agent is two lines', 'its agent is not a name', (text, { me }) =>
    text.replace(`"${me}"`, `"${me}\\nremote: all is well"`),
  ),
  withRecord('a lease that is not UTF-8', 'its lease.json is not a JSON object', (text) =>
    Buffer.from(text.replace('{', '{"note": "\xff",'), 'latin1'),
  ),
  withRecord('a lease of 9 KiB', 'its lease.json is 9216 bytes', (text) => text.padEnd(9 * 1024)),
  instead('no lease.json', 'it has no lease.json', () => ({ files: { 'lease.txt': '{}' } })),
  instead('an empty tree', 'it has no lease.json', () => ({})),
  instead('lease.json a symbolic link', 'its lease.json is no regular file', () => ({
    files: { 'lease.json': { mode: '120000', content: '/etc/passwd' } },
  })),
  instead('lease.json a submodule', 'its lease.json is a commit', ({ main }) => ({
    files: { 'lease.json': { gitlink: main } },
  })),
  instead('lease.json a folder', 'its lease.json is a tree', (scene) => ({
    files: { 'lease.json/lease.json': record(scene) },
  })),
  instead('a lease with other files beside it', 'its tree holds more than lease.json', ({ me }) =>
    lease(me, { files: { 'docs/rfcs/RFC-003-title.md': 'Mine.\n' } }),
  ),
  {
    title: 'lease.json twice in one tree',
    told: notALease('its tree holds more than lease.json'),
    on: () => FREE,
    push: async (scene) => {
      const other = String(lease(scene.other).files['lease.json']);
      const oids = [await scene.forge.blob(record(scene)), await scene.forge.blob(other)];
      const entries = oids.map((oid) => ({ mode: '100644', name: 'lease.json', oid }));
      return [`${await scene.forge.commitOf(await scene.forge.tree(entries))}:${leaseRef(FREE)}`];
    },
  },
  {
    title: 'a tree in the place of the lease commit',
    told: notALease('its ref points at no commit'),
    on: () => FREE,
    push: async ({ forge, me }) => {
      const commit = await forge.commit(lease(me));
      return [`${await forge.treeOf(commit)}:${leaseRef(FREE)}`];
    },
  },
  {
    title: 'a tag of a lease in its place',
    told: notALease('its ref points at no commit'),
    on: () => FREE,
    push: async ({ forge, me }) => [
      `${await forge.tag(await forge.commit(lease(me)))}:${leaseRef(FREE)}`,
    ],
  },
  {
    ...instead('a lease of 100 MB', 'its lease.json is 104857600 bytes', () => ({
      files: { 'lease.json': Buffer.alloc(ENORMOUS, ' ') },
    })),
  },
  {
    title: `a lease among ${MANY_ENTRIES} files`,
    told: notALease('its tree is 3788928 bytes'),
    on: () => FREE,
    push: async (scene) => {
      const [mine, empty] = [await scene.forge.blob(record(scene)), await scene.forge.blob('')];
      const names = Array.from({ length: MANY_ENTRIES }, (_, i) => `file-${i}`).sort();
      const others = names.map((name) => ({ mode: '100644', name, oid: empty }));
      const tree = await scene.forge.tree([
        ...others,
        { mode: '100644', name: 'lease.json', oid: mine },
      ]);
      return [`${await scene.forge.commitOf(tree)}:${leaseRef(FREE)}`];
    },
  },
  elsewhere('a lease on what is no document', 'refs/lazyspec/leases/rfc/PLAN-B'),
  elsewhere('a lease under another spelling', 'refs/lazyspec/leases/rfc/rfc-003'),
  elsewhere('a lease under another type', 'refs/lazyspec/leases/story/RFC-003'),
  elsewhere('a lease under no type of the project', 'refs/lazyspec/leases/memo/MEMO-001'),
  elsewhere('a ref in the way of all leases of a type', 'refs/lazyspec/leases/spec'),
  elsewhere('a ref below a lease', 'refs/lazyspec/leases/rfc/RFC-003/more'),
  elsewhere(
    'a ref beside the leases',
    'refs/lazyspec/notes',
    'refs/lazyspec/notes is none of the refs that lazyspec has',
  ),
  {
    title: `${MANY_REFS} leases in the other's name, in one push`,
    told: "'{other}' is no agent of '{me}'",
    // git's own client takes half a minute over so many by http.
    push: (scene) => {
      const next = scene.leaseOn(HELD[scene.other]);
      const ids = Array.from({ length: MANY_REFS }, (_, i) => `RFC-${10_000 + i}`);
      return { raw: ids.map((id) => ({ ref: leaseRef(id), old: ZERO, next })) };
    },
  },
  {
    title: 'everything deleted: all leases, all branches',
    told: "the lease is held by '{other}', not by '{me}'",
    push: ({ me, other }) => [
      ':refs/heads/main',
      ...[HELD[me], HELD[other]].map((id) => `:${leaseRef(id)}`),
    ],
  },
];
