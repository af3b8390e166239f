/**
 * The table of leases on a terminal. Loaded where one is shown, and nowhere else: to know how wide a
 * character is takes as long to load as Node itself.
 */
import type { ListedLease } from '../commands/results.ts';
import { relativeTo } from '../times.ts';
import { printable } from './printable.ts';
import { tableLines } from './table.ts';
import type { Paint, Terminal } from './terminal.ts';

export function leaseTable(
  leases: readonly ListedLease[],
  now: number,
  terminal: Terminal,
  paint: Paint,
  /** Whether to say below the table that the remote was not asked. */
  saysCached = true,
): string[] {
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
  return saysCached && leases.some(({ cached }) => cached)
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

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
