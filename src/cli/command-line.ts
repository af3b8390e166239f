/** What both programs' command lines have in common. */
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/duration.ts';
import { LazyspecError } from '../errors.ts';
import { packageVersion } from '../package-root.ts';
import { endOnClosedOutput, isTerminal, printPlainly } from './closed-output.ts';
import { completionScript, SHELLS } from './completion-scripts.ts';
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
      writeOut: printPlainly,
      getOutHelpWidth: () => (isTerminal() ? process.stdout.columns : 80),
      getOutHasColors: isTerminal,
      writeErr: (text) => {
        if (process.argv.includes('--json')) return;
        endOnClosedOutput();
        process.stderr.write(text);
      },
    })
    .exitOverride();
  for (const [flags, text] of COMMON_OPTIONS) program.option(flags, text);
  return program;
}

/** Parses and carries out a command line; what is wrong with it is an error like any other. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  addCompletion(program);
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./complete.ts');
    await complete(program, argv.slice(2));
    return;
  }
  if (argv[0] === 'man-page' && argv.length === 1) {
    const { manPage } = await import('./man-page.ts');
    printPlainly(manPage(program));
    return;
  }
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

/** The command that both have, behind their own. */
export function addCompletion(program: Command): void {
  const name = program.name();
  program
    .command('completion')
    .description('print the script with which a shell completes commands, options and documents')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .addHelpText(
      'after',
      `
The script asks the ${name} that is on PATH, and that asks no remote: ids are
those of this work tree, and who holds them is what this clone has last seen.
${examples(
  `$ source <(${name} completion bash)      in ~/.bashrc`,
  `$ source <(${name} completion zsh)       in ~/.zshrc, after compinit`,
  `$ ${name} completion fish > ~/.config/fish/completions/${name}.fish`,
)}`,
    )
    .action(async (shell, _flags, command) => {
      const { perform } = await import('./main.ts');
      await perform(name, command.optsWithGlobals(), async () => {
        const script = completionScript(shell, name);
        return { json: { shell, script }, text: () => [script.trimEnd()] };
      });
    });
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
