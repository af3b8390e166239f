/** What is run with a faulty git in front of it. */
import { RFC_001 } from '../helpers/leases.ts';
import type { Ran } from '../helpers/sandbox.ts';
import type { State, World } from './world.ts';

export interface Subject {
  name: string;
  /** Where leases are; 'origin' when not given. */
  remote?: '.';
  prepare(world: World): Promise<unknown>;
  act(world: World, env: Record<string, string>): Promise<Ran>;
  /** Exit status and error code with a whole git. */
  usual: { status: number; code?: string };
  /** Whether stdout is to be JSON. */
  json?: false;
  /**
   * Refs that it may change, each with who is then to be named there ('': no such ref). None: it
   * writes to no remote.
   */
  writes?: Record<string, string>;
  /** Run again after it was done, it finds nothing left to do, and says so. */
  doneTwice?: string;
  /** What was done once cannot be done again: there is nothing left to commit. */
  once?: true;
  /** What it writes into this clone: all or nothing. */
  installs?: true;
  /** Its findings tell what is wrong. */
  doctor?: true;
}

const DOC_1 = 'docs/rfcs/RFC-001-some-title.md';
const STORY_042 = 'refs/lazyspec/leases/story/STORY-042';

type Prepare = (world: World) => Promise<unknown>;
const all = (...acts: Prepare[]): Subject['prepare'] => {
  return async (world) => {
    for (const act of acts) await act(world);
  };
};
const nothing = all();
const mine =
  (...ids: string[]): Prepare =>
  ({ clone }) =>
    ok(clone.lease(['claim', ...ids]));
const theirs =
  (ref: string, age = 0): Prepare =>
  (world) =>
    world.lease('agent-b', ref, age);
const hooks: Prepare = ({ clone }) => ok(clone.hooks(['install']));
const edit =
  (path: string): Prepare =>
  async ({ clone }) => {
    clone.write({ [path]: 'Changed\n' });
    await clone.git('add', '--all');
  };
const commit: Prepare = ({ clone }) =>
  clone.git('commit', '--quiet', '--no-verify', '-m', 'Change');
const sparse: Prepare = ({ clone }) =>
  clone
    .git('update-index', '--skip-worktree', '.lazyspec.toml')
    .then(() => clone.remove('.lazyspec.toml'));

async function ok(running: Promise<Ran>): Promise<void> {
  const { status, stderr } = await running;
  if (status !== 0) throw new Error(stderr);
}

const lease =
  (...args: string[]): Subject['act'] =>
  ({ clone }, env) =>
    clone.lease([...args, '--json'], { env });
const git =
  (...args: string[]): Subject['act'] =>
  ({ clone }, env) =>
    clone.tryGit(args, { env });
const COMMIT = git('commit', '--quiet', '-m', 'Change');
const PUSH = git('push', '--quiet', 'origin', 'HEAD');

const A = 'agent-a';
const NOT_CLAIMED = { status: 1, code: 'gate' };
const HELD = { status: 1, code: 'HELD_BY_OTHER' };
const PASS = { status: 0 };
const REFUSED = { status: 1 };

/** What is the same over every kind of remote. */
function leaseCommands(remote?: '.'): Subject[] {
  const at = remote ? { remote } : {};
  const label = (name: string) => (remote ? `${name}, remote "."` : name);
  return [
    {
      ...at,
      name: label('claim'),
      prepare: nothing,
      act: lease('claim', 'RFC-001'),
      usual: PASS,
      writes: { [RFC_001]: A },
    },
    {
      ...at,
      name: label('claim several'),
      prepare: nothing,
      act: lease('claim', 'RFC-001', 'STORY-042'),
      usual: PASS,
      writes: { [RFC_001]: A, [STORY_042]: A },
    },
    {
      ...at,
      name: label('take over'),
      prepare: theirs(RFC_001, 7200),
      act: lease('claim', 'RFC-001', '--force'),
      usual: PASS,
      writes: { [RFC_001]: A },
    },
    {
      ...at,
      name: label('heartbeat'),
      prepare: mine('RFC-001'),
      act: lease('heartbeat', 'RFC-001'),
      usual: PASS,
      writes: { [RFC_001]: A },
    },
    {
      ...at,
      name: label('release'),
      prepare: mine('RFC-001'),
      act: lease('release', 'RFC-001'),
      usual: PASS,
      writes: { [RFC_001]: '' },
      doneTwice: 'LEASE_NOT_FOUND',
    },
    {
      ...at,
      name: label('gate, held'),
      prepare: mine('RFC-001'),
      act: lease('gate', 'RFC-001'),
      usual: PASS,
    },
    {
      ...at,
      name: label('gate, not held'),
      prepare: theirs(RFC_001),
      act: lease('gate', 'RFC-001'),
      usual: NOT_CLAIMED,
    },
  ];
}

