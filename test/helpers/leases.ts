/** Leases as other tools, other clocks and ill will would write them, put on a remote by hand. */
import type { Sandbox } from './sandbox.ts';
import { run } from './sandbox.ts';

export interface ForeignLease {
  ref?: string;
  /** The text of lease.json; an object is written as JSON. */
  content: unknown;
  /** Committer time, seconds since 1970; now when not given. */
  committed?: number;
  parents?: string[];
}

export const RFC_001 = 'refs/lazyspec/leases/rfc/RFC-001';
export const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Writes a lease into the remote itself. @returns its commit */
export async function plant(
  sandbox: Sandbox,
  { ref = RFC_001, content, committed = now(), parents = [] }: ForeignLease,
): Promise<string> {
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}`;
  const blob = await gitWith(sandbox, ['hash-object', '-w', '--stdin'], text);
  const tree = await gitWith(sandbox, ['mktree'], `100644 blob ${blob}\tlease.json\n`);
  const date = `@${committed} +0000`;
  const parentArgs = parents.flatMap((parent) => ['-p', parent]);
  const commit = await gitWith(sandbox, ['commit-tree', tree, ...parentArgs, '-m', 'lease'], '', {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
  await sandbox.git(sandbox.remote, 'update-ref', ref, commit);
  return commit;
}

/** A lease of `agent-b`, as the Rust tool writes it, last written `age` seconds ago. */
export function leaseOf(agent: string, age = 0, ttl = 3600) {
  const acquired = now() - age;
  return { agent, acquired, expires: acquired + ttl };
}

async function gitWith(
  sandbox: Sandbox,
  args: string[],
  input: string,
  env: Record<string, string> = {},
): Promise<string> {
  const ran = await run('git', args, {
    cwd: sandbox.remote,
    env: { ...sandbox.env, ...env },
    input,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

/** Commit of a lease on the remote, or '' where there is none. */
export async function remoteLease(sandbox: Sandbox, ref = RFC_001): Promise<string> {
  return sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(objectname)', ref);
}

/** The record of a lease on the remote. */
export async function remoteRecord(sandbox: Sandbox, ref = RFC_001) {
  return JSON.parse(await sandbox.git(sandbox.remote, 'show', `${ref}:lease.json`));
}
