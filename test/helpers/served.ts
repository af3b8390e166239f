/** The sandbox's remote with the hook of a server, and people who push to it. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clocks.ts';
import type { Ran, RunOptions } from './sandbox.ts';
import { type Clone, PACKAGE, run, Sandbox } from './sandbox.ts';

/** The hook as it is shipped. */
export const TEMPLATE = join(PACKAGE, 'templates', 'pre-receive');

/** Someone with an account on the server, and a clone whose agent is of the same name. */
export class Person {
  readonly name: string;
  readonly clone: Clone;

  constructor(name: string, clone: Clone) {
    this.name = name;
    this.clone = clone;
  }

  #as(options: RunOptions): RunOptions {
    return { ...options, env: { LAZYSPEC_PUSHER: this.name, ...options.env } };
  }

  git(...args: string[]): Promise<string> {
    return this.clone.git(...args);
  }

  push(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.clone.tryGit(['push', ...args], this.#as(options));
  }

  lease(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.clone.lease(args, this.#as(options));
  }

  hooks(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.clone.hooks(args, this.#as(options));
  }

  /** Commits what the work tree holds after these files are written; undefined removes one. */
  async commit(files: Record<string, string | undefined>, message = 'Change'): Promise<string> {
    for (const [path, content] of Object.entries(files)) {
      if (content === undefined) this.clone.remove(path);
      else this.clone.write({ [path]: content });
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }
}

export class Served {
  readonly sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async create(files?: Record<string, string>): Promise<Served> {
    const served = new Served(await Sandbox.create(files));
    served.protect();
    return served;
  }

  get remote(): string {
    return this.sandbox.remote;
  }

  /** Puts the hook in place. Over a path it would inherit the clock of whoever pushes. */
  protect(clock?: Clock): void {
    mkdirSync(join(this.remote, 'hooks'), { recursive: true });
    const own = Object.entries(clock?.env ?? {}).map(
      ([name, value]) => `export ${name}='${value}'`,
    );
    const hook = join(this.remote, 'hooks', 'pre-receive');
    const lines = ['#!/bin/sh', 'unset NODE_OPTIONS LAZYSPEC_CLOCK', ...own, `exec '${TEMPLATE}'`];
    writeFileSync(hook, `${lines.join('\n')}\n`);
    chmodSync(hook, 0o755);
  }

  unprotect(): void {
    rmSync(join(this.remote, 'hooks', 'pre-receive'));
  }

  async person(name: string): Promise<Person> {
    return new Person(name, await this.sandbox.clone(name));
  }

  /** A setting of the server's repository. */
  async set(key: string, value: string): Promise<void> {
    await this.sandbox.git(this.remote, 'config', '--add', key, value);
  }

  git(...args: string[]): Promise<string> {
    return this.sandbox.git(this.remote, ...args);
  }

  /** Commit of a ref of the server, or ''. */
  at(ref: string): Promise<string> {
    return this.git('for-each-ref', '--format=%(objectname)', ref);
  }

  async dispose(): Promise<void> {
    await this.sandbox.dispose();
  }
}

/** A push of no objects in which the pusher, and no git, says what the ref is to be and was. */
export function pushRaw(served: Served, pusher: string, ...said: string[]): Promise<Ran> {
  const line = `${said.join(' ')}\0report-status\n`;
  const packet = (line.length + 4).toString(16).padStart(4, '0') + line;
  return run('git', ['receive-pack', served.remote], {
    cwd: served.sandbox.folder,
    env: { ...served.sandbox.env, LAZYSPEC_PUSHER: pusher },
    input: `${packet}0000`,
  });
}
