import type { DoctorResult } from '../commands/doctor.ts';
import type { Finding } from '../doctor/finding.ts';
import { firstLines } from '../visible-text.ts';
import { printable } from './printable.ts';
import type { Paint } from './terminal.ts';

const PAINTED = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
/** As wide as the longest state and a space. */
const MARGIN = 'warning '.length;

/** A line for each finding, what is known of it, and what to do, below it. */
export function doctorLines(
  { ok, findings }: DoctorResult,
  quiet: boolean,
  paint: Paint,
): string[] {
  const shown = quiet ? findings.filter(({ state }) => state !== 'ok') : findings;
  const lines = shown.flatMap((finding) => findingLines(finding, paint));
  return quiet ? lines : [...lines, '', ok ? paint.green('All is well.') : summary(findings)];
}

function findingLines({ check, state, message, details = [], remedy }: Finding, paint: Paint) {
  const indent = ' '.repeat(MARGIN);
  const word = paint[PAINTED[state]](state.padEnd(MARGIN));
  return [
    `${word}${printable(`${check}: ${message}`)}`,
    ...firstLines(details, (line) => `${printable(line.trim())}`, '--json').map(
      (line) => `${indent}  ${line}`,
    ),
    ...(remedy ? [`${indent}${paint.cyan(printable(remedy))}`] : []),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
  const parts = [
    [count('failed'), 'failed'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
  ];
  return `Not all is well: ${parts
    .filter(([number]) => number !== 0)
    .map((part) => part.join(' '))
    .join(', ')}.`;
}
