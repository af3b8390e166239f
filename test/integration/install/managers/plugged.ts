/** What holds for every hook manager that ours is plugged into. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from '@jest/globals';
import { HOOKS } from '../../../../src/hook-names.ts';
import type { Clone, Ran, RunOptions } from '../../../helpers/sandbox.ts';
import { DOCUMENTS } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';

/** Seed files of a clone that has dependencies. */
export const PROJECT = {
  ...DOCUMENTS,
  '.gitignore': 'node_modules\n',
  'package.json': '{\n  "name": "project",\n  "private": true\n}\n',
};

/** How a manager is told to run one of our hooks. */
export const OUR_COMMAND = /sh -c '[^']*' lazyspec-hooks/g;

/** Of git's own files only those that install may touch. */
const GITS = new Set(['config', 'config.lock', 'config.worktree', 'hooks', 'info', 'lazyspec']);

/** Every file and folder of a clone, with its mode and content; git's objects and refs aside. */
export function worldOf(...tops: string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string, top: string, inGit: boolean) => {
    const stat = lstatSync(path);
    const name = relative(top, path);
    if (stat.isDirectory()) {
      found[`${name}/`] = '';
      for (const inner of readdirSync(path)) {
        if (inner === 'node_modules' || (inGit && !GITS.has(inner))) continue;
        visit(join(path, inner), top, inner === '.git');
      }
      return;
    }
    const content = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'latin1');
    found[name] = `${stat.mode.toString(8)} ${content}`;
  };
  for (const top of tops) visit(top, top, false);
  return found;
}

export type World = ReturnType<typeof worldOf>;

export interface Plugging extends RunOptions {
  /** What follows `install`. */
  args?: string[];
  cwd?: string;
}

/** Insists that a command succeeded, and said nothing on stderr. @returns its stdout */
export function expectDone({ status, stdout, stderr }: Ran): string {
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout });
  return stdout;
}

/** Insists that a command failed with these words, and changed nothing. */
export async function expectFails(
  clone: Clone,
  command: string[],
  { status, words, ...options }: Plugging & { status: number; words: string[] },
): Promise<void> {
  const before = worldOf(clone.path);
  const ran = await clone.hooks(command, options);
  expect(ran).toMatchObject({ status, stdout: '' });
  for (const word of words) expect(ran.stderr).toContain(word);
  expect(ran.stderr).not.toContain('this is a bug');
  expect(worldOf(clone.path)).toEqual(before);
}

/**
 * Installs, and sees that a plan changes nothing, that twice is once, and that output fits its
 * schema. @returns the result as JSON, and the world before
 */
export async function plugIn(clone: Clone, { args = [], ...options }: Plugging = {}) {
  const before = worldOf(clone.path);
  const plan = expectDone(await clone.hooks(['install', '--dry-run', ...args], options));
  expect(worldOf(clone.path)).toEqual(before);

  const ran = await clone.hooks(['install', '--json', ...args], options);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  const result = JSON.parse(ran.stdout);
  expect(result.installed).toBe(true);
  const once = worldOf(clone.path);
  const again = expectDone(await clone.hooks(['install', ...args], options));
  expect(again).toContain('are installed already');
  expect(worldOf(clone.path)).toEqual(once);
  expect(expectDone(await clone.hooks(['install', '--quiet', ...args], options))).toBe('');
  return { before, plan, result };
}

/** Takes it all back, and sees that nothing is left. */
export async function unplug(clone: Clone, before: World, options: Plugging = {}): Promise<void> {
  const installed = worldOf(clone.path);
  expectDone(await clone.hooks(['uninstall', '--dry-run'], options));
  expect(worldOf(clone.path)).toEqual(installed);
  const ran = await clone.hooks(['uninstall', '--json'], options);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(worldOf(clone.path)).toEqual(before);
  const again = expectDone(await clone.hooks(['uninstall'], options));
  expect(again).toContain('Nothing of ours is installed');
}

/** Insists that doctor sees each of our hooks refuse. */
export async function expectProven(clone: Clone): Promise<void> {
  const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
  const fires = findings.filter(({ check }: { check: string }) => check === 'fires');
  expect(fires.map(({ state, message }: Record<string, string>) => [state, message])).toEqual(
    HOOKS.map((hook) => ['ok', expect.stringContaining(`is refused by ${hook}`)]),
  );
}

/** Insists that a commit of an unclaimed document is refused, and another is not. */
export async function expectGuarded(clone: Clone, options: RunOptions = {}): Promise<void> {
  clone.write({ [RFC_1]: `# ${Math.random()}\n` });
  expectRefused(await commitAll(clone, options), 'RFC-001');
  await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1);
  clone.write({ 'README.md': `# ${Math.random()}\n` });
  const ran = await commitAll(clone, options);
  expect({ status: ran.status, stderr: ran.status ? ran.stderr : '' }).toEqual({
    status: 0,
    stderr: '',
  });
  await clone.git('reset', '--quiet', 'HEAD~1');
  await clone.git('checkout', '--quiet', 'HEAD', '--', 'README.md');
}