export const SUBJECTS: readonly Subject[] = [
  ...leaseCommands(),
  {
    name: 'claim, held by another',
    prepare: theirs(RFC_001),
    act: lease('claim', 'RFC-001'),
    usual: HELD,
    writes: {},
  },
  {
    name: 'heartbeat --all',
    prepare: mine('RFC-001', 'STORY-042'),
    act: lease('heartbeat', '--all'),
    usual: PASS,
    writes: { [RFC_001]: A, [STORY_042]: A },
  },
  {
    name: 'release --all',
    prepare: mine('RFC-001', 'STORY-042'),
    act: lease('release', '--all'),
    usual: PASS,
    writes: { [RFC_001]: '', [STORY_042]: '' },
  },
  {
    name: 'release --expected-holder',
    prepare: theirs(RFC_001),
    act: lease('release', 'RFC-001', '--expected-holder', 'agent-b'),
    usual: PASS,
    writes: { [RFC_001]: '' },
    doneTwice: 'LEASE_NOT_FOUND',
  },
  { name: 'leases', prepare: mine('RFC-001'), act: lease('leases'), usual: PASS },
  { name: 'show', prepare: theirs(RFC_001), act: lease('show', 'RFC-001'), usual: PASS },
  {
    name: 'gate of anything',
    prepare: nothing,
    act: lease('gate'),
    usual: { status: 1, code: 'NO_ACTIVE_LEASE' },
  },
  {
    name: 'gate --staged, not held',
    prepare: all(mine('STORY-042'), edit(DOC_1)),
    act: lease('gate', '--staged'),
    usual: NOT_CLAIMED,
  },
  {
    name: 'gate --range, not held',
    prepare: all(mine('STORY-042'), edit(DOC_1), commit),
    act: lease('gate', '--range', 'origin/main..HEAD'),
    usual: NOT_CLAIMED,
  },
  {
    name: 'a commit, not held',
    prepare: all(mine('STORY-042'), hooks, edit(DOC_1)),
    act: COMMIT,
    usual: REFUSED,
    json: false,
  },
  {
    name: 'a commit, held',
    prepare: all(mine('RFC-001'), hooks, edit(DOC_1)),
    act: COMMIT,
    usual: PASS,
    once: true,
    json: false,
  },
  {
    name: 'a commit where only the index has the configuration',
    prepare: all(hooks, edit(DOC_1), sparse),
    act: COMMIT,
    usual: REFUSED,
    json: false,
  },
  {
    name: 'a commit of what is not governed',
    prepare: all(hooks, edit('README.md')),
    act: COMMIT,
    usual: PASS,
    once: true,
    json: false,
  },
  {
    name: 'a push, not held',
    prepare: all(mine('STORY-042'), hooks, edit(DOC_1), commit),
    act: PUSH,
    usual: REFUSED,
    json: false,
    writes: {},
  },
  {
    name: 'a push, held',
    prepare: all(mine('RFC-001'), hooks, edit(DOC_1), commit),
    act: PUSH,
    usual: PASS,
    json: false,
    writes: { 'refs/heads/main': A },
  },
  {
    name: 'install',
    prepare: nothing,
    act: ({ clone }, env) => clone.hooks(['install'], { env }),
    usual: PASS,
    json: false,
    installs: true,
  },
  {
    name: 'doctor',
    prepare: hooks,
    act: ({ clone }, env) => clone.hooks(['doctor', '--json'], { env }),
    usual: PASS,
    doctor: true,
  },
  ...leaseCommands('.'),
];

/** Whether what was to be written is there, and all else as it was. */
export function isDone({ writes = {} }: Subject, before: State, after: State): boolean {
  const names = new Set([...before.refs.keys(), ...after.refs.keys()]);
  return [...names, ...Object.keys(writes)].every((ref) => {
    const [was, is] = [before.refs.get(ref), after.refs.get(ref)];
    const author = writes[ref];
    if (author === undefined) return was === is;
    return author === ''
      ? is === undefined
      : is !== undefined && is !== was && is.endsWith(` ${author}`);
  });
}

export function isUntouched(before: State, after: State): boolean {
  return isDone({ name: '', prepare: nothing, act: PUSH, usual: PASS }, before, after);
}
