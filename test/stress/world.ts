/** A remote of one kind, clones of it or work trees of one clone, and agents in them. */
import { join } from 'node:path';
import { gitDaemon, gitHttp } from '../helpers/remotes.ts';
import { gitSsh, noSshd } from '../helpers/remotes-ssh.ts';
import { Clone, Sandbox } from '../helpers/sandbox.ts';
import type { History, Process, Rules } from './history.ts';
import { keepJournal, readJournal } from './journal.ts';
import type { Random } from './random.ts';

export const KINDS = ['path', 'daemon', 'http', 'ssh', 'worktrees'] as const;
export type Kind = (typeof KINDS)[number];

/** Why there is no such remote here; undefined where there is. */
export function missing(kind: Kind): string | undefined {
  return kind === 'ssh' ? noSshd : undefined;
}

export interface Agent {
  name: string;
  clone: Clone;
}

export interface World {
  kind: Kind;
  sandbox: Sandbox;
  clones: Clone[];
  rules: Rules;
  /** Everything that ran, in the order in which it ended. */
  processes: Process[];
  lostSwaps: number;
  history(): Promise<History>;
}

/** Leases of 2 seconds, free to be taken 2 seconds later: all of it happens while we look. */
export const LEASE = 2;
const GRACE = 2;
const LONGEST = 10;
const CLONES = 3;

export async function createWorld(kind: Kind, random: Random): Promise<World> {
  const takeover = random.chance(0.25) ? 'observed' : 'clock';
  const sandbox = await Sandbox.create({
    '.lazyspec.toml': [
      '[coordination]',
      `remote = "${kind === 'worktrees' ? '.' : 'origin'}"`,
      `lease_duration = "${LEASE}s"`,
      `grace_period = "${GRACE}s"`,
      `max_lease_duration = "${LONGEST}s"`,
      `max_push_retries = ${random.pick([1, 3, 5])}`,
      `takeover = "${takeover}"`,
      '[gate]',
      'timeout = "60s"', // a busy machine is no remote that is away
      '',
    ].join('\n'),
  });
  const clones = await (kind === 'worktrees' ? workTrees(sandbox) : clonesOf(sandbox, kind));
  const gitDir = kind === 'worktrees' ? join(clones[0]?.path ?? '', '.git') : sandbox.remote;
  await keepJournal(sandbox, gitDir);
  const rules: Rules = { grace: GRACE, longest: LONGEST, takeover };
  const processes: Process[] = [];
  return {
    ...{ kind, sandbox, clones, rules, processes, lostSwaps: 0 },
    history: async () => ({ rules, processes, ...(await readJournal(sandbox, gitDir)) }),
  };
}

async function clonesOf(sandbox: Sandbox, kind: Exclude<Kind, 'worktrees'>): Promise<Clone[]> {
  const serve = { path: () => sandbox.remote, daemon: gitDaemon, http: gitHttp, ssh: gitSsh };
  const url = await serve[kind](sandbox);
  const clones: Clone[] = [];
  for (let number = 1; number <= CLONES; number++) {
    const clone = await sandbox.clone(`clone-${number}`);
    await clone.git('remote', 'set-url', 'origin', url);
    clones.push(clone);
  }
  return clones;
}

async function workTrees(sandbox: Sandbox): Promise<Clone[]> {
  const main = await sandbox.clone('main-tree');
  const trees = [main];
  for (let number = 1; number < CLONES; number++) {
    const path = join(sandbox.folder, `tree-${number}`);
    await main.git('worktree', 'add', '--quiet', '-b', `tree-${number}`, path);
    trees.push(new Clone(sandbox, path));
  }
  return trees;
}
