/** What a coding agent tells its hooks on stdin: one JSON object, in the form of Claude Code's. */
import { LazyspecError } from '../errors.ts';

export interface AgentCall {
  /** `session_id` */
  session: string | undefined;
  /** `cwd`: where the agent is. */
  cwd: string | undefined;
  /** The files that its tool is about to write, as `tool_input` names them. */
  files: string[];
}

/** Under these a tool names one file; under their plurals, several. */
const FILE_KEYS = ['file_path', 'notebook_path', 'path', 'filePath', 'notebookPath'];

/** @throws {LazyspecError} USAGE for what is no JSON object */
export function parseAgentCall(text: string): AgentCall {
  const call = objectIn(text);
  const input = call.tool_input;
  return { session: textIn(call.session_id), cwd: textIn(call.cwd), files: filesIn(input) };
}

function objectIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // told below
  }
  if (isObject(value)) return value;
  throw new LazyspecError('USAGE', 'what came on stdin is no JSON object', {
    remedy: 'Have the agent call this as its hook: see lazyspec-hooks agent --help.',
  });
}

function filesIn(input: unknown): string[] {
  if (!isObject(input)) return [];
  // A tool that makes several edits may name the file in each of them.
  const edits = Object.values(input).filter(Array.isArray).flat().filter(isObject);
  const named = [input, ...edits].flatMap((one) =>
    FILE_KEYS.flatMap((key) => [one[key], ...listIn(one[`${key}s`])]),
  );
  return [...new Set(named.flatMap((name) => textIn(name) ?? []))];
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
