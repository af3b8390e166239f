/**
 * A throw-away world: a home of its own, a bare remote, clones of it, and the built programs run
 * in them as a user would run them. Nothing of the developer's own configuration gets in.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PACKAGE } from './package.ts';
import { insistOnJson } from './schemas.ts';

export { PACKAGE };
export const LEASE = join(PACKAGE, 'dist', 'lease.js');
export const HOOKS = join(PACKAGE, 'dist', 'hooks.js');

export interface Ran {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Leave stdin open: whoever started it writes there. */
  keepInput?: boolean;
  /** Called with the process once it has started. */
  started?: (child: ChildProcess) => void;
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  {
    cwd,
    env,
    input = '',
    keepInput = false,
    started,
  }: Omit<RunOptions, 'env'> & { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (status, signal) =>
      resolve({
        status,
        signal,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      }),
    );
    child.stdin.on('error', () => {});
    if (!keepInput) child.stdin.end(input);
    started?.(child);
  });
}

/** Every Node that is started tells whether nodegit was loaded into it (nodegit-witness.cjs). */
function witnessed(): { NODE_OPTIONS?: string } {
  if (!process.env.LAZYSPEC_WITNESS) return {};
  const witness = join(PACKAGE, 'test', 'helpers', 'nodegit-witness.cjs');
  return { NODE_OPTIONS: `--require "${witness}"` };
}

export class Sandbox {
  /** The folder that holds everything; its name has a space in it. */
  readonly folder: string;
  readonly home: string;
  /** The bare repository that clones are made of. */
  readonly remote: string;
  readonly env: NodeJS.ProcessEnv;
  #ended: (() => unknown)[] = [];

  private constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'lazyspec hooks-')));
    this.home = join(this.folder, 'home');
    this.remote = join(this.folder, 'remote.git');
    mkdirSync(this.home);
    writeFileSync(
      join(this.home, '.gitconfig'),
      '[user]\n\tname = agent-a\n\temail = a@example.invalid\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n',
    );
    this.env = {
      PATH: process.env.PATH,
      HOME: this.home,
      GIT_CONFIG_NOSYSTEM: '1',
      TZ: 'UTC',
      // nodegit is used where it is asked for: `npm run test:nodegit` does.
      LAZYSPEC_BACKEND: process.env.LAZYSPEC_TEST_BACKEND ?? 'git',
      ...witnessed(),
    };
  }

  /** A remote with one commit on main, holding the given files. */
  static async create(files: Record<string, string> = DOCUMENTS): Promise<Sandbox> {
    const sandbox = new Sandbox();
    await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', sandbox.remote);
    const seed = await sandbox.clone('seed');
    seed.write(files);
    await seed.git('add', '--all');
    await seed.git('commit', '--quiet', '--message', 'Begin');
    await seed.git('push', '--quiet', 'origin', 'HEAD');
    return sandbox;
  }

  /** A clone whose user is an agent of the same name. */
  async clone(agent: string, ...args: string[]): Promise<Clone> {
    const path = join(this.folder, agent);
    await this.git(this.folder, 'clone', '--quiet', ...args, this.remote, path);
    const clone = new Clone(this, path);
    await clone.git('config', 'user.name', agent);
    return clone;
  }

  /** Runs git and insists on success. @returns its stdout without the last newline */
  async git(cwd: string, ...args: string[]): Promise<string> {
    const ran = await run('git', args, { cwd, env: this.env });
    if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout.replace(/\n$/, '');
  }

  /** A program put in front of PATH. @returns the environment in which it is found */
  shadow(name: string, script: string): { PATH: string } {
    const folder = mkdtempSync(join(this.folder, 'bin-'));
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
    return { PATH: `${folder}:${this.env.PATH}` };
  }

  /** A git that notes the subcommand of each call. */
  countingGit(): { env: { PATH: string }; calls: () => string[] } {
    const log = join(this.folder, `calls-${Math.random().toString(36).slice(2)}`);
    writeFileSync(log, '');
    const env = this.shadow(
      'git',
      `#!/bin/sh
for word; do
  case $word in -c) skip=1 ;; -*) ;; *) [ -n "$skip" ] && skip= && continue; break ;; esac
done
echo "$word" >>'${log}'
PATH='${this.env.PATH}' exec git "$@"
`,
    );
    return { env, calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) };
  }

  /** Something to undo when the sandbox goes. */
  onDispose(act: () => unknown): void {
    this.#ended.push(act);
  }

  async dispose(): Promise<void> {
    for (const act of this.#ended.reverse()) await act();
    // Not `rmSync`, which tries again without looking what there is by then (Node 20 and 22): what goes
    // on behind a hook may just have written one more file.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One document of each kind that most tests need, and a file that is none. */
export const DOCUMENTS = {
  '.lazyspec.toml': '[coordination]\nremote = "origin"\n',
  'docs/rfcs/RFC-001-some-title.md': '# One\n',
  'docs/rfcs/RFC-002-another.md': '# Two\n',
  'docs/stories/STORY-042-a-story.md': '# Story\n',
  'README.md': '# Project\n',
};

export class Clone {
  readonly sandbox: Sandbox;
  readonly path: string;

  constructor(sandbox: Sandbox, path: string) {
    this.sandbox = sandbox;
    this.path = path;
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  write(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), content);
    }
  }

  has(path: string): boolean {
    return existsSync(this.at(path));
  }

  remove(path: string): void {
    rmSync(this.at(path));
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  git(...args: string[]): Promise<string> {
    return this.sandbox.git(this.path, ...args);
  }

  /** Runs git and returns how it ended. */
  tryGit(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const env = { ...this.sandbox.env, ...options.env };
    return run('git', args, { ...options, cwd: this.path, env });
  }

  lease(args: readonly string[], options: RunOptions & { cwd?: string } = {}): Promise<Ran> {
    return this.#node(LEASE, args, options);
  }

  hooks(args: readonly string[], options: RunOptions & { cwd?: string } = {}): Promise<Ran> {
    return this.#node(HOOKS, args, options);
  }

  /** Runs lazyspec-lease with --json. @returns the value that it printed */
  // biome-ignore lint/suspicious/noExplicitAny: what is printed is what the tests look into
  async json(args: readonly string[], options: RunOptions = {}): Promise<any> {
    return JSON.parse((await this.lease([...args, '--json'], options)).stdout);
  }

  async #node(program: string, args: readonly string[], options: RunOptions & { cwd?: string }) {
    const env = { ...this.sandbox.env, ...options.env };
    const cwd = options.cwd ?? this.path;
    const ran = await run(process.execPath, [program, ...args], { ...options, cwd, env });
    // What follows are no options of ours: what git tells that hook, or words.
    const end = args.findIndex((arg) => arg === 'pre-push' || arg === '--');
    if (args.slice(0, end < 0 ? undefined : end).includes('--json')) insistOnJson(args, ran);
    return ran;
  }
}
