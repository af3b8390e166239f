/** One clone with the hook installed, put back before each fault, and what became of it. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Clock, preload } from '../../../helpers/clocks.ts';
import { leaseOf, plant } from '../../../helpers/leases.ts';
import type { Clone, Ran } from '../../../helpers/sandbox.ts';
import { DOCUMENTS, run, Sandbox } from '../../../helpers/sandbox.ts';
import { leftoversIn } from '../leftovers.ts';
import type { Act, LeaseState } from './acts.ts';
import { perform } from './acts.ts';
import type { Signal, Step } from './signalling-git.ts';
import { SignallingGit } from './signalling-git.ts';

export const REFS = ['RFC-001', 'RFC-002'].map((id) => `refs/lazyspec/leases/rfc/${id}`);
const STATE = '.lazyspec/state/heartbeat-rfc-RFC-001';
/** Longer than a lease and its grace period. */
export const LONG = 2 * 3600;

export interface Fault {
  step: Step;
  signal: Signal;
  /** Stopped for long: whether another has taken the lease meanwhile. */
  overtaken?: boolean;
}

/** The commit of each lease; '' where there is none. */
export type Leases = string[];

export class World {
  readonly sandbox: Sandbox;
  readonly clone: Clone;
  readonly git: SignallingGit;
  readonly clock: Clock;
  /** The repository whose refs are the truth. */
  readonly truth: string;
  readonly #prepared: Record<'mine' | 'expired' | 'others', string[]>;

  private constructor(
    clone: Clone,
    truth: string,
    prepared: Record<'mine' | 'expired' | 'others', string[]>,
  ) {
    this.clone = clone;
    this.sandbox = clone.sandbox;
    this.truth = truth;
    this.#prepared = prepared;
    this.git = new SignallingGit(clone.sandbox);
    this.clock = new Clock(clone.sandbox);
  }

  static async create(remote: 'origin' | '.'): Promise<World> {
    const sandbox = await Sandbox.create({
      ...DOCUMENTS,
      '.lazyspec.toml': `[coordination]\nremote = "${remote}"\n`,
    });
    const long = [-LONG, LONG];
    const prepared = {
      mine: await plantEach(sandbox, 'mine', 'agent-a', 60),
      expired: await plantEach(sandbox, 'expired', 'agent-b', long[1] ?? 0),
      others: await plantEach(sandbox, 'others', 'agent-b', long[0] ?? 0),
    };
    const clone = await sandbox.clone('agent-a');
    await clone.git('fetch', '--quiet', 'origin', 'refs/prepared/*:refs/prepared/*');
    await clone.hooks(['install']);
    const document = 'docs/rfcs/RFC-001-some-title.md';
    await clone.git('switch', '--quiet', '--create', 'changed');
    clone.write({ [document]: '# Changed\n' });
    await clone.git('commit', '--quiet', '--all', '--no-verify', '--message', 'Change');
    await clone.git('switch', '--quiet', 'main');
    clone.write({ [document]: '# Staged\n' });
    await clone.git('add', document);
    return new World(clone, remote === '.' ? clone.path : sandbox.remote, prepared);
  }

  /** The leases as they are before an act, on the remote and in the clone; nothing else is left. */
  async reset(act: Act): Promise<Leases> {
    this.clock.set({});
    rmSync(this.clone.at('.lazyspec'), { recursive: true, force: true });
    if (act.git) {
      await this.clone.git('reset', '--quiet', '--soft', 'origin/main');
      await this.#set(this.sandbox.remote, ['delete refs/heads/work']);
      await this.#set(this.clone.path, ['delete refs/remotes/origin/work']);
    }
    const lines = REFS.map((ref, index) => {
      const oid = this.#commitOf(act.before[index] ?? 'absent', index);
      return oid ? `update ${ref} ${oid}` : `delete ${ref}`;
    });
    await this.#set(this.clone.path, lines);
    if (this.truth !== this.clone.path) await this.#set(this.truth, lines);
    return this.leases();
  }

  #commitOf(state: LeaseState, index: number): string {
    return (state === 'mine' || state === 'expired' ? this.#prepared[state][index] : '') ?? '';
  }

