/**
 * The library: what the commands do, for programs. Each function takes the folder to work in and
 * returns the value that the command prints with `--json`, or throws a `LazyspecError`. Nothing is
 * printed, and the process is left alone.
 */

import type { ClaimArguments } from './commands/claim.ts';
import { claim as claimCommand } from './commands/claim.ts';
import type { Context, ContextOptions } from './commands/context.ts';
import { createContext } from './commands/context.ts';
import type { GateArguments as GateNow } from './commands/gate.ts';
import { gate as gateCommand } from './commands/gate.ts';
import type { CommitsArguments } from './commands/gate-commits.ts';
import { gateCommits } from './commands/gate-commits.ts';
import type { HeartbeatArguments } from './commands/heartbeat.ts';
import { heartbeat as heartbeatCommand } from './commands/heartbeat.ts';
import type { LeasesArguments } from './commands/leases.ts';
import { leases as leasesCommand } from './commands/leases.ts';
import type { ReleaseArguments } from './commands/release.ts';
import { release as releaseCommand } from './commands/release.ts';
import type {
  GateResult,
  ListedLease,
  ReleasedLease,
  SkippedHeartbeat,
  WrittenLease,
} from './commands/results.ts';
import type { ShownLease } from './commands/show.ts';
import { show as showCommand } from './commands/show.ts';
import type { DocumentId } from './documents/document.ts';
import { identifyPath } from './documents/identify.ts';
import { LazyspecError } from './errors.ts';

export interface Options extends Partial<Omit<ContextOptions, 'cwd'>> {
  /** Any folder of a work tree. */
  root: string;
}

/** Claims documents, all or none; renews those that the agent holds. */
export function claim(options: Options, args: ClaimArguments): Promise<WrittenLease[]> {
  return claimCommand(contextOf(options), args);
}

/** Gives leases back, all or none. */
export function release(options: Options, args: ReleaseArguments): Promise<ReleasedLease[]> {
  return releaseCommand(contextOf(options), args);
}

/** Renews leases, all or none of those that are not throttled. */
export function heartbeat(
  options: Options,
  args: HeartbeatArguments,
): Promise<(WrittenLease | SkippedHeartbeat)[]> {
  return heartbeatCommand(contextOf(options), args);
}

/** Lists all leases. */
export function leases(options: Options, args: LeasesArguments = {}): Promise<ListedLease[]> {
  return leasesCommand(contextOf(options), args);
}

/** Everything known of one document's lease. */
export function show(options: Options, document: string): Promise<ShownLease> {
  return showCommand(contextOf(options), document);
}

/** What the agent may change now, or what the commits of a range have changed. */
export type GateArguments = GateNow | Extract<CommitsArguments, { range: string }>;

/** Whether documents may be changed; a gate that refuses is a result, not an error. */
export async function gate(options: Options, args: GateArguments): Promise<GateResult> {
  const context = contextOf(options);
  const ask = 'range' in args ? gateCommits(context, args) : gateCommand(context, args);
  return (await ask).result;
}

/** The document that a path (relative to the root, with slashes) belongs to, if any. */
export async function identify(options: Options, path: string): Promise<DocumentId | undefined> {
  const { types } = await contextOf(options).config();
  return identifyPath(path, types);
}

function contextOf({ root, env = process.env, ...rest }: Options): Context {
  return createContext({ ...rest, cwd: root, env });
}

export type {
  ClaimArguments,
  DocumentId,
  GateResult,
  HeartbeatArguments,
  LeasesArguments,
  ListedLease,
  ReleaseArguments,
  ReleasedLease,
  ShownLease,
  SkippedHeartbeat,
  WrittenLease,
};
export { LazyspecError };
