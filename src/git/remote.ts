/**
 * The remote: where leases are coordinated. Always the git program, for its credentials, ssh
 * settings, proxies and compare-and-swap pushes.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_REFS } from '../lease-refs.ts';
import { leaseAddress } from './address.ts';
import { isOid, linesOf, oddAnswer } from './answer.ts';
import type { GitConfig } from './config.ts';
import { remoteEnvironment } from './credentials.ts';
import { globsOf } from './globs.ts';
import { pushOutcome } from './push-outcome.ts';
import type { RefChange, RefStore, SwapOutcome } from './ref-store.ts';
import { fetchFailed, notAGitServer } from './remote-failure.ts';
import type { Git, GitCall, GitResult } from './run.ts';
import { isFine, mustRun } from './run.ts';

export interface Remote {
  readonly name: string;
  /**
   * Makes this clone's copies of the refs what the remote holds; one connection.
   * @param deadline milliseconds
   * @throws {LazyspecError} REMOTE_UNREACHABLE, REMOTE_AUTH, REMOTE_NOT_FOUND, CANCELLED
   */
  fetch(refs: readonly string[] | 'all', deadline?: number): Promise<void>;
  /** The same for a shell, and single refs that have to be there; none where there is nothing to fetch. */
  readonly shellFetch?: ShellFetch;
  /** Compare-and-swap of all changes or none; one connection. @param deadline milliseconds */
  swap(changes: readonly RefChange[], deadline?: number): Promise<SwapOutcome>;
  /** Ids of its leases by ref, without copying them here; one connection. */
  advertised?(): Promise<ReadonlyMap<string, string>>;
}

/** A call of git that lacks its last arguments, `+<ref>:<ref>`; it fails where one is not there. */
export interface ShellFetch {
  args: readonly string[];
  env: Record<string, string>;
}

const LOCK_RETRIES = 5;

/** This repository itself (`remote = "."`): its refs are the truth, and nothing is fetched. */
export function ownRepository(store: RefStore): Remote {
  return { name: '.', fetch: async () => {}, swap: (changes) => store.swap(changes) };
}

export interface RemoteSettings {
  /** Where the copies of the remote's leases are kept. */
  store: RefStore;
  config: GitConfig;
  env: NodeJS.ProcessEnv;
  /** Milliseconds that one fetch or push may take. */
  timeout: number;
  /** Addresses that the project says are of one repository. */
  addresses?: readonly string[];
  warn: (message: string) => void;
}

