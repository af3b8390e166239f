/**
 * One hook file in git's hooks folder: what is there, and the steps from there to our hook and
 * back. Pure but for the reading.
 *
 * A hook that was there before is kept beside ours as `<hook>.before-lazyspec`, which ours runs
 * first. It is never rewritten: a second name for the same file is made, then ours is renamed over
 * the first. Killed at any point, there is a working hook, install reaches its end, and uninstall
 * the beginning.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { LazyspecError } from '../errors.ts';
import type { Step } from './apply.ts';
import { FORMER_HOOKS } from './former-hooks.ts';

/** Where a hook that was there before ours is kept. */
export function keptName(path: string): string {
  return `${path}.before-lazyspec`;
}

interface HookState {
  path: string;
  /** Undefined where there is no file. */
  content: Buffer | undefined;
  kept: Buffer | undefined;
  executable: boolean;
}

/** @throws {LazyspecError} FILE_SYSTEM for something that is no file, or cannot be read */
export function readHook(path: string): HookState {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const executable = ((stat?.mode ?? 0) & 0o111) !== 0;
  return { path, content: readFile(path), kept: readFile(keptName(path)), executable };
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

export function installSteps(
  hook: HookState,
  ours: Buffer,
  former: ReadonlySet<string> = FORMER_HOOKS,
): Step[] {
  const write: Step = { do: 'write', path: hook.path, content: ours, mode: 0o755 };
  if (hook.content === undefined) return [write];
  if (hook.content.equals(ours) && hook.executable) return [];
  if (isOurs(hook.content, ours, former)) return [write];
  if (hook.kept === undefined) {
    return [{ do: 'keep', path: hook.path, as: keptName(hook.path) }, write];
  }
  // Killed between the two steps, an earlier install left the same file under both names.
  if (hook.kept.equals(hook.content)) return [write];
  throw new LazyspecError(
    'FILE_SYSTEM',
    `there are two hooks that are not ours: ${hook.path} and ${keptName(hook.path)}`,
    { remedy: `Merge them into ${hook.path}, remove the other, then run this again.` },
  );
}

export function uninstallSteps(
  hook: HookState,
  ours: Buffer,
  former: ReadonlySet<string> = FORMER_HOOKS,
): Step[] {
  const removable = hook.content !== undefined && isOurs(hook.content, ours, former);
  if (hook.kept === undefined) return removable ? [{ do: 'remove', path: hook.path }] : [];
  const sameTwice = hook.content?.equals(hook.kept) ?? false;
  if (!removable && !sameTwice && hook.content !== undefined) return [];
  // Two names of one file: renaming one over the other would do nothing, and succeed.
  if (sameTwice && !removable) return [{ do: 'remove', path: keptName(hook.path) }];
  return [{ do: 'rename', path: keptName(hook.path), to: hook.path }];
}
