/** A server that knows who pushes to it. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Clone, Sandbox } from '../sandbox.ts';
import { run } from '../sandbox.ts';

/** Each attacks the other. */
export const RIVALS = ['alice', 'bob'] as const;
export const ADMINISTRATOR = 'carol';
export const ACCOUNTS = [...RIVALS, ADMINISTRATOR] as const;
export type Rival = (typeof RIVALS)[number];
export type Account = (typeof ACCOUNTS)[number];

export interface Server {
  /** The bare repository, on the server's side. */
  repository: string;
  /** What git has to be told to come as this account: names and values of its configuration. */
  settings: Record<Account, Record<string, string>>;
}

export interface Kind {
  title: string;
  /** Why there can be none here. */
  missing?: string;
  /**
   * Serves the sandbox's remote, with the hook in place and the administrator named, until the
   * sandbox is disposed of.
   */
  start(sandbox: Sandbox, hook: string): Promise<Server>;
}

export function forEachAccount<T>(make: (account: Account) => T): Record<Account, T> {
  return { alice: make('alice'), bob: make('bob'), carol: make('carol') };
}

/** Puts the hook into a repository, and names who may do what others may not. */
export async function guard(
  sandbox: Sandbox,
  { repository, hook, identity }: { repository: string; hook: string; identity: string },
): Promise<void> {
  symlinkSync(hook, join(repository, 'hooks', 'pre-receive'));
  await sandbox.git(repository, 'config', 'lazyspec.identity', identity);
  await sandbox.git(repository, 'config', 'lazyspec.administrator', ADMINISTRATOR);
}

/** What a server is set up with; it has to succeed. @returns its stdout */
export async function must(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; input?: string },
): Promise<string> {
  const ran = await run(program, args, options);
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${program} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
}

/** A clone whose user is the agent of an account's name, and whose remote is the server. */
export async function cloneAs(
  sandbox: Sandbox,
  server: Server,
  account: Account,
  name: string = account,
): Promise<Clone> {
  const clone = await sandbox.clone(name);
  await clone.git('config', 'user.name', account);
  for (const [key, value] of Object.entries(server.settings[account])) {
    await clone.git('config', key, value);
  }
  return clone;
}