  async #set(repository: string, lines: string[]): Promise<void> {
    const input = `${lines.join('\n')}\n`;
    const { env } = this.sandbox;
    const ran = await run('git', ['update-ref', '--stdin'], { cwd: repository, env, input });
    if (ran.status !== 0) throw new Error(ran.stderr);
  }

  get env(): Record<string, string> {
    return {
      ...this.clock.env,
      NODE_OPTIONS: `${this.clock.env.NODE_OPTIONS} ${preload('first-on-path.mjs')}`,
      LAZYSPEC_FIRST_ON_PATH: this.git.folder,
    };
  }

  /** Every point at which an act can be interrupted. */
  async stepsOf(act: Act): Promise<Step[]> {
    await this.reset(act);
    const ran = await perform(act, this.clone, { env: { ...this.env, ...this.git.env() } });
    if (ran.status !== 0) throw new Error(`${act.name} fails by itself: ${ran.stderr}`);
    return this.git.steps();
  }

  /** Carries out an act with a fault in it. @returns undefined where the fault did not come */
  async struck(act: Act, { step, signal, overtaken }: Fault): Promise<Ran | undefined> {
    const meanwhile = `
echo '{"wall":${LONG},"uptime":${LONG}}' >'${this.clock.file}'
${overtaken ? `git -C '${this.truth}' update-ref ${REFS[0]} ${this.taken}` : ''}`;
    const env = { ...this.env, ...this.git.env(step, signal, meanwhile) };
    const ran = await perform(act, this.clone, { env });
    return (await this.git.struck()) ? ran : undefined;
  }

  again(act: Act): Promise<Ran> {
    return perform(act, this.clone, { env: { ...this.env, ...this.git.env() } });
  }

  /** The lease of RFC-001 that another wrote while we were stopped. */
  get taken(): string {
    return this.#prepared.others[0] ?? '';
  }

  async leases(): Promise<Leases> {
    const refs = await this.refs();
    return REFS.map((ref) => refs.get(ref) ?? '');
  }

  /** Every ref where the truth is. */
  async refs(): Promise<Map<string, string>> {
    const format = '--format=%(refname) %(objectname)';
    const rows = await this.sandbox.git(this.truth, 'for-each-ref', format);
    return new Map(rows.split('\n').map((row) => row.split(' ') as [string, string]));
  }

  /** Whether a lease is mine, written since `before`, and not over yet. */
  async isNew(commit: string, before: string): Promise<boolean> {
    if (commit === '' || commit === before) return false;
    const lease = JSON.parse(await this.sandbox.git(this.truth, 'show', `${commit}:lease.json`));
    return lease.agent === 'agent-a' && lease.expires >= this.clock.now();
  }

  /** Whether git did what the hook was asked about. */
  async passed(act: Act): Promise<boolean> {
    if (act.git?.[0] === 'push') {
      return (
        (await this.sandbox.git(this.sandbox.remote, 'for-each-ref', 'refs/heads/work')) !== ''
      );
    }
    const [head, begin] = await Promise.all([
      this.clone.git('rev-parse', 'HEAD'),
      this.clone.git('rev-parse', 'origin/main'),
    ]);
    return head !== begin;
  }

  /** When a heartbeat was noted, in seconds since 1970; undefined where none was. */
  noted(): number | undefined {
    return existsSync(this.clone.at(STATE)) ? Date.parse(this.clone.read(STATE)) / 1000 : undefined;
  }

  leftovers(): string[] {
    const folders = [this.clone.at('.git'), this.clone.at('.lazyspec'), this.sandbox.remote];
    return leftoversIn(...folders);
  }

  async dispose(): Promise<void> {
    await this.sandbox.dispose();
  }
}

/** A lease of each document, kept out of the way. @returns their commits */
function plantEach(sandbox: Sandbox, name: string, agent: string, age: number): Promise<string[]> {
  return Promise.all(
    REFS.map((_, index) =>
      plant(sandbox, {
        ref: join('refs/prepared', name, String(index)),
        content: { ...leaseOf(agent, age), nonce: `${name} ${index}` },
        committed: leaseOf(agent, age).acquired,
      }),
    ),
  );
}
