/** The table of what each manager catches, as it is printed and as it stands in the documentation. */

import type { Title } from './managers.ts';
import { TITLES } from './managers.ts';
import type { Outcome } from './outcome.ts';

export type Row = Record<Title, Outcome>;
export type Table = Record<string, Row>;

/** A Markdown table with its columns aligned. */
export function markdown(table: Record<string, Partial<Row>>): string {
  const rows = [
    ['act', ...TITLES],
    ...Object.entries(table).map(([act, row]) => [act, ...TITLES.map((one) => row[one] ?? '')]),
  ];
  const widths = ['', ...TITLES].map((_, column) => {
    return Math.max(...rows.map((row) => row[column]?.length ?? 0));
  });
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((row) => line(row, widths)).join('\n');
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
}
