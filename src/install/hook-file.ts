/**
 * One hook file in git's hooks folder: what is there, and the steps from there to our hook and
 * back. Pure but for the reading.
 *
 * Lines that users add before or behind our part stay there. A hook of ours that was edited
 * otherwise is set aside as `<hook>.edited-lazyspec`, where nothing runs it.
 *
 * A hook that was there before is kept beside ours as `<hook>.before-lazyspec`, which ours runs
 * first. It is never rewritten: a second name for the same file is made, then ours is renamed over
 * the first. Killed at any point, there is a working hook, install reaches its end, and uninstall
 * the beginning.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { LazyspecError } from '../errors.ts';
import type { Step } from './apply.ts';
import { FORMER_HOOKS } from './former-hooks.ts';
import { splitAtOurs } from './our-part.ts';

/** Where a hook that was there before ours is kept. */
export function keptName(path: string): string {
  return `${path}.before-lazyspec`;
}

export interface HookState {
  path: string;
  /** Undefined where there is no file. */
  content: Buffer | undefined;
  kept: Buffer | undefined;
  mode: number;
}

/** @throws {LazyspecError} FILE_SYSTEM for something that is no file, or cannot be read */
export function readHook(path: string): HookState {
  const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o7777;
  return { path, content: readFile(path), kept: readFile(keptName(path)), mode };
}

function readFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A hook below a folder that does not exist, or a link to nothing: git sees no hook there.
    if (code === 'ENOENT' && !lstatSync(path, { throwIfNoEntry: false })) return undefined;
    throw new LazyspecError('FILE_SYSTEM', `the hook ${path} cannot be read: ${message}`, {
      remedy: 'Move it away or make it readable, then run this again. Nothing was changed.',
    });
  }
}

/** Whether a hook is ours: this one, or one of an earlier release; to the byte. */
export function isOurs(
  content: Buffer,
  ours: Buffer,
  former: ReadonlySet<string> = FORMER_HOOKS,
): boolean {
  return content.equals(ours) || former.has(createHash('sha256').update(content).digest('hex'));
}

/** What is not ours in a hook that has our part in it. */
export interface TheirLines {
  /** With the shebang. */
  before: string;
  after: string;
  /** Our part is not as we wrote it. */
  edited: boolean;
}

/** @returns undefined for a hook that has no part of ours; a former release has no lines to tell */
export function linesBesideOurs(content: Buffer, ours: Buffer): TheirLines | undefined {
  const text = content.toString('latin1');
  // With a CRLF shebang nothing of it runs.
  const lines = /^#!.*\r\n/.test(text) ? text.replaceAll('\r\n', '\n') : text;
  const split = splitAtOurs(lines, [ourPart(ours)]);
  if (!split) return undefined;
  // Where the line at our end is gone, what follows counts as added.
  const added = split.added?.join('') ?? '';
  return { ...split, after: added + split.after, edited: split.added === undefined };
}

function ourPart(ours: Buffer): string {
  const text = ours.toString('latin1');
  return text.slice(text.indexOf('\n') + 1);
}

const SHEBANG = '#!/bin/sh\n';

/** Runs the hook of before in place of us, once ours is out and lines of users stay. */
const RUN_KEPT =
  '[ ! -x "$0.before-lazyspec" ] || "$0.before-lazyspec" "$@" || exit # kept by lazyspec-hooks\n';

/** Where nobody runs a hook of ours that was edited. */
function asideName(path: string): string {
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map(
    (n) => `${path}.edited-lazyspec${n > 1 ? `-${n}` : ''}`,
  );
  return names.find((name) => !existsSync(name)) ?? `${path}.edited-lazyspec-${Date.now()}`;
}

/** A copy of the hook as it is, where it was edited. */
function setAside(path: string, theirs: TheirLines | undefined): Step[] {
  return theirs?.edited ? [{ do: 'keep', path, as: asideName(path) }] : [];
}

