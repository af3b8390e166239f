/**
 * The first lines of every entry in dist (scripts/build.js), in the syntax of Node 12: an old Node
 * must fail here, before it parses or loads what it cannot, and never end with 0. So must what is
 * missing of the program be reported from here, because what would report it may be missing too.
 */
import { EDIT_NOT_MADE } from '../agent-moments.ts';
import type { ErrorCode } from '../errors.ts';
import { nodeProblem, OLDEST_NODE } from '../node-version.ts';
import { DAMAGED, damageOf, damageReport, REINSTALL } from '../package-files.ts';
import { verdict } from './verdict.ts';

const CODE: ErrorCode = 'NODE_TOO_OLD';
const REMEDY = `Put Node ${OLDEST_NODE} or newer first on PATH, then run: npx lazyspec-hooks install`;
const SERVER_REMEDY = `The server's administrator: install Node ${OLDEST_NODE} or newer, or set its path at the top of hooks/pre-receive.`;

interface Failure {
  code: ErrorCode;
  message: string;
  details?: string[];
  remedy: string;
}

/** Ends a program on an old Node. */
export function requireNode(): void {
  const message = nodeProblem(process.versions.node);
  if (message === undefined) return;
  const remedy = process.argv.includes('pre-receive') ? SERVER_REMEDY : REMEDY;
  // Not as a verdict: the hook then tries another Node.
  process.exit(report({ code: CODE, message, remedy }));
}

/** The library leaves the process alone. */
export function requireNodeInLibrary(): void {
  const message = nodeProblem(process.versions.node);
  if (message === undefined) return;
  throw Object.assign(new Error(message), { code: CODE, exitStatus: 3, remedy: REMEDY });
}

/** Ends a program where a file of it is missing or damaged; all else that nobody caught is a bug. */
export function reportDamage(): void {
  process.on('uncaughtException', (error) => {
    const { realpathSync } = process.getBuiltinModule('node:fs');
    const root = realpathSync(process.argv[1] ?? '.').replace(/[\\/]dist[\\/][^\\/]*$/, '');
    const files = damageOf(error, root);
    if (files.length === 0) {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    }
    process.exit(
      verdict(report({ code: DAMAGED, ...damageReport(files, root), remedy: REINSTALL })),
    );
  });
}

/** @returns the exit status */
function report({ code, message, details = [], remedy }: Failure): number {
  const { argv } = process;
  // Claude Code lets an edit through unless its hook ends with 2.
  const refusesEdit = argv.includes('agent') && argv.includes('before-edit');
  if (argv.includes('--json')) {
    const error = { code, message, ...(details.length > 0 && { details }), remedy };
    process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  } else {
    const lines = [
      `lazyspec-hooks: ${message}`,
      ...[...details, remedy].map((line) => `  ${line}`),
    ];
    if (refusesEdit) lines.push(EDIT_NOT_MADE);
    process.stderr.write(`${lines.join('\n')}\n`);
  }
  return refusesEdit ? 2 : 3;
}
