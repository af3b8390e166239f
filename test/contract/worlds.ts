/** What the contract suites build their repositories with: git itself, never the code under test. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { GitResult } from '../../src/git/run.ts';
import type { Clone, Sandbox } from '../helpers/sandbox.ts';

export const RFC_1 = 'refs/lazyspec/leases/rfc/RFC-001';
export const RFC_2 = 'refs/lazyspec/leases/rfc/RFC-002';
export const STORY = 'refs/lazyspec/leases/story/STORY-042';

/** Runs git with input, and insists on success. @returns its stdout without the last newline */
export async function feed(
  clone: Clone,
  args: readonly string[],
  input: string,
  env: Record<string, string> = {},
): Promise<string> {
  const ran = await clone.tryGit(args, { input, env });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.replace(/\n$/, '');
}

/** A commit of a tree with the given entries, in the form of `git mktree`; moves no ref. */
export async function commitOfTree(clone: Clone, entries: string): Promise<string> {
  const tree = await feed(clone, ['mktree'], entries);
  return clone.git('commit-tree', '-m', 'a lease', tree);
}

/** A commit whose lease.json reads as given; moves no ref. */
export async function commitOf(clone: Clone, content: string): Promise<string> {
  const blob = await feed(clone, ['hash-object', '-w', '--stdin'], content);
  return commitOfTree(clone, `100644 blob ${blob}\tlease.json\n`);
}

/** Which object each of a repository's lease refs is at. */
export async function leaseRefs(sandbox: Sandbox, folder: string): Promise<Record<string, string>> {
  const format = '--format=%(refname) %(objectname)';
  const listed = await sandbox.git(folder, 'for-each-ref', format, 'refs/lazyspec');
  const rows = listed.split('\n').filter(Boolean);
  return Object.fromEntries(rows.map((row) => row.split(' ') as [string, string]));
}

export function writeHook(repository: string, name: string, script: string): void {
  const path = join(repository, 'hooks', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** git's exact words, as the code under test gets them. */
export function rawGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  input = '',
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...args], {
      cwd,
      env: { ...env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      timeout: 30_000,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.stdin.on('error', () => {}).end(input);
    child.on('error', reject);
    child.on('close', (status) =>
      resolve({
        ended: 'exit',
        status: status ?? -1,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString('utf8'),
        trace: '',
      }),
    );
  });
}

/** A web server that gives every request the same answer. @returns its address as a remote's */
export async function httpAnswering(
  sandbox: Sandbox,
  status: number,
  headers: Record<string, string> = {},
  body = '',
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  sandbox.onDispose(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/remote.git`;
}

/** A captive portal's page, as such pages are: of several lines. */
export const PORTAL_PAGE = '<!doctype html>\n<html>\n<body>Please log in</body>\n</html>\n';
export const HTML = { 'content-type': 'text/html' };
