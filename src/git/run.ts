/**
 * The one place that starts git.
 *
 * Every call has a deadline, can be cancelled, never opens a shell, never prompts, and speaks
 * English (`LC_ALL=C`) so that the few messages that must be recognised (messages.ts) can be.
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { LazyspecError } from '../errors.ts';
import { ownMemory } from './process-memory.ts';

export interface GitResult {
  /** How the process ended; `exit` is the only ending in which `status` means anything. */
  ended: 'exit' | 'signal' | 'deadline' | 'cancelled' | 'flooded' | 'swollen';
  /** Exit status, or -1 when it did not exit by itself. */
  status: number;
  stdout: Buffer;
  stderr: string;
  /** Trace2 events, one JSON object a line, when `trace` was asked for. */
  trace: string;
}

export interface GitCall {
  /** What git reads on stdin, or will: where it is not known yet, git starts meanwhile. */
  input?: string | Buffer | Promise<string> | Readable;
  /** Milliseconds. */
  deadline?: number;
  env?: Record<string, string>;
  /** Collect git's own trace2 events (git-trace2 api) in `result.trace`. */
  trace?: boolean;
  /**
   * Take stdout away as it comes, instead of keeping it in `result.stdout`. Who returns false has
   * seen more than enough: git is ended, as `flooded`.
   */
  onStdout?: (chunk: Buffer) => boolean;
}

export type Git = (args: readonly string[], call?: GitCall) => Promise<GitResult>;

interface GitSettings {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Bytes; a git that takes more is ended. */
  memory?: number;
}

const MEMORY_INTERVAL = 100;
const LOCAL_DEADLINE = 30_000;
/** More than any of our calls can rightly say: 100,000 leases listed are 20 MB. */
const MAX_OUTPUT = 64 * 1024 * 1024;
/** Time for a process to end after SIGTERM, and for its last output to arrive after it ended. */
const GRACE = 500;
/** To descriptor 3, as deep as it goes: what we look for is below git's default depth of 2. */
const TRACE = { GIT_TRACE2_EVENT: '3', GIT_TRACE2_EVENT_NESTING: '10' };
/** Windows has no process groups of this kind. */
const ownGroup = process.platform !== 'win32';

/** `-c` settings of every call. */
export const ALWAYS = [
  // A URL can never make git run a command, or talk through what it finds open.
  ...['-c', 'protocol.ext.allow=never', '-c', 'protocol.fd.allow=never'],
  // Nor can a git directory among the files of a clone.
  ...['-c', 'safe.bareRepository=explicit'],
];

/** Environment in which our pathspecs mean what we wrote and git never waits for a person. */
function gitEnvironment(env: NodeJS.ProcessEnv, extra: Record<string, string>): NodeJS.ProcessEnv {
  const {
    GIT_LITERAL_PATHSPECS: _literal,
    GIT_GLOB_PATHSPECS: _glob,
    GIT_NOGLOB_PATHSPECS: _noglob,
    GIT_ICASE_PATHSPECS: _icase,
    ...rest
  } = env;
  return { ...rest, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...extra };
}

function collect(stream: Readable | null | undefined, take: (chunk: Buffer) => void): void {
  // A reader may be cut off when git is killed: what came until then is what counts.
  stream?.on('data', take).on('error', () => {});
}

