/** The page of man(1), out of what `--help` says; the build writes it to dist/man. */
import type { Command, Help } from 'commander';
import { packageVersion } from '../package-root.ts';

const OTHER: Record<string, string> = {
  'lazyspec-lease': 'lazyspec-hooks',
  'lazyspec-hooks': 'lazyspec-lease',
};

export function manPage(program: Command): string {
  const name = program.name();
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const parts = [
    `.TH ${name.toUpperCase()} 1 "" "lazyspec-hooks ${packageVersion()}" "User Commands"`,
    `.SH NAME\n${text(name)} \\- ${text(program.description().replace(/\..*$/s, ''))}`,
    `.SH SYNOPSIS\n.B ${text(name)}\n.RI [ options ]\n.I command\n.RI [ arguments ]`,
    `.SH DESCRIPTION\n${text(program.description())}\n${afterHelp(program)}`,
    `.SH OPTIONS\nThese go with every command.\n${optionList(program, help)}`,
    `.SH COMMANDS\n${commands.map((command) => commandPart(command, help)).join('\n')}`,
    `.SH SEE ALSO\n.BR ${text(OTHER[name] ?? '')} (1),\n.BR git (1)`,
  ];
  return `${parts.join('\n')}\n`;
}

function commandPart(command: Command, help: Help): string {
  const operands = help
    .visibleArguments(command)
    .map(
      (one) => `.TP\n.I ${text(help.argumentTerm(one))}\n${text(help.argumentDescription(one))}`,
    );
  return [
    `.SS ${text(`${command.name()} ${command.usage()}`)}`,
    `${text(sentence(command.description()))}`,
    ...operands,
    optionList(command, help),
    afterHelp(command),
  ]
    .filter(Boolean)
    .join('\n');
}

/** `--help` is told of once, for all commands. */
function optionList(command: Command, help: Help): string {
  return help
    .visibleOptions(command)
    .filter(({ long }) => !command.parent || long !== '--help')
    .map((one) => `.TP\n.B ${text(help.optionTerm(one))}\n${text(help.optionDescription(one))}`)
    .join('\n');
}

/** What stands below the lists in the help: paragraphs, and what is laid out by hand. */
export function blocksAfterHelp(command: Command): string[] {
  let written = '';
  command.configureOutput({
    writeOut: (part) => {
      written += part;
    },
  });
  command.outputHelp();
  return written
    .slice(command.helpInformation().length)
    .replace(/^\n+|\s+$/g, '')
    .split(/\n{2,}/)
    .filter(Boolean);
}

function afterHelp(command: Command): string {
  return blocksAfterHelp(command).map(block).join('\n');
}

function block(lines: string): string {
  if (!/^ /m.test(lines)) return `.PP\n${text(lines)}`;
  return `.PP\n.nf\n${text(lines)}\n.fi`;
}

export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Text that roff takes as it is: no request, no escape, no dash that is another one. */
function text(plain: string): string {
  return plain
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\n -~]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    });
}
