/** The repositories that one subject works on, brought back to how they were for every fault. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { leaseOf, plant } from '../helpers/leases.ts';
import type { Clone, Ran } from '../helpers/sandbox.ts';
import { DOCUMENTS, run, Sandbox } from '../helpers/sandbox.ts';
import type { Call, FaultyGit, Injected } from './faulty-git.ts';
import { callsIn, faultyGit, wasInjected } from './faulty-git.ts';
import type { Subject } from './subjects.ts';

const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';
/** Parts of a sandbox that a subject may change. */
const PARTS = ['agent-a', 'remote.git', 'home', 'temporary'];

/** What is there after a command. */
export interface State {
  /** `<id> <author>` of every ref of the repository that coordinates. */
  refs: Map<string, string>;
  /** Content of the files outside the object store, by path. */
  files: Map<string, string>;
}

export class World {
  readonly sandbox: Sandbox;
  readonly clone: Clone;
  readonly #subject: Subject;
  readonly #git: FaultyGit;
  #other = '';

  private constructor(sandbox: Sandbox, clone: Clone, subject: Subject, git: FaultyGit) {
    this.sandbox = sandbox;
    this.clone = clone;
    this.#subject = subject;
    this.#git = git;
  }

  static async create(subject: Subject): Promise<World> {
    const remote = subject.remote ?? 'origin';
    const sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': configuration(remote) });
    const clone = await sandbox.clone('agent-a');
    const git = await faultyGit(sandbox.folder, sandbox.env);
    const world = new World(sandbox, clone, subject, git);
    mkdirSync(join(sandbox.folder, 'temporary'));
    rmSync(join(sandbox.remote, 'hooks'), { recursive: true });
    rmSync(clone.at('.git/hooks'), { recursive: true });
    world.#other = await world.lease('agent-b', RFC_002);
    await subject.prepare(world);
    for (const part of PARTS) cpSync(join(sandbox.folder, part), world.#kept(part), COPY);
    return world;
  }

  /** Puts a lease where leases are coordinated. */
  async lease(agent: string, ref: string, age = 0): Promise<string> {
    const commit = await plant(this.sandbox, {
      ref,
      content: leaseOf(agent, age),
      committed: at(age),
    });
    if (this.#subject.remote !== '.') return commit;
    await this.clone.git('fetch', '--quiet', 'origin', `+${ref}:${ref}`);
    await this.sandbox.git(this.sandbox.remote, 'update-ref', '-d', ref);
    return commit;
  }

  /** The world as it was, but for how long a git that hangs is waited for. */
  restore({ patience = '60s' } = {}): void {
    for (const part of PARTS) {
      const place = join(this.sandbox.folder, part);
      rmSync(place, { recursive: true, force: true });
      cpSync(this.#kept(part), place, COPY);
    }
    if (patience !== '60s') this.wait(patience);
  }

  wait(timeout: string): void {
    for (const path of this.clone.has('.lazyspec.toml') ? ['.lazyspec.toml'] : []) {
      this.clone.write({
        [path]: this.clone.read(path).replaceAll(/timeout = ".*"/g, `timeout = "${timeout}"`),
      });
    }
  }

  /** Runs the command of the subject, with a fault or none. */
  async act(inject?: Omit<Injected, 'other'>): Promise<{ ran: Ran; calls: Call[]; met: boolean }> {
    const state = join(this.sandbox.folder, 'calls');
    rmSync(state, { recursive: true, force: true });
    const env = this.#git.env(state, inject && { ...inject, other: this.#other });
    const temporary = { TMPDIR: join(this.sandbox.folder, 'temporary') };
    const ran = await this.#subject.act(this, { ...env, ...temporary });
    return { ran, calls: callsIn(state), met: wasInjected(state) };
  }

  async state(): Promise<State> {
    const where = this.#subject.remote === '.' ? this.clone.path : this.sandbox.remote;
    const format = '--format=%(refname)%09%(objectname) %(authorname)';
    const { stdout } = await run('git', ['for-each-ref', format], {
      cwd: where,
      env: this.sandbox.env,
    });
    const rows = stdout
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t') as [string, string]);
    return { refs: new Map(rows), files: this.#files() };
  }

  #files(): Map<string, string> {
    const files = new Map<string, string>();
    for (const part of PARTS) {
      const top = join(this.sandbox.folder, part);
      for (const entry of readdirSync(top, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        const name = relative(this.sandbox.folder, path);
        if (!entry.isFile() || /\/objects\/|\/logs\//.test(name)) continue;
        files.set(name, readFileSync(path, 'latin1'));
      }
    }
    return files;
  }

  #kept(part: string): string {
    return join(this.sandbox.folder, 'kept', part);
  }

  async dispose(): Promise<void> {
    await this.sandbox.dispose();
  }
}

const COPY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };

function configuration(remote: string): string {
  return `[coordination]
remote = "${remote}"
lease_duration = "12h"
timeout = "60s"
[gate]
timeout = "60s"
`;
}

function at(age: number): number {
  return Math.floor(Date.now() / 1000) - age;
}