/** A git bound to a folder. @throws {LazyspecError} GIT_MISSING, from each call. */
export function createGit({
  cwd,
  env,
  signal,
  memory = Number.POSITIVE_INFINITY,
}: GitSettings): Git {
  return (args, call = {}) =>
    new Promise((done, reject) => {
      let cut: GitResult['ended'] | undefined = signal?.aborted ? 'cancelled' : undefined;
      if (cut) {
        done({ ended: cut, status: -1, stdout: Buffer.alloc(0), stderr: '', trace: '' });
        return;
      }
      const child = start([...ALWAYS, ...args], {
        cwd,
        env: gitEnvironment(env, { ...call.env, ...(call.trace && TRACE) }),
        stdio: [
          call.input === undefined ? 'ignore' : 'pipe',
          'pipe',
          'pipe',
          call.trace ? 'pipe' : 'ignore',
        ],
        windowsHide: true,
        // A group of its own, to be ended with all that git has started: an ssh or a helper that
        // outlives its git may still finish a push that was reported as cut off.
        detached: ownGroup,
      });

      const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[], trace: [] as Buffer[] };
      let size = 0;
      const keep = (list: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_OUTPUT) stop('flooded');
        else list.push(chunk);
      };
      const { onStdout } = call;
      const take = (chunk: Buffer) => onStdout?.(chunk) || stop('flooded');
      collect(child.stdout, onStdout ? take : keep(kept.stdout));
      collect(child.stderr, keep(kept.stderr));
      if (call.trace) collect(child.stdio[3] as Readable, keep(kept.trace));
      // git may end without reading its input; its exit status then tells why.
      child.stdin?.on('error', () => {});
      if (call.input instanceof Promise) {
        // Whoever promised it tells what went wrong.
        call.input.then(
          (text) => child.stdin?.end(text),
          () => child.stdin?.end(),
        );
      } else if (call.input instanceof Readable) {
        if (child.stdin) call.input.pipe(child.stdin);
      } else {
        child.stdin?.end(call.input);
      }

      const timers: NodeJS.Timeout[] = [];
      const later = (ms: number, act: () => void) => timers.push(setTimeout(act, ms));
      const stop = (reason: GitResult['ended']) => {
        if (cut) return;
        cut = reason;
        end(child, 'SIGTERM');
        later(GRACE, () => end(child, 'SIGKILL'));
      };
      const cancel = () => stop('cancelled');
      later(call.deadline ?? LOCAL_DEADLINE, () => stop('deadline'));
      signal?.addEventListener('abort', cancel, { once: true });
      const watch = () => {
        if (ownMemory(child.pid) > memory) stop('swollen');
      };
      const watching = memory < Number.POSITIVE_INFINITY && setInterval(watch, MEMORY_INTERVAL);
      const tidy = () => {
        timers.forEach(clearTimeout);
        if (watching) clearInterval(watching);
        signal?.removeEventListener('abort', cancel);
      };

      child.on('error', (cause) => {
        tidy();
        reject(cannotStart(cause, cwd));
      });
      // A grandchild (ssh, a credential daemon) may hold the pipes open after git itself ended.
      child.on('exit', () =>
        later(GRACE, () => {
          for (const stream of child.stdio) stream?.destroy();
        }),
      );
      child.on('close', (code) => {
        tidy();
        const ended = cut ?? (code === null ? 'signal' : 'exit');
        if (code !== 0) removeCrashReport(cwd, Buffer.concat(kept.stderr).toString('utf8'));
        done({
          ended,
          status: ended === 'exit' && code !== null ? code : -1,
          stdout: Buffer.concat(kept.stdout),
          stderr: Buffer.concat(kept.stderr).toString('utf8'),
          trace: Buffer.concat(kept.trace).toString('utf8'),
        });
      });
    });
}

/** @throws {LazyspecError} USAGE for more arguments than the system passes on */
function start(args: string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn('git', args, options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'E2BIG') throw cause;
    throw new LazyspecError('USAGE', 'these are more documents than one command can take', {
      remedy: 'Name fewer at a time.',
      cause,
    });
  }
}

/** What fast-import says on stderr is enough; its path is relative to the top of the work tree. */
function removeCrashReport(cwd: string, stderr: string): void {
  const [, path] =
    /^fast-import: dumping crash report to (.*fast_import_crash_\d+)$/m.exec(stderr) ?? [];
  for (let folder = cwd; path !== undefined; folder = dirname(folder)) {
    rmSync(resolve(folder, path), { force: true });
    if (dirname(folder) === folder) return;
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!ownGroup || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended by itself.
  }
}

function cannotStart(cause: Error, cwd: string): LazyspecError {
  if ('code' in cause && cause.code === 'ENOENT') {
    return new LazyspecError('GIT_MISSING', `git could not be started in ${cwd}`, {
      remedy: 'Install git, and see that it is on PATH and that the folder exists.',
      cause,
    });
  }
  return new LazyspecError('GIT_MISSING', `git could not be started: ${cause.message}`, { cause });
}

/**
 * Runs git and takes anything but exit status 0 (or one of `alsoFine`) as a failure.
 * @throws {LazyspecError} GIT_FAILED, GIT_MISSING, CANCELLED
 */
export async function mustRun(
  git: Git,
  args: readonly string[],
  { alsoFine = [], ...call }: GitCall & { alsoFine?: readonly number[] } = {},
): Promise<GitResult> {
  const result = await git(args, call);
  if (isFine(result) || (result.ended === 'exit' && alsoFine.includes(result.status)))
    return result;
  throw gitFailed(args, result);
}

/** Whether git did what it was to do: not where its last word is that it died. */
export function isFine({ ended, status, stderr }: GitResult): boolean {
  return ended === 'exit' && status === 0 && !/^fatal: /m.test(stderr);
}

export function gitFailed(args: readonly string[], result: GitResult): LazyspecError {
  if (result.ended === 'cancelled') return new LazyspecError('CANCELLED', 'interrupted');
  const how = {
    exit: result.status === 0 ? 'failed' : `ended with status ${result.status}`,
    signal: 'was killed',
    deadline: 'did not end in time',
    flooded: 'printed more than can be right',
    swollen: 'took more memory than can be right',
  }[result.ended];
  return new LazyspecError('GIT_FAILED', `git ${args[0]} ${how}`, {
    details: result.stderr.trim().split('\n').filter(Boolean).slice(0, 10),
    remedy: 'Mend what git names, then run the same command again.',
  });
}
