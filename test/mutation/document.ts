/** docs/guards.md: the guards as a table for people. */
import type { Area, Guard } from './guard.ts';
import { testFile } from './guard.ts';

export function guardsDocument(areas: readonly Area[]): string {
  const count = areas.reduce((sum, { guards }) => sum + guards.length, 0);
  const head = `# The guards, each taken away

A guard is a condition, an option or a line without which a promise of [the protocol](protocol.md)
or of [the hooks](hooks.md) is broken. \`npm run mutate\` takes each of these ${count} guards away
in turn, in a copy of the project, builds what is left, and runs the tests named here. It ends with
status 1 if a guard goes unnoticed. A mutant that cannot be built, or a test that is not run, is an
error and proves nothing; a test that hangs without the guard counts, and is reported as such.

This file is written by \`npm run docs\`; \`npm test\` compares it with the table in
\`test/mutation\`.
`;
  return [head, ...areas.map(section)].join('\n');
}

function section({ title, guards }: Area): string {
  const rows = guards.map(row);
  return [
    `## ${title}\n`,
    '| guard | what it prevents | noticed by |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function row(guard: Guard): string {
  const { id, file, prevents, named } = guard;
  const test = testFile(guard);
  const source = `[${id}](../${file})`;
  const noticed = `[${guard.noticedBy}](../${test})${named ? `: ${named}` : ''}`;
  return `| ${[source, prevents, noticed].map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
