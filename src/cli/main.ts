/**
 * From argv to exit status: the only reader of the process and the only writer of its exit code.
 * Commands return results or throw; here they become text or JSON.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from '../commands/context.ts';
import { createContext } from '../commands/context.ts';
import { LazyspecError } from '../errors.ts';
import { endOnClosedOutput } from './closed-output.ts';
import { printable, printableJson } from './printable.ts';
import { leaseProgramName } from './program-name.ts';
import { asLazyspecError, errorJson, errorLines } from './render-error.ts';
import type { Paint, Terminal } from './terminal.ts';
import { createTerminal } from './terminal.ts';
import { verdict } from './verdict.ts';

/** The options that every command takes. */
export interface CommonOptions {
  agentId?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
  /** -C <dir> */
  directory?: string;
}

export interface Output {
  /** What `--json` prints. */
  json: unknown;
  /** What is printed otherwise. */
  text: (terminal: Terminal, paint: Paint) => string[] | Promise<string[]>;
  /** A result that is a refusal: with `--json` the result is printed, otherwise this. */
  refusal?: LazyspecError | undefined;
  /** Where the result itself tells what is wrong: it is printed, and this is the exit status. */
  exitStatus?: number;
}

/** What surrounds all that is printed, for a program that reads along. All of it is on stdout. */
export interface Presentation {
  before: string[];
  /** @param error the refusal, or what has failed */
  after: (error: LazyspecError | undefined) => string[];
}

/**
 * Carries out one command and sets the exit status.
 * @param name what errors begin with
 */
export async function perform(
  name: string,
  options: CommonOptions,
  command: (context: Context, terminal: Terminal) => Promise<Output>,
  {
    isHook = false,
    mayBeBare = false,
    presentation,
  }: { isHook?: boolean; mayBeBare?: boolean; presentation?: Presentation } = {},
): Promise<void> {
  endOnClosedOutput();
  const { stdout, env } = process;
  const stderr = presentation ? stdout : process.stderr;
  const quiet = options.quiet ?? false;
  const terminal = createTerminal({ stdout, stderr, env, color: options.color ?? true, quiet });
  const interruption = listenForSignals();
  const { yellow } = await terminal.errorPaint();
  let failure: LazyspecError | undefined;
  for (const line of presentation?.before ?? []) terminal.result(line);
  try {
    const cwd = startFolder(options.directory);
    const context = createContext({
      cwd,
      env,
      agentId: options.agentId,
      signal: interruption.signal,
      program: leaseProgramName(resolve('.'), env, options),
      warn: (message) => {
        if (!quiet) terminal.message(`${yellow('warning:')} ${printable(message)}`);
      },
      progress: (message) => terminal.progress(message),
      waiting: (line, live) => terminal.waiting(line, live),
      ...(options.verbose && { explain: (message) => terminal.message(printable(message)) }),
      isHook,
      mayBeBare,
    });
    const { json, text, refusal, exitStatus = 0 } = await command(context, terminal);
    process.exitCode = verdict(refusal?.exitStatus ?? exitStatus);
    failure = refusal;
    if (options.json) terminal.result(printableJson(json));
    else if (refusal) await report(refusal, name, terminal);
    else if (!quiet || exitStatus !== 0) {
      for (const line of await text(terminal, await terminal.paint())) terminal.result(line);
    }
  } catch (thrown) {
    const error = asLazyspecError(thrown);
    failure = error;
    if (options.json) terminal.result(printableJson(errorJson(error)));
    else await report(error, name, terminal);
    process.exitCode = verdict(interruption.exitStatus(error));
  } finally {
    terminal.settle();
    for (const line of presentation?.after(failure) ?? []) terminal.result(line);
    interruption.stop();
  }
}

async function report(error: LazyspecError, name: string, terminal: Terminal): Promise<void> {
  for (const line of errorLines(error, name, await terminal.errorPaint())) terminal.message(line);
}

/** Reports a command line that cannot be carried out. */
export async function usageError(
  name: string,
  options: CommonOptions,
  message: string,
  remedy: string,
): Promise<void> {
  await perform(name, options, async () => {
    throw new LazyspecError('USAGE', message, { remedy });
  });
}

/** Time in which a cancelled git has ended, or has been killed (git/run.ts). */
const PATIENCE = 1_500;

/** The first signal cancels what is going on; a second one does not wait for that to work. */
function listenForSignals() {
  const controller = new AbortController();
  let number = 2;
  const listener = (_: NodeJS.Signals, signal: number) => {
    number = signal;
    // Not at once: git is in a group of its own, and would go on with what it was sending.
    if (controller.signal.aborted)
      setTimeout(() => process.exit(verdict(128 + signal)), PATIENCE).unref();
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return {
    signal: controller.signal,
    exitStatus: (error: LazyspecError) =>
      error.code === 'CANCELLED' ? 128 + number : error.exitStatus,
    stop: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}

/** @throws {LazyspecError} USAGE for a folder that is none */
function startFolder(directory: string | undefined): string {
  let folder: string | undefined;
  try {
    folder = resolve(directory ?? '.');
  } catch {
    // The folder that we were started in has been deleted.
  }
  if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return folder;
  }
  throw new LazyspecError('USAGE', `there is no folder ${directory ?? 'here any more'}`, {
    remedy: 'Change to a clone, or name one with -C <dir>.',
  });
}
