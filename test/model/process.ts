/**
 * A process that runs one command of the program: the real commands, decisions and engine, over
 * ports whose every call stops until somebody answers it.
 */
import { claim } from '../../src/commands/claim.ts';
import type { Context } from '../../src/commands/context.ts';
import { gate } from '../../src/commands/gate.ts';
import { heartbeat } from '../../src/commands/heartbeat.ts';
import { release } from '../../src/commands/release.ts';
import type { GateResult } from '../../src/commands/results.ts';
import type { Config } from '../../src/config/types.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { LazyspecError } from '../../src/errors.ts';
import type { RefChange, RefStore, SwapOutcome } from '../../src/git/ref-store.ts';
import { ownRepository } from '../../src/git/remote.ts';
import { remoteFailure } from '../../src/git/remote-failure.ts';
import type { Git } from '../../src/git/run.ts';
import type { Notes } from '../../src/state/observations.ts';
import { observed } from '../../src/state/observations.ts';
import type { Commit, Commits } from './commits.ts';
import { commitAt, oidOf } from './commits.ts';
import type { Swap } from './refs.ts';
import type { Command } from './setup.ts';
import { documentAt, idOf, refOf, START } from './setup.ts';

export type Request =
  | { port: 'read'; documents: readonly number[] }
  | { port: 'fetch'; documents: readonly number[] }
  | { port: 'swap'; swaps: readonly Swap[] };

/** For a read what each ref is at; for a fetch `done` or `unreachable`; for a swap its outcome. */
export type Answer = readonly Commit[] | 'done' | SwapOutcome['kind'];

/** The moment of a step, as its clone tells it. */
export interface Now {
  wall: number;
  uptime: number;
  notes: Notes;
}

export type Ended =
  | { kind: 'done'; results: Awaited<ReturnType<typeof claim | typeof heartbeat | typeof release>> }
  | { kind: 'gate'; result: GateResult }
  | { kind: 'error'; code: ErrorCode; documents: { id: string; code: ErrorCode }[] }
  | { kind: 'broken'; error: unknown };

export interface Task {
  agent: string;
  command: Command;
  config: Config;
  documents: number;
  own: boolean;
  commits: Commits;
  /** Names the next nonce. */
  nonce: () => string;
}

export type Stop = { request: Request } | { ended: Ended };

/** No step has begun: whatever asks for the time now asks too early. */
const NEVER: Now = { wall: Number.NaN, uptime: Number.NaN, notes: new Map() };

export class Process {
  readonly #task: Task;
  #now = NEVER;
  #notes: Notes | undefined;
  #pending: { resolve: (answer: Answer) => void } | undefined;
  #stopped: (stop: Stop) => void = () => {};

  private constructor(task: Task) {
    this.#task = task;
  }

