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
import { printable } from './printable.ts';
import { tableLines } from './table.ts';
import type { Paint, Terminal } from './terminal.ts';

export function claimedLines(leases: readonly WrittenLease[]): string[] {
  return leases.map((lease) => {
    const how = lease.renewed ? ', renewed' : '';
    const from = lease.tookOverFrom ? `, taken over from ${lease.tookOverFrom}` : '';
    return printable(`Claimed ${lease.id} (${holding(lease)}${how}${from})`);
  });
}

export function heartbeatLines(results: readonly (WrittenLease | SkippedHeartbeat)[]): string[] {
  return results.map((result) => {
    const what =
      'skipped' in result ? `skipped (throttled, last ${result.last})` : `(${holding(result)})`;
    return printable(`Heartbeat ${result.id} ${what}`);
  });
}

function holding({ agent, expires }: WrittenLease): string {
  return `agent=${agent}, expires=${expires}`;
}

export function releasedLines(results: readonly ReleasedLease[]): string[] {
  return results.map(({ released }) => printable(`Released ${released}`));
}

export function gateLines({ documents }: GateResult): string[] {
  if (documents.length === 0) return ['The gate passes'];
  const ids = new Set(documents.map(({ id }) => id));
  return [printable(`The gate passes: ${[...ids].join(', ')}`)];
}

/** A table for people; `ref TAB agent TAB acquired TAB expires` for programs. */
export function leaseLines(
  leases: readonly ListedLease[],
  now: number,
  terminal: Terminal,
  paint: Paint,
): string[] {
  if (!terminal.isTTY) {
    return leases.map(({ ref, agent, acquired, expires }) =>
      [ref, agent ?? '?', acquired ?? '-', expires ?? '-'].map(printable).join('\t'),
    );
  }
  if (leases.length === 0) return ['No leases.'];
  const rows = leases.toSorted(mineThenSoonest).map((lease) => ({
    cells: [
      lease.id ?? lease.ref,
      lease.mine ? `${lease.agent} (you)` : (lease.agent ?? '?'),
      lease.acquired ? relativeTo(now, seconds(lease.acquired)) : '-',
      timeLeft(lease, now, terminal),
      lease.problem ?? lease.note ?? '',
    ].map(printable),
    paint: rowPaint(lease, paint),
  }));
  const header = ['DOCUMENT', 'HOLDER', 'CLAIMED', 'EXPIRES', 'NOTE'];
  const lines = tableLines(header, rows, terminal.columns, paint.dim, 2);
  return leases.some(({ cached }) => cached)
    ? [...lines, paint.yellow('As last seen by this clone: the remote was not asked.')]
    : lines;
}

/** Mine, then by what ends soonest; what cannot be read comes last. */
function mineThenSoonest(one: ListedLease, other: ListedLease): number {
  if (one.mine !== other.mine) return one.mine ? -1 : 1;
  const [a, b] = [one, other].map(({ expires }) =>
    expires ? seconds(expires) : Number.MAX_SAFE_INTEGER,
  ) as [number, number];
  return a - b;
}

function timeLeft(lease: ListedLease, now: number, { columns, rich }: Terminal): string {
  const { state, expires, committed, acquired } = lease;
  if (state === 'malformed' || !expires) return 'malformed';
  const end = seconds(expires);
  const moment = relativeTo(now, end);
  if (state === 'expired' || end < now) return `expired ${moment}`;
  const begin = seconds(committed ?? acquired ?? expires);
  const width = columns < 100 ? 5 : 10;
  return `${bar((end - now) / (end - begin), width, rich)} ${moment}`;
}

/** How much is left of a lease; as long as it is any, the bar is not empty. */
function bar(share: number, width: number, rich: boolean): string {
  const within = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));
  const full = Math.ceil(within * width);
  return (rich ? '█' : '#').repeat(full) + (rich ? '░' : '.').repeat(width - full);
}

function rowPaint({ state, mine }: ListedLease, paint: Paint): (text: string) => string {
  if (state === 'malformed') return paint.red;
  if (state === 'expired') return paint.yellow;
  return mine ? paint.green : (text) => text;
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
