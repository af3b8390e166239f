/** Parts of docs/commands.md, out of the definitions that `--help` shows. */
import type { Command, Help } from 'commander';
import { addCompletion } from '../../src/cli/command-line.ts';
import { hooksProgram } from '../../src/cli/hooks-program.ts';
import { leaseProgram } from '../../src/cli/lease-program.ts';
import { blocksAfterHelp, sentence } from '../../src/cli/man-page.ts';
import type { ExplainedCode } from '../../src/commands/explain-code.ts';
import { code, table, words } from './markdown.ts';

/** Both programs, as they are when they run. */
export const PROGRAMS = [leaseProgram, hooksProgram()];
for (const program of PROGRAMS) addCompletion(program);

export function programReference(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const contents = commands.map((command) => [
    `[${code(command.name())}](#${program.name()}-${command.name()})`,
    words(command.description()),
  ]);
  return [
    table(['command', 'is to'], contents),
    `With every command:\n\n${options(program, help)}`,
    ...commands.map((command) => reference(program, command, help)),
  ].join('\n\n');
}

function reference(program: Command, command: Command, help: Help): string {
  const name = `${program.name()} ${command.name()}`;
  const rest = blocksAfterHelp(command).filter((block) => !block.startsWith('Examples:'));
  return [
    `### ${name}`,
    code(`${name} ${command.usage()}`),
    words(sentence(command.description())),
    options(command, help),
    ...rest.map(block),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** `--help` is told of once, for all commands. */
function options(command: Command, help: Help): string {
  const rows = [
    ...help
      .visibleArguments(command)
      .map((one) => [code(help.argumentTerm(one)), help.argumentDescription(one)]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => !command.parent || long !== '--help')
      .map((one) => [code(help.optionTerm(one)), help.optionDescription(one)]),
  ];
  if (rows.length === 0) return '';
  return table(
    ['argument or option', 'meaning'],
    rows.map(([term = '', text = '']) => [term, words(text)]),
  );
}

/** A paragraph; or what is laid out by hand, as it is. */
function block(lines: string): string {
  if (!/^ /m.test(lines)) return words(lines);
  const margin = /^(?: {2}.*\n?)+$/.test(lines) ? /^ {2}/gm : /^$/g;
  return `\`\`\`text\n${lines.replace(margin, '')}\n\`\`\``;
}

const STATUSES: Record<string, string> = {
  0: 'done; the gate passes',
  1: 'refused; doctor found something that is not well, a warning too',
  2: 'usage or configuration',
  3: 'no repository, no git, no remote; nothing was changed',
  4: 'the remote may or may not have taken the write; run it again: it finds out',
  70: 'a bug in this program',
  130: 'interrupted before anything was written; 143 where the signal was SIGTERM',
};

export function exitStatuses(codes: readonly ExplainedCode[]): string {
  const statuses = new Set(['0', ...codes.map(({ exitStatus }) => String(exitStatus))]);
  const rows = [...statuses].map((status) => {
    const meaning = STATUSES[status];
    if (meaning === undefined) throw new Error(`exit status ${status} has no meaning yet`);
    const named = codes.filter(({ exitStatus }) => String(exitStatus) === status);
    const links = named.map((one) => `[${code(one.code)}](errors.md#${one.code.toLowerCase()})`);
    return [status, meaning, links.join(' ')];
  });
  return table(['status', 'meaning', 'codes'], rows);
}
