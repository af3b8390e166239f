/**
 * The first lines of every entry in dist (scripts/build.js), in the syntax of Node 12: an old Node
 * must fail here, before it parses or loads what it cannot, and never end with 0.
 */
import { EDIT_NOT_MADE } from '../agent-moments.ts';
import type { ErrorCode } from '../errors.ts';
import { nodeProblem, OLDEST_NODE } from '../node-version.ts';

const CODE: ErrorCode = 'NODE_TOO_OLD';
const REMEDY = `Put Node ${OLDEST_NODE} or newer first on PATH, then run: npx lazyspec-hooks install`;
const SERVER_REMEDY = `The server's administrator: install Node ${OLDEST_NODE} or newer, or set its path at the top of hooks/pre-receive.`;

/** Ends a program on an old Node. */
export function requireNode(): void {
  const message = nodeProblem(process.versions.node);
  if (message === undefined) return;
  const { argv } = process;
  const remedy = argv.includes('pre-receive') ? SERVER_REMEDY : REMEDY;
  // Claude Code lets an edit through unless its hook ends with 2.
  const refusesEdit = argv.includes('agent') && argv.includes('before-edit');
  if (argv.includes('--json')) {
    const error = { code: CODE, message, remedy };
    process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  } else {
    const lines = [`lazyspec-hooks: ${message}`, `  ${remedy}`];
    if (refusesEdit) lines.push(EDIT_NOT_MADE);
    process.stderr.write(`${lines.join('\n')}\n`);
  }
  process.exit(refusesEdit ? 2 : 3);
}

/** The library leaves the process alone. */
export function requireNodeInLibrary(): void {
  const message = nodeProblem(process.versions.node);
  if (message === undefined) return;
  throw Object.assign(new Error(message), { code: CODE, exitStatus: 3, remedy: REMEDY });
}
