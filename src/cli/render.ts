/** Results as text. */
import type {
  GateResult,
  ListedLease,
  ReleasedLease,
  ShownLease,
  SkippedHeartbeat,
  WrittenLease,
} from '../commands/results.ts';
import { relativeTo } from '../times.ts';
import { firstLines } from '../visible-text.ts';
import { printable } from './printable.ts';

export function claimedLines(leases: readonly WrittenLease[]): string[] {
  return listed(leases, (lease) => {
    const how = lease.renewed ? ', renewed' : '';
    const from = lease.tookOverFrom ? `, taken over from ${lease.tookOverFrom}` : '';
    return printable(`Claimed ${lease.id} (${holding(lease)}${how}${from})`);
  });
}

export function heartbeatLines(results: readonly (WrittenLease | SkippedHeartbeat)[]): string[] {
  return listed(results, (result) => {
    const what =
      'skipped' in result ? `skipped (throttled, last ${result.last})` : `(${holding(result)})`;
    return printable(`Heartbeat ${result.id} ${what}`);
  });
}

function holding({ agent, expires }: WrittenLease): string {
  return `agent=${agent}, expires=${expires}`;
}

export function releasedLines(results: readonly ReleasedLease[]): string[] {
  return listed(results, ({ released }) => printable(`Released ${released}`));
}

function listed<T>(results: readonly T[], line: (one: T) => string): string[] {
  return firstLines(results, line, '--json');
}

export function gateLines({ documents }: GateResult): string[] {
  if (documents.length === 0) return ['The gate passes'];
  const ids = [...new Set(documents.map(({ id }) => id))];
  return [printable(`The gate passes: ${listed(ids, (id) => id).join(', ')}`)];
}

/** For programs: `ref TAB agent TAB acquired TAB expires`. */
export function leaseRows(leases: readonly ListedLease[]): string[] {
  return leases.map(({ ref, agent, acquired, expires }) =>
    [ref, agent ?? '?', acquired ?? '-', expires ?? '-'].map(printable).join('\t'),
  );
}

/** Everything known of one lease, a line each. */
export function shownLines(lease: ShownLease, now: number): string[] {
  if (lease.state === 'absent') return [printable(`${lease.id} is not claimed`)];
  if (lease.state === 'malformed') return [printable(`${lease.id} is malformed: ${lease.problem}`)];
  const moment = (time: string) => `${relativeTo(now, seconds(time))} (${time})`;
  const facts: [string, string | null | undefined][] = [
    ['holder', lease.mine ? `${lease.agent} (you)` : lease.agent],
    ['state', lease.state],
    ['claimed', lease.acquired && moment(lease.acquired)],
    ['last written', lease.committed && moment(lease.committed)],
    [lease.state === 'expired' ? 'expired' : 'expires', lease.expires && moment(lease.expires)],
    ['host', lease.host],
    ['work tree', lease.worktree],
    ['branch', lease.branch],
    ['note', lease.note],
    ['takeover', takeoverText(lease)],
    ['ref', lease.ref],
  ];
  const known = facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
  return [
    printable(lease.id ?? lease.ref),
    ...known.map(({ name, value }) => printable(`  ${`${name}:`.padEnd(14)}${value}`)),
  ];
}

function takeoverText(lease: Exclude<ShownLease, { state: 'absent' }>): string | undefined {
  if (!lease.takeover || lease.mine) return undefined;
  const { allowed, byClockAfter, byObservationAfter } = lease.takeover;
  if (allowed) return 'allowed now (claim --force)';
  const clock = byClockAfter ? `by the clock after ${byClockAfter}, ` : '';
  return `${clock}by observation after ${byObservationAfter}, if not renewed`;
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
