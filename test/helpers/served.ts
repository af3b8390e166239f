/** The sandbox's remote with the hook of a server, and people who push to it. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran, RunOptions } from './sandbox.ts';
import { type Clone, PACKAGE, Sandbox } from './sandbox.ts';

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

  protect(): void {
    mkdirSync(join(this.remote, 'hooks'), { recursive: true });
    symlinkSync(
      join(PACKAGE, 'templates', 'pre-receive'),
      join(this.remote, 'hooks', 'pre-receive'),
    );
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

  dispose(): void {
    this.sandbox.dispose();
  }
}
