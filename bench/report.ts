/** What was found, as a table for people, as one for docs/performance.md, and as JSON. */
import type { Spread } from './measure.ts';

export interface Figure {
  work: string;
  /** `×`, `processes`, … */
  unit: string;
  value: number;
  /** Between what eight of ten rounds were; none where something was counted. */
  low?: number;
  high?: number;
  /** What a ratio is to. */
  against?: string;
  /** At most this. */
  goal?: number;
}

/** How something grows. */
export interface Curve {
  title: string;
  columns: string[];
  rows: (string | number)[][];
}

export interface Findings {
  figures: Figure[];
  curves: Curve[];
}

export interface Run {
  machine: string;
  versions: string;
  rounds: number;
  groups: Record<string, Findings>;
}

export function ratioFigure(
  work: string,
  { median, low, high }: Spread,
  against: string,
  goal?: number,
): Figure {
  return { work, unit: '×', value: median, low, high, against, ...(goal && { goal }) };
}

export function count(work: string, value: number, unit: string, goal?: number): Figure {
  return { work, unit, value, ...(goal && { goal }) };
}

/** A case's own time, for the curves. */
export function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}

const HEADER = ['work', 'found', 'spread', 'against', 'goal', ''];

function cells({ work, unit, value, low, high, against = '', goal }: Figure): string[] {
  const number = (one: number) => (Number.isInteger(one) ? String(one) : one.toFixed(2));
  const between = low === undefined || high === undefined ? '' : `${number(low)}–${number(high)}`;
  const verdict = goal === undefined ? '' : value <= goal ? 'met' : 'MISSED';
  const wanted = goal === undefined ? '' : `≤ ${goal}`;
  return [work, `${number(value)} ${unit}`, between, against, wanted, verdict];
}

export function isMissed({ value, goal }: Figure): boolean {
  return goal !== undefined && !(value <= goal);
}

/** Tables of a run, in Markdown, which is a table for people as well once its columns are even. */
export function markdown({ machine, versions, rounds, groups }: Run): string {
  const parts = [`${machine}; ${versions}; ${rounds} rounds, medians, spread from p10 to p90.`];
  for (const [name, { figures, curves }] of Object.entries(groups)) {
    parts.push(`**${name}**`);
    if (figures.length > 0) parts.push(table(HEADER, figures.map(cells)));
    for (const { title, columns, rows } of curves) {
      parts.push(
        `${title}:`,
        table(
          columns,
          rows.map((row) => row.map(String)),
        ),
      );
    }
  }
  return parts.join('\n\n');
}

function table(header: string[], rows: string[][]): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
