/** Clones with the hook installed, and the acts that most tests of it are made of. */
import { expect } from '@jest/globals';
import { plant } from '../../helpers/leases.ts';
import type { Clone, Ran, RunOptions, Sandbox } from '../../helpers/sandbox.ts';

export const RFC_1 = 'docs/rfcs/RFC-001-some-title.md';
export const RFC_2 = 'docs/rfcs/RFC-002-another.md';
export const STORY = 'docs/stories/STORY-042-a-story.md';

/** A clone in which git runs our hook. */
export async function guardedClone(sandbox: Sandbox, agent = 'agent-a', ...args: string[]) {
  const clone = await sandbox.clone(agent, ...args);
  await install(clone);
  return clone;
}

export async function install(clone: Clone): Promise<void> {
  expect(await clone.hooks(['install'])).toMatchObject({ status: 0, stderr: '' });
}

export function commit(clone: Clone, args: string[] = [], options: RunOptions = {}): Promise<Ran> {
  return clone.tryGit(['commit', '--quiet', '--message', 'Change', ...args], options);
}

/** Stages all that is in the work tree, and commits it. */
export async function commitAll(clone: Clone, options: RunOptions = {}): Promise<Ran> {
  await clone.git('add', '--all');
  return commit(clone, [], options);
}

/** Commits files past the pre-commit hook. @returns the commit */
export async function sneak(
  clone: Clone,
  files: Record<string, string>,
  message = 'Sneak in',
): Promise<string> {
  clone.write(files);
  await clone.git('add', '--all');
  await clone.git('commit', '--quiet', '--no-verify', '--message', message);
  return clone.git('rev-parse', 'HEAD');
}

/** Commits a configuration past the hook: commits are judged by the one in HEAD. */
export async function configure(clone: Clone, text: string): Promise<void> {
  clone.write({ '.lazyspec.toml': text });
  await clone.git('add', '.lazyspec.toml');
  const commit = ['commit', '--quiet', '--no-verify', '--message', 'Configure', '--only'];
  await clone.git(...commit, '.lazyspec.toml');
}

/** The same with more at its end. */
export function configureMore(clone: Clone, text: string): Promise<void> {
  return configure(clone, clone.read('.lazyspec.toml') + text);
}

export function push(
  clone: Clone,
  args: string[] = ['origin', 'HEAD'],
  options: RunOptions = {},
): Promise<Ran> {
  return clone.tryGit(['push', '--quiet', ...args], options);
}

let rules = 0;

/** Changes the configuration on a branch of the remote. */
export async function setRules(sandbox: Sandbox, text: string, branch = 'main'): Promise<void> {
  const clone = await sandbox.clone(`rules-${++rules}`, '--branch', branch);
  clone.write({ '.lazyspec.toml': text });
  await clone.git('commit', '--quiet', '--all', '--allow-empty', '--message', 'Rules');
  await clone.git('push', '--quiet', 'origin', `HEAD:${branch}`);
}

/** Brings a clone back to what the remote has. */
export async function startOver(clone: Clone): Promise<void> {
  await clone.git('reset', '--quiet', '--hard', 'origin/main');
  await clone.git('clean', '--quiet', '-dff');
}

export async function claim(clone: Clone, ...ids: string[]): Promise<void> {
  expect(await clone.lease(['claim', ...ids])).toMatchObject({ status: 0, stderr: '' });
}

export async function release(clone: Clone, ...ids: string[]): Promise<void> {
  expect(await clone.lease(['release', ...ids])).toMatchObject({ status: 0, stderr: '' });
}

/** The ids of the documents that a refusal is about, sorted. */
export function refusedIds({ stderr }: Ran): string[] {
  const ids = stderr.matchAll(/([A-Z]+-[0-9]+): (?:document|your lease|its lease)/g);
  return [...ids].map(([, id = '']) => id).sort();
}

/** Insists that a commit was refused, for these documents and no others. */
export function expectRefused(ran: Ran, ...ids: string[]): void {
  expect({ status: ran.status, ids: refusedIds(ran), stderr: ran.stderr }).toEqual({
    status: 1,
    ids,
    stderr: expect.stringContaining('lazyspec-hooks:'),
  });
}

export function expectPassed(ran: Ran): void {
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
}

/** Puts a lease on the remote, as some other program might have written it. */
export async function putLease(
  sandbox: Sandbox,
  name: string,
  content: Record<string, unknown> | string,
): Promise<void> {
  await plant(sandbox, { ref: `refs/lazyspec/leases/${name}`, content });
}