/** @throws {LazyspecError} REMOTE_NOT_FOUND when the clone has no such remote */
export async function gitRemote(
  git: Git,
  name: string,
  { store, config, env, timeout, addresses, warn }: RemoteSettings,
): Promise<Remote> {
  const address = await leaseAddress(git, name, config, addresses);
  const network: GitCall = { deadline: timeout, env: remoteEnvironment(env, config) };
  const guarded = mayBeHttp(address, name, config);
  const own = mirrorOff(name, config);

  async function fetch(refs: readonly string[] | 'all', deadline = timeout) {
    if (refs.length === 0) return;
    const globs = refs === 'all' ? [`${LEASE_REFS}*`] : globsOf(refs);
    const before = guarded ? await snapshot(git, refs === 'all' ? [LEASE_REFS] : globs) : '';
    const call = { ...network, deadline, trace: guarded, input: refspecs(globs) };
    const args = [...own, ...FETCH, '--prune', '--stdin', '--', address];
    const result = await patientFetch(git, args, call);
    const isGenuine = !guarded || result.trace.includes('"negotiated-version"');
    // It says nothing on stdout: what is there is another program's.
    const isOdd = result.stdout.length > 0;
    if (isFine(result) && isGenuine && !isOdd) return;
    // It may have pruned before it failed.
    if (before) await mustRun(git, ['update-ref', '--stdin'], { input: before });
    if (!isFine(result)) throw fetchFailed(name, result, deadline);
    throw isOdd ? oddAnswer('fetch') : notAGitServer(name);
  }

  async function swap(changes: readonly RefChange[], deadline = timeout): Promise<SwapOutcome> {
    // Without a refspec git would push the user's branch.
    if (changes.length === 0) return { kind: 'applied' };
    const args = [
      ...own,
      ...['-c', 'push.pushOption='], // a server may not know of options meant for other pushes
      'push',
      '--porcelain',
      // Not every server can (Azure DevOps is said not to), and a single ref is all or none by itself.
      ...(changes.length > 1 ? ['--atomic'] : []),
      '--no-verify', // or our own pre-push hook would judge this push
      '--no-follow-tags',
      '--no-recurse-submodules',
      '--no-signed',
      ...changes.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`),
      '--',
      address,
      ...changes.map(({ ref, next }) => `${next ?? ''}:${ref}`),
    ];
    const outcome = pushOutcome(await git(args, { ...network, deadline, trace: true }), changes);
    if (outcome.kind === 'applied') {
      await note(changes);
    }
    return outcome;
  }

  /**
   * Only a copy: without it the next command needs a second connection, and is still right. One
   * that another process has moved meanwhile shows what is newer than our push, and stays.
   */
  async function note(changes: readonly RefChange[]): Promise<void> {
    const { kind } = await store.swap(changes);
    if (kind === 'applied' || kind === 'stale' || kind === 'contended') return;
    warn("this clone's copy of a lease could not be updated");
  }

  async function advertised(): Promise<ReadonlyMap<string, string>> {
    const args = ['ls-remote', '--quiet', '--refs', '--', address, `${LEASE_REFS}*`];
    const lines = linesOf('ls-remote', (await mustRun(git, args, network)).stdout);
    return new Map(lines.map((line) => line.split('\t').reverse() as [string, string]));
  }

  // Not `ls-remote`, though no copies are wanted: to that a server sends every ref it has.
  const shellFetch = { args: [...own, ...FETCH, '--', address], env: network.env ?? {} };
  return { name, fetch, swap, shellFetch, advertised };
}

/**
 * A glob is never an error when nothing matches it, and the server sends only what matches:
 * the cost does not grow with the number of other leases.
 */
function refspecs(globs: readonly string[]): string {
  return globs.map((glob) => `+${glob}:${glob}\n`).join('');
}

export const FETCH = [
  // Whether what comes is whole is not to be found out by reading every other lease (git 2.40).
  ...['-c', 'fetch.hideRefs=refs/lazyspec'],
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-filter', // in a partial clone each lease.json would cost a connection of its own
  '--no-write-fetch-head',
  '--no-write-commit-graph',
  '--no-auto-maintenance',
  '--no-recurse-submodules',
  '--refmap=',
];

async function patientFetch(git: Git, args: readonly string[], call: GitCall): Promise<GitResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await git(args, call);
    // Work trees of one clone share these refs, and may be fetching them just now.
    const busy = result.ended === 'exit' && /cannot lock ref|\.lock': File/.test(result.stderr);
    if (!busy || attempt > LOCK_RETRIES) return result;
    await sleep(20 * 2 ** attempt * Math.random());
  }
}

/** A remote configured as a mirror refuses to fetch or push single refs. */
function mirrorOff(name: string, config: GitConfig): string[] {
  const mirror = config.get(`remote.${name}.mirror`) !== undefined;
  return mirror ? ['-c', `remote.${name}.mirror=false`] : [];
}

/**
 * Whether a page that is no ref advertisement could be taken for an empty one: only over HTTP,
 * where git falls back to a protocol that is a plain list of refs (remote-curl.c). A captive
 * portal's page then reads as "no refs at all", and pruning would forget every lease.
 */
function mayBeHttp(address: string, name: string, config: GitConfig): boolean {
  const url = address === name ? (config.get(`remote.${name}.url`) ?? '') : address;
  // insteadOf may turn any address into another.
  const rewritten = config.keys().some((key) => /^url\..*\.insteadof$/.test(key));
  return rewritten || url.includes('::') || /^(https?|ftps?):/i.test(url);
}

/** The local copies as input of `git update-ref --stdin` that brings them back once pruned. */
async function snapshot(git: Git, patterns: readonly string[]): Promise<string> {
  const format = '--format=update %(refname) %(objectname)';
  const { stdout } = await mustRun(git, ['for-each-ref', format, ...patterns]);
  const lines = linesOf('for-each-ref', stdout);
  const isWhole = lines.every((line) => isOid(line.replace(/^update refs\/\S+ /, '')));
  if (!isWhole) throw oddAnswer('for-each-ref');
  return lines.map((line) => `${line}\n`).join('');
}