/** An earlier version kept a hook of ours that was edited as if it were the user's. */
function withoutOursKept(
  hook: HookState,
  ours: Buffer,
  former: ReadonlySet<string>,
): { steps: Step[]; kept: Buffer | undefined } {
  const { path, kept } = hook;
  const theirs = kept && beside(kept, ours, former);
  if (!theirs) return { steps: [], kept };
  const as = keptName(path);
  const aside = setAside(as, theirs);
  if (!hasLines(theirs)) {
    return { steps: [...aside, { do: 'remove', path: as }], kept: undefined };
  }
  const content = bytes(theirs.before + theirs.after);
  const write: Step = { do: 'write', path: as, content, mode: 0o755 };
  return { steps: [...aside, write], kept: content };
}

function beside(content: Buffer, ours: Buffer, former: ReadonlySet<string>) {
  if (isOurs(content, ours, former)) return { before: '', after: '', edited: false };
  return linesBesideOurs(content, ours);
}

/** Whether a power failure, or a full disk, has left nothing of a hook: git runs it, and it refuses nothing. */
export function isBlank(content: Buffer): boolean {
  return content.every((byte) => byte === 0);
}

export function installSteps(
  hook: HookState,
  ours: Buffer,
  former: ReadonlySet<string> = FORMER_HOOKS,
): Step[] {
  const { path, content } = hook;
  const write = (text: Buffer): Step[] => {
    const isDone = content?.equals(text) && (hook.mode & 0o111) !== 0;
    const theirs = text !== ours && { theirs: true as const };
    return isDone ? [] : [{ do: 'write', path, content: text, mode: 0o755, ...theirs }];
  };
  // An empty file that git does not run is somebody's placeholder.
  const isLost = content !== undefined && isBlank(content) && (hook.mode & 0o111) !== 0;
  if (content === undefined || isLost) return write(ours);
  const { kept, steps } = withoutOursKept(hook, ours, former);
  const theirs = beside(content, ours, former) ?? (kept && linesBesideKept(content));
  if (theirs) {
    const { before, after } = theirs;
    const text = bytes((before === '' ? SHEBANG : before) + ourPart(ours) + after);
    return [...steps, ...setAside(path, theirs), ...write(hasLines(theirs) ? text : ours)];
  }
  if (kept === undefined) steps.push({ do: 'keep', path, as: keptName(path) });
  // Killed between the two steps, an earlier install left the same file under both names.
  if (kept === undefined || kept.equals(content)) return [...steps, ...write(ours)];
  // Written anew by the same manager: the older one is of no use.
  if (isOfPreCommit(kept) && isOfPreCommit(content)) {
    const renewed = { do: 'write', path: keptName(path), content, mode: hook.mode } as const;
    return [...steps, renewed, ...write(ours)];
  }
  throw new LazyspecError(
    'FILE_SYSTEM',
    `there are two hooks that are not ours: ${path} and ${keptName(path)}`,
    { remedy: `Merge them into ${path}, remove the other, then run this again.` },
  );
}

export function isOfPreCommit(content: Buffer): boolean {
  return /^# File generated by (?:pre-commit|prek): /m.test(content.toString('latin1'));
}

function linesBesideKept(content: Buffer): TheirLines | undefined {
  const [before = '', after] = content.toString('latin1').split(RUN_KEPT);
  return after === undefined ? undefined : { before, after, edited: false };
}

export function uninstallSteps(
  hook: HookState,
  ours: Buffer,
  former: ReadonlySet<string> = FORMER_HOOKS,
): Step[] {
  const { path, content, mode } = hook;
  const { kept, steps } = withoutOursKept(hook, ours, former);
  const theirs = content && beside(content, ours, former);
  steps.push(...setAside(path, theirs));
  if (theirs && hasLines(theirs)) {
    const text = bytes(theirs.before + (kept ? RUN_KEPT : '') + theirs.after);
    return [...steps, { do: 'write', path, content: text, mode, theirs: true }];
  }
  if (kept === undefined) return theirs ? [...steps, { do: 'remove', path }] : steps;
  const sameTwice = content?.equals(kept) ?? false;
  if (!theirs && !sameTwice && content !== undefined) return steps;
  // Two names of one file: renaming one over the other would do nothing, and succeed.
  if (sameTwice) return [...steps, { do: 'remove', path: keptName(path) }];
  return [...steps, { do: 'rename', path: keptName(path), to: path }];
}

export function hasLines({ before, after }: TheirLines): boolean {
  return before.replace(/^#!.*/, '').trim() !== '' || after.trim() !== '';
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
