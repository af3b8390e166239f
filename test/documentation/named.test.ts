/** What the pages name within their lines: commands, options, keys, variables. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { blocksAfterHelp } from '../../src/cli/man-page.ts';
import { PACKAGE } from '../helpers/sandbox.ts';
import { PROGRAMS } from './commands.ts';
import { TABLES } from './configuration.ts';
import { PAGES } from './pages.ts';

const SOURCES = ['src', 'hooks', 'templates', 'test', 'bench', 'scripts']
  .flatMap((folder) => readdirSync(join(PACKAGE, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');

/** Options that no command declares. */
const HANDLED_BEFORE = ['--help', '--verdict'];

/** What of a command line there is not: a command, or an option. */
function unknown(line: string): string[] {
  const [, name, rest = ''] = /\b(lazyspec-(?:lease|hooks))(?: (.*))?$/.exec(line) ?? [];
  const program = PROGRAMS.find((one) => one.name() === name);
  if (!program) return [];
  // What is in quotes, or belongs to another command of the line, is nobody's option of ours.
  const words = rest.replace(/"[^"]*"|[|;&`].*/g, '').split(' ');
  const command = program.commands.find((one) => words.includes(one.name()));
  const options = [program, ...(command ? [command] : [])].flatMap((one) =>
    one.options.flatMap(({ short, long }) => [short, long]),
  );
  const [first = ''] = words;
  const isCommand = command || /^(--?\w.*|man-page|<.*|…|)$/.test(first);
  return [
    ...(isCommand ? [] : [first]),
    ...words.filter(
      (word) =>
        /^--?[a-z]/.test(word) &&
        !options.includes(word.replace(/=.*/, '')) &&
        !HANDLED_BEFORE.includes(word),
    ),
  ];
}

describe.each(
  PAGES.filter(({ path }) => path !== 'CHANGELOG.md').map((page) => [page.path, page] as const),
)('%s names', (_, { spans, fences, text }) => {
  test('commands and options that there are', () => {
    const lines = [...spans, ...fences.flatMap(({ code }) => code.split('\n'))];
    const wrong = lines.map((line) => ({ line, unknown: unknown(line) }));
    expect(wrong.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
  });

  test('keys of the configuration that there are', () => {
    const keys = TABLES.flatMap(([table, schema]) =>
      Object.keys(schema.properties ?? {}).map((key) => `[${table}] ${key}`),
    );
    const named = spans.map((span) => /^\[\w+\] \w+/.exec(span)?.[0]).filter(Boolean);
    expect(named.filter((one) => !keys.includes(one ?? ''))).toEqual([]);
  });

  test('variables that something reads', () => {
    const named = new Set(text.match(/\bLAZYSPEC_\w+/g));
    expect([...named].filter((one) => !SOURCES.includes(one))).toEqual([]);
  });
});

test('the examples of --help name commands and options that there are', () => {
  const lines = PROGRAMS.flatMap((program) => [program, ...program.commands])
    .flatMap(blocksAfterHelp)
    .flatMap((block) => block.split('\n'))
    .filter((line) => /^ *\$ |\| *$|^ {4}/.test(line));
  expect(lines.length).toBeGreaterThan(20);
  const wrong = lines.map((line) => ({ line, unknown: unknown(line) }));
  expect(wrong.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
});
