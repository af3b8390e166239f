/** What both programs' command lines have in common. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/duration.ts';
import { LazyspecError } from '../errors.ts';
import { packageVersion } from '../package-root.ts';
import type { CommonOptions } from './main.ts';

const COMMON_OPTIONS: readonly [flags: string, description: string][] = [
  ['-C, --directory <dir>', 'run as if started in <dir>'],
  ['--json', 'print one JSON value, for success and for failure'],
  ['-q, --quiet', 'print errors only'],
  ['--no-color', 'print without colour'],
];

export function createProgram(name: string, description: string): Command {
  const program = new Command(name)
    .description(description)
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      outputError: () => {},
      writeErr: (text) => {
        if (!process.argv.includes('--json')) process.stderr.write(text);
      },
    })
    .exitOverride();
  for (const [flags, text] of COMMON_OPTIONS) program.option(flags, text);
  return program;
}

/** Parses and carries out a command line; what is wrong with it is an error like any other. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // --help or --version, printed
    const name = program.name();
    if (error.code === 'commander.help' && !argv.includes('--json')) {
      process.exitCode = 2; // no command: the help is on stderr
      return;
    }
    const options: CommonOptions = {
      json: argv.includes('--json'),
      color: !argv.includes('--no-color'),
    };
    const command = program.commands.find((one) => argv.includes(one.name()));
    const remedy = `See: ${name}${command ? ` ${command.name()}` : ''} --help`;
    const message = error.code === 'commander.help' ? 'no command given' : error.message;
    const { usageError } = await import('./main.ts');
    await usageError(name, options, message.replace(/^error: /, ''), remedy);
  }
}

/** A duration on the command line, in seconds. */
export function durationOption(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof LazyspecError)) throw error;
    throw new InvalidArgumentError([error.message, error.remedy].filter(Boolean).join('. '));
  }
}

/** Examples below a command's help; `$` begins what is typed. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
