/**
 * The library: what the commands do, for programs. Each function takes the folder to work in and
 * returns the value that the command prints with `--json`, always as an array where there may be several,
 * or throws a `LazyspecError`. Nothing is printed, and the process is left alone.
 */

import type {
  ClaimArguments,
  GateArguments,
  HeartbeatArguments,
  LeasesArguments,
  ReleaseArguments,
} from './commands/arguments.ts';
import { claim as claimCommand } from './commands/claim.ts';
import type { Context } from './commands/context.ts';
import { createContext } from './commands/context.ts';
import { gate as gateCommand } from './commands/gate.ts';
import { gateCommits } from './commands/gate-commits.ts';
import { heartbeat as heartbeatCommand } from './commands/heartbeat.ts';
import { leases as leasesCommand } from './commands/leases.ts';
import { release as releaseCommand } from './commands/release.ts';
import type {
  GateResult,
  ListedLease,
  ReleasedLease,
  ShownLease,
  SkippedHeartbeat,
  WrittenLease,
} from './commands/results.ts';
import { show as showCommand } from './commands/show.ts';
import type { DocumentId } from './documents/document.ts';
import { identifyPath } from './documents/identify.ts';

export interface Options {
  /** Any folder of a work tree. */
  root: string;
  /** Who asks; if not given, found as by the commands: from `env`, else from git's configuration. */
  agentId?: string;
  /** In place of the variables of this process, for git as well. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Ends what is going on: CANCELLED where nothing was written, else INDETERMINATE. */
  signal?: AbortSignal;
  /** Told what has to be known, in a sentence. */
  warn?: (message: string) => void;
  /** Told what is being waited for, in a few words. */
  progress?: (message: string) => void;
  /** Told who has the documents that `claim` waits for; `live` gives the line as of now. */
  waiting?: (line: string, live: () => string) => void;
  /** Told which way is taken, and why. */
  explain?: (message: string) => void;
}

/**
 * Claims documents, all or none; renews those that the agent holds.
 * @throws {LazyspecError} HELD_BY_OTHER, NOT_EXPIRED, CLOCK_SKEW, MALFORMED_LEASE where it is refused,
 * with `data.documents`; UNKNOWN_DOCUMENT, USAGE; and for reasons of git, the configuration or the remote
 */
export function claim(options: Options, args: ClaimArguments): Promise<WrittenLease[]> {
  return claimCommand(contextOf(options), args);
}

/**
 * Gives leases back, all or none.
 * @throws {LazyspecError} LEASE_NOT_FOUND, NOT_HOLDER, MALFORMED_LEASE; and as `claim`
 */
export function release(options: Options, args: ReleaseArguments): Promise<ReleasedLease[]> {
  return releaseCommand(contextOf(options), args);
}

/**
 * Renews leases, all or none of those that are not throttled.
 * @throws {LazyspecError} LEASE_LOST, MALFORMED_LEASE; and as `claim`
 */
export function heartbeat(
  options: Options,
  args: HeartbeatArguments,
): Promise<(WrittenLease | SkippedHeartbeat)[]> {
  return heartbeatCommand(contextOf(options), args);
}

/**
 * Lists all leases; a malformed one is listed as such.
 * @throws {LazyspecError} if the remote gives no answer: `data.leases` is then what this clone last saw;
 * for reasons of git or the configuration
 */
export function leases(options: Options, args: LeasesArguments = {}): Promise<ListedLease[]> {
  return leasesCommand(contextOf(options), args);
}

/**
 * Everything known of one document's lease.
 * @param document an id or a path
 * @throws {LazyspecError} UNKNOWN_DOCUMENT, REMOTE_UNREACHABLE and the like
 */
export function show(options: Options, document: string): Promise<ShownLease> {
  return showCommand(contextOf(options), document);
}

/**
 * Whether documents may be changed, or commits may have changed theirs. One that refuses is a result.
 * @throws {LazyspecError} where it cannot be told: the remote does not answer, a range is none
 */
export async function gate(options: Options, args: GateArguments): Promise<GateResult> {
  const context = contextOf(options);
  const ask = 'range' in args ? gateCommits(context, args) : gateCommand(context, args);
  return (await ask).result;
}

/**
 * The document that a path belongs to, if any.
 * @param path relative to the top of the work tree, with slashes; nothing needs to be there
 * @throws {LazyspecError} NOT_A_REPOSITORY, CONFIG_INVALID
 */
export async function identify(options: Options, path: string): Promise<DocumentId | undefined> {
  const { types } = await contextOf(options).config();
  return identifyPath(path, types);
}

function contextOf({ root, env = process.env, ...rest }: Options): Context {
  return createContext({ ...rest, cwd: root, env });
}

export type {
  ClaimArguments,
  GateArguments,
  HeartbeatArguments,
  LeasesArguments,
  ReleaseArguments,
} from './commands/arguments.ts';
export type {
  AbsentLease,
  GatedDocument,
  GateResult,
  LeaseResult,
  ListedLease,
  ReleasedLease,
  ShownLease,
  SkippedHeartbeat,
  Takeover,
  WrittenLease,
} from './commands/results.ts';
export type { DocumentId } from './documents/document.ts';
export type { ErrorCode, FailureOptions, Remedy } from './errors.ts';
export { LazyspecError } from './errors.ts';
