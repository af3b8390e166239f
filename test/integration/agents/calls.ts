/** The calls of a coding agent, as Claude Code makes them. */
import { expect } from '@jest/globals';
import type { AgentMoment } from '../../../src/agent-moments.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';

export interface Call {
  session?: string;
  cwd?: string;
  tool?: string;
  input?: Record<string, unknown>;
  env?: Record<string, string>;
  args?: string[];
}

const EVENTS: Record<AgentMoment, string> = {
  'session-start': 'SessionStart',
  'before-edit': 'PreToolUse',
  'after-tool': 'PostToolUse',
  'session-end': 'SessionEnd',
};

export function act(clone: Clone, moment: AgentMoment, call: Call = {}): Promise<Ran> {
  const { session = 's-1', cwd = clone.path, tool = 'Edit', input, env = {}, args = [] } = call;
  const told = {
    session_id: session,
    transcript_path: '/nowhere/transcript.jsonl',
    cwd,
    hook_event_name: EVENTS[moment],
    ...(input && { tool_name: tool, tool_input: input }),
  };
  return clone.hooks(['agent', moment, ...args], {
    cwd,
    env: { CLAUDE_PROJECT_DIR: clone.path, ...env },
    input: JSON.stringify(told),
  });
}

/** Asks before an edit of one file. */
export function edit(clone: Clone, path: string, call: Call = {}): Promise<Ran> {
  return act(clone, 'before-edit', { ...call, input: { file_path: path, old_string: 'a' } });
}

export function expectSilent(ran: Ran): void {
  expect(ran).toEqual({ status: 0, signal: null, stdout: '', stderr: '' });
}

export function expectRefusal(ran: Ran, ...words: string[]): void {
  expect(ran).toMatchObject({ status: 2, stdout: '' });
  for (const word of [...words, 'The edit was not made']) expect(ran.stderr).toContain(word);
  expect(ran.stderr).not.toContain('this is a bug');
}
