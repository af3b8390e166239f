/** What has to hold after a command, whatever git did to it. */
import type { Ran } from '../helpers/sandbox.ts';
import type { Fault } from './faults.ts';
import { wayOf } from './faults.ts';
import type { Call } from './faulty-git.ts';
import type { Subject } from './subjects.ts';
import { isDone, isUntouched } from './subjects.ts';
import type { State } from './world.ts';

export interface Injection {
  subject: Subject;
  call: Call;
  fault: Fault;
}

export interface Observed {
  ran: Ran;
  before: State;
  after: State;
}

/** Errors that say no more than that git, or the remote, did not do what it was to do. */
const FAILED = new Set([
  ...[
    'GIT_FAILED',
    'GIT_MISSING',
    'INDETERMINATE',
    'REMOTE_UNREACHABLE',
    'REMOTE_REFUSED',
    'CONTENDED',
  ],
]);

/**
 * What git may say nothing to, and mean it: no refs, no files, no changes; a fetch or a write that
 * went well. And what an id in the place of another can only be believed to be.
 */
const BELIEVED =
  /^(for-each-ref|fetch|ls-files|ls-tree|rev-list|diff-tree|diff-index|ls-remote|update-ref|symbolic-ref|hook\.sh|worktree|config|add|reset|commit|merge|push|init|rev-parse) /;

/** Whether git's answer may have been a right one, so that what follows from it is not ours. */
export function isBelievable({ call, fault }: Injection): boolean {
  return wayOf(fault) === 'plausible' && BELIEVED.test(call);
}

/** What is wrong with how a command ended. */
export function violations(injection: Injection, { ran, before, after }: Observed): string[] {
  const { subject } = injection;
  const found = [...outcomeViolations(injection, ran), ...leftovers(before, after, subject)];
  const untouched = isUntouched(before, after);
  const done = subject.writes !== undefined && isDone(subject, before, after);
  if (!untouched && !done) found.push('the remote has what nobody asked for');
  const { status } = ran;
  if (
    status === 0 &&
    subject.usual.status === 0 &&
    subject.writes &&
    !done &&
    !isBelievable(injection)
  ) {
    found.push('it says that it is done, and it is not');
  }
  if (status !== 0 && status !== 4 && subject.json !== false && !untouched) {
    found.push(`status ${status} says that nothing was changed, and it was`);
  }
  return found;
}

function outcomeViolations(injection: Injection, { status, stdout, stderr }: Ran): string[] {
  const { subject } = injection;
  const found: string[] = [];
  if (/^\s+at .+:\d+/m.test(stderr) || /INTERNAL|lazyspec.*\bbug\b/.test(stderr))
    found.push('it shows a stack trace');
  if (status === 0 && subject.usual.status !== 0 && !isBelievable(injection))
    found.push('it passes what must be refused');
  if (subject.json === false) return found;
  if (![0, 1, 2, 3, 4].includes(status ?? -1)) found.push(`its exit status is ${status}`);
  if (status === 4 && !subject.writes) found.push('status 4, where nothing is written');
  const value = parsed(stdout);
  if (value === undefined) return [...found, 'it does not print one JSON value'];
  if (subject.doctor) return found;
  const code = codeOf(value);
  const usual = subject.usual.code;
  if (status !== 0 && !isBelievable(injection) && !FAILED.has(code) && code !== usual) {
    found.push(`it says ${code}`);
  }
  return found;
}

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

function codeOf(value: unknown): string {
  const { error, ok } = value as { error?: { code?: string }; ok?: boolean };
  return ok === false ? 'gate' : (error?.code ?? 'nothing');
}

/** Files of a kind that nobody keeps, and what install has half done. */
function leftovers(before: State, after: State, subject: Subject): string[] {
  const odd = [...after.files.keys()].filter(
    (path) =>
      !before.files.has(path) &&
      (/\.lock$|\.tmp|tmp_|~$/.test(path) || path.startsWith('temporary/')),
  );
  const refs = [...after.files.keys()].filter((path) =>
    /refs\/lazyspec\/(unborn|probe)/.test(path),
  );
  return [...odd, ...(subject.doctor ? [] : refs)].map((path) => `it leaves ${path}`);
}

/** What is wrong with how the same command ends with a whole git. */
export function secondViolations(
  { subject }: Injection,
  first: Observed,
  { ran, before, after }: Observed,
): string[] {
  const { usual, doneTwice, writes } = subject;
  const wasDone = writes !== undefined && isDone(subject, before, first.after);
  const code = subject.json === false ? undefined : codeOf(parsed(ran.stdout) ?? {});
  const ended =
    ran.status === usual.status || (wasDone && doneTwice !== undefined && code === doneTwice);
  const found: string[] = [];
  if (subject.once && first.ran.status === 0) return found;
  if (!ended)
    found.push(
      `run again it ends with ${ran.status} (${code ?? ran.stderr.trim().split('\n')[0]})`,
    );
  if (usual.status === 0 && writes && !isDone(subject, before, after))
    found.push('run again it does not end what was begun');
  if (usual.status !== 0 && !isUntouched(before, after))
    found.push('run again it changes something');
  return found;
}
