/**
 * What a coding agent's hooks call. Exit status 0, or 2 to be heard: the only one that Claude Code
 * takes for a refusal, and whose stderr its model reads. Every other lets the edit through, and so
 * does a hook that takes too long, so that this one ends before it would be ended.
 */
import { resolve } from 'node:path';
import type { AgentMoment } from '../agent-moments.ts';
import { EDIT_NOT_MADE } from '../agent-moments.ts';
import { parseAgentCall } from '../commands/agent-call.ts';
import { continueSession, endSession, startSession } from '../commands/agent-session.ts';
import { beforeEdit } from '../commands/before-edit.ts';
import type { ContextOptions } from '../commands/context.ts';
import { parseDuration } from '../config/duration.ts';
import { LazyspecError } from '../errors.ts';
import { withoutRepository } from '../git/work-trees.ts';
import { printable } from './printable.ts';
import { leaseProgramName } from './program-name.ts';
import { asLazyspecError, errorLines } from './render-error.ts';
import { standardInput } from './standard-input.ts';
import { createTerminal } from './terminal.ts';
import { verdict } from './verdict.ts';

/** Seconds; below the timeouts in templates/claude-code/settings.json. */
const DEADLINES: Record<AgentMoment, number> = {
  'session-start': 50,
  'before-edit': 50,
  'after-tool': 20,
  'session-end': 15,
};
/** In milliseconds: time for what is cancelled to end. */
const PATIENCE = 3_000;
/** No file that an agent writes is as large. */
const MOST_INPUT = 64 * 1024 * 1024;

const HEARD = 2;

interface Answer {
  lines?: readonly string[];
  failures?: readonly LazyspecError[];
  /** Whether the agent is to be stopped, or to read what failed. */
  heard?: boolean;
}

interface AgentOptions {
  minInterval?: string;
  /** -C <dir> */
  directory?: string;
}

export async function performAgent(
  moment: AgentMoment,
  { minInterval = '5m', directory = '.' }: AgentOptions = {},
): Promise<void> {
  const { stdout, stderr, env } = process;
  const failed = moment === 'before-edit' ? HEARD : 0;
  // What hangs in spite of the deadline must not let an edit through either.
  setTimeout(() => process.exit(verdict(failed)), DEADLINES[moment] * 1000 + PATIENCE).unref();
  const terminal = createTerminal({ stdout, stderr, env, color: false, quiet: true });
  const paint = await terminal.errorPaint();
  // The model reads at the start what goes to stdout, and otherwise what goes to stderr.
  const write = moment === 'session-start' ? terminal.result : terminal.message;
  const end = endOf(DEADLINES[moment]);
  const tell = (failure: LazyspecError) => {
    const cut = failure.code === 'CANCELLED' && end.isOver();
    const error = cut ? tooLong(DEADLINES[moment]) : withoutForce(failure);
    for (const line of errorLines(error, 'lazyspec-hooks', paint)) write(line);
  };
  let status = failed;
  try {
    const {
      lines = [],
      failures = [],
      heard,
    } = await answer(moment, { minInterval, directory }, end.signal);
    for (const failure of failures) tell(failure);
    for (const line of lines) write(printable(line));
    status = heard ? HEARD : 0;
  } catch (thrown) {
    tell(asLazyspecError(thrown));
  }
  process.exitCode = verdict(status);
  if (status === HEARD && moment === 'before-edit') write(EDIT_NOT_MADE);
  end.stop();
}

async function answer(
  moment: AgentMoment,
  { minInterval, directory }: Required<AgentOptions>,
  signal: AbortSignal,
): Promise<Answer> {
  if (process.env.LAZYSPEC_HOOKS === '0') return {};
  const interval = parseDuration(minInterval);
  const call = parseAgentCall(await standardInput(signal, MOST_INPUT));
  const options = contextOptions(resolve(directory), call.session, signal);
  switch (moment) {
    case 'before-edit': {
      const refusal = await beforeEdit(options, call);
      return refusal ? { failures: [refusal], heard: true } : {};
    }
    case 'session-start':
      return startSession(options, call);
    case 'after-tool': {
      const told = await continueSession(options, call, interval);
      return { ...told, heard: told.failures.length > 0 };
    }
    case 'session-end':
      return endSession(options, call);
  }
}

/** The session is who asks, unless the user says otherwise; a variable may be an outer session's. */
function contextOptions(
  cwd: string,
  session: string | undefined,
  signal: AbortSignal,
): ContextOptions {
  const env = withoutRepository(process.env);
  // The agent's own commands may not know of the session.
  const agentId = env.LAZYSPEC_AGENT_ID ? undefined : session;
  return {
    cwd,
    env: { ...env, ...(session && { CLAUDE_SESSION_ID: session }) },
    signal,
    program: leaseProgramName(env.CLAUDE_PROJECT_DIR || cwd, env, { ...(agentId && { agentId }) }),
    isHook: true,
  };
}

/** What only a person may decide, a model is not told how to do. */
function withoutForce(error: LazyspecError): LazyspecError {
  const { code, message, details, remedies, remedy, data } = error;
  return new LazyspecError(code, message, {
    details: details.filter((line) => !/^ *administrator:/.test(line)),
    remedies: remedies.filter(({ label }) => label !== 'administrator'),
    ...(remedy && { remedy }),
    data,
  });
}

function tooLong(seconds: number): LazyspecError {
  return new LazyspecError('CANCELLED', `it took longer than ${seconds} seconds`, {
    remedy: 'See that the remote answers: npx lazyspec-hooks doctor',
  });
}

/** Cancels what is going on when the time is over, or a signal comes. @param deadline seconds */
function endOf(deadline: number) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    abort();
  }, deadline * 1000);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, abort);
  return {
    signal: controller.signal,
    isOver: () => over,
    stop() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
