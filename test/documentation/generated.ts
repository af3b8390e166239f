/**
 * What of the documentation is made out of the source: whole files, and parts of files between two
 * comments. `npm run docs` writes them, and a test compares.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, explainCode } from '../../src/commands/explain-code.ts';
import { EXPECTED } from '../e2e/managers/expected.ts';
import { markdown as actTable } from '../e2e/managers/table.ts';
import { attackTable } from '../e2e/server/attacks.ts';
import { PACKAGE } from '../helpers/sandbox.ts';
import type { Guard } from '../mutation/guard.ts';
import { GUARDS } from '../mutation/guards/index.ts';
import { exitStatuses, PROGRAMS, programReference } from './commands.ts';
import { keyTable, TABLES } from './configuration.ts';
import { errorsDocument } from './errors.ts';

interface Part {
  /** As it is named in the comment before it. */
  name: string;
  content: string;
}

const explained = ERROR_CODES.map(explainCode);

/** Whole files; or the parts of a file, whose prose is written by hand. */
const GENERATED: Record<string, string | Part[]> = {
  'docs/errors.md': errorsDocument(explained),
  'docs/commands.md': [
    ...PROGRAMS.map((program) => ({ name: program.name(), content: programReference(program) })),
    { name: 'exit statuses', content: exitStatuses(explained) },
  ],
  'docs/managers.md': [{ name: 'acts', content: actTable(EXPECTED) }],
  'docs/server.md': [{ name: 'attacks', content: attackTable() }],
  'docs/safety.md': [{ name: 'guards', content: guardTable(GUARDS) }],
  'docs/configuration.md': TABLES.map(([name, schema]) => ({ name, content: keyTable(schema) })),
};

export const GENERATED_FILES = Object.keys(GENERATED);

function guardTable(guards: readonly Guard[]): string {
  const rows = guards.map(({ id, prevents, test }) => `| ${id} | ${prevents} | ${test} |`);
  return ['| guard | without it | test that fails |', '| --- | --- | --- |', ...rows].join('\n');
}

/** @returns the text that a file of the documentation ought to have */
export function generated(path: string): string {
  const parts = GENERATED[path] ?? [];
  if (typeof parts === 'string') return parts;
  return parts.reduce(
    (text, part) => withPart(text, path, part),
    readFileSync(join(PACKAGE, path), 'utf8'),
  );
}

function withPart(text: string, path: string, { name, content }: Part): string {
  const begin = `<!-- written by npm run docs: ${name} -->\n`;
  const end = `<!-- end: ${name} -->`;
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (!text.includes(begin) || to === -1) {
    throw new Error(`${path} is to have the lines ${begin.trim()} and ${end}`);
  }
  return `${text.slice(0, from)}\n${content}\n\n${text.slice(to)}`;
}