  static async start(task: Task): Promise<{ process: Process; stop: Stop }> {
    const process = new Process(task);
    const stop = await process.#untilStop(() => {
      run(process.#context(), task.command).then((ended) => process.#stopped({ ended }));
    });
    return { process, stop };
  }

  /** Answers what was asked last. @returns the next stop, and the notes where new ones were made */
  async answer(answer: Answer, now: Now): Promise<{ stop: Stop; notes: Notes | undefined }> {
    this.#now = now;
    this.#notes = undefined;
    const stop = await this.#untilStop(() => this.#pending?.resolve(answer));
    return { stop, notes: this.#notes };
  }

  #untilStop(act: () => void): Promise<Stop> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
      act();
    });
  }

  #ask(request: Request): Promise<Answer> {
    return new Promise((resolve) => {
      this.#pending = { resolve };
      this.#stopped({ request });
    });
  }

  #context(): Context {
    const { agent, config, documents } = this.#task;
    const { coordination } = config;
    if (!coordination) throw new TypeError('the model needs a [coordination]');
    const all = Array.from({ length: documents }, (_, index) => index);
    const store = this.#store(all);
    const remote = this.#task.own ? ownRepository(store) : this.#remote(all);
    const root = '/nowhere/model';
    return {
      options: { cwd: root, env: {} },
      program: 'lazyspec-lease',
      reader: (agent) => ({ agent, now: this.#now.wall, program: 'lazyspec-lease' }),
      git: listing(all.map((index) => `docs/rfcs/${idOf(index)}-title.md`)),
      now: () => this.#now.wall,
      warn: () => {},
      progress: () => {},
      waiting: () => {},
      config: async () => config,
      glance: async () => undefined,
      elsewhere: async () => [],
      commitRules: () => Promise.reject(new TypeError('no command of the model asks for them')),
      forCommit: () => Promise.reject(new TypeError('no command of the model asks for it')),
      repository: async () => ({ root, gitDir: root, commonDir: root, prefix: '' }),
      gitConfig: () => Promise.reject(new TypeError('the model has no git configuration')),
      coordination: async () => coordination,
      agent: async () => agent,
      refStore: () => Promise.reject(new TypeError('no command of the model asks for it')),
      engine: async () => ({
        store,
        remote,
        observations: {
          observe: (...look) => {
            const known = this.#notes ?? this.#now.notes;
            const { wall, uptime } = this.#now;
            const { notes, ages } = observed(known, { wall, uptime, boot: 'boot' }, ...look);
            this.#notes = notes;
            return ages;
          },
        },
        now: () => this.#now.wall,
        maxRetries: coordination.maxPushRetries,
        pause: async () => {},
      }),
      asker: async () => ({ agent, now: Number.NaN, policy: coordination }),
      withConfig: () => {
        throw new TypeError('the model has one configuration');
      },
    };
  }

  #store(all: readonly number[]): RefStore {
    const { commits, nonce } = this.#task;
    const read = async (documents: readonly number[]) => {
      const oids = (await this.#ask({ port: 'read', documents })) as readonly Commit[];
      return documents.flatMap((document, index) =>
        commits.stored(refOf(document), oids[index] ?? 0),
      );
    };
    return {
      read: async (refs, after) => {
        await after;
        return read(refs.map(documentAt));
      },
      ids: () => undefined,
      list: () => read(all),
      // Objects that no ref points at are nobody else's concern: no step of its own.
      write: async (list) => list.map((one) => oidOf(commits.write(one, nonce())) ?? ''),
      swap: (changes) => this.#swap(changes),
      remember: () => Promise.reject(new TypeError('no command of the model remembers')),
    };
  }

  #remote(all: readonly number[]) {
    const name = 'origin';
    return {
      name,
      fetch: async (refs: readonly string[] | 'all') => {
        const documents = refs === 'all' ? all : refs.map(documentAt);
        const answer = await this.#ask({ port: 'fetch', documents });
        if (answer !== 'done') throw remoteFailure('REMOTE_UNREACHABLE', name, []);
      },
      swap: (changes: readonly RefChange[]) => this.#swap(changes),
    };
  }

  async #swap(changes: readonly RefChange[]): Promise<SwapOutcome> {
    const swaps = changes.map(({ ref, expected, next }) => {
      return { index: documentAt(ref), expected: commitAt(expected), next: commitAt(next) };
    });
    const kind = (await this.#ask({ port: 'swap', swaps })) as SwapOutcome['kind'];
    const detail = 'as the model wills';
    if (kind === 'unknown') return { kind, detail, cancelled: false };
    if (kind === 'refused') return { kind, reason: detail, details: [] };
    if (kind === 'unreachable') return { kind, code: 'REMOTE_UNREACHABLE', detail };
    return kind === 'contended' || kind === 'damaged' ? { kind, detail } : { kind };
  }
}

async function run(context: Context, command: Command): Promise<Ended> {
  const documents = command.documents === 'all' ? 'all' : command.documents.map(idOf);
  try {
    if (command.name === 'heartbeat') {
      return { kind: 'done', results: await heartbeat(context, { documents }) };
    }
    if (command.name === 'release') {
      return { kind: 'done', results: await release(context, { documents }) };
    }
    if (documents === 'all') throw new TypeError(`${command.name} of all`);
    if (command.name === 'gate') {
      return { kind: 'gate', result: (await gate(context, { documents })).result };
    }
    if (command.name === 'admin') {
      const expectedHolder = command.holder;
      return { kind: 'done', results: await release(context, { documents, expectedHolder }) };
    }
    const force = command.name === 'force';
    return { kind: 'done', results: await claim(context, { documents, force }) };
  } catch (error) {
    if (!(error instanceof LazyspecError)) return { kind: 'broken', error };
    const refused = (error.data.documents ?? []) as { id: string; code: ErrorCode }[];
    const told = refused.map(({ id, code }) => ({ id, code }));
    return { kind: 'error', code: error.code, documents: told };
  }
}

/** A git that is asked for one thing only: which files there are. */
function listing(paths: readonly string[]): Git {
  return async ([command]) => {
    if (command !== 'ls-files') throw new TypeError(`the model has no git ${command}`);
    const stdout = Buffer.from(paths.map((path) => `${path}\0`).join(''));
    return { ended: 'exit', status: 0, stdout, stderr: '', trace: '' };
  };
}

export const wallAt = (time: number, skew: number) => START + time + skew;
