import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import { AGENT_MOMENTS } from '../agent-moments.ts';
import type { Context } from '../commands/context.ts';
import { ALL_HOOKS, SERVER_HOOK } from '../hook-names.ts';
import { MANAGER_NAMES } from '../install/managers/manager.ts';
import { createProgram, examples, runProgram } from './command-line.ts';
import type { Output } from './main.ts';

const NAME = 'lazyspec-hooks';

export async function runHooksProgram(argv: readonly string[]): Promise<void> {
  await runProgram(hooksProgram(), withHookArguments(argv));
}

/** The command line of lazyspec-hooks. */
export function hooksProgram(): Command {
  const program = createProgram(
    NAME,
    'Makes git refuse commits, merges and pushes of documents that you have not claimed.',
  ).addHelpText(
    'after',
    `
Exit status: 0 done · 1 refused, or not all is well · 2 usage or configuration
             3 no repository, no git, no remote · 70 a bug
${examples(
  '$ npx lazyspec-hooks install     once in each clone',
  '$ npx lazyspec-hooks doctor      proves that git refuses',
  '$ npx lazyspec-lease claim RFC-001',
)}`,
  );

  program
    .command('install')
    .description('put the hooks into whatever runs hooks in this clone, for all of its work trees')
    .addOption(managerOption())
    .option('--save', "write package.json's prepare script, so that every clone installs by itself")
    .option('-y, --yes', 'where there is no configuration, write .lazyspec.toml without asking')
    .option('--force', 'make the configuration of a manager that is not set up here')
    .addOption(
      new Option('--agent <name>', "put ours into a coding agent's own hooks as well").choices([
        'claude-code',
      ]),
    )
    .option('--dry-run', 'show what would be done, as a diff, and do nothing')
    .addHelpText(
      'after',
      `
Without a configuration, install looks at the names of the files in git, shows a
.lazyspec.toml for the documents that it recognises, and asks whether to write
it. --yes writes it without asking: where none were recognised, one to begin
with. Nobody is asked without a terminal, with --json or --quiet, in CI, or from
npm's prepare. A configuration that is there is never changed.
${examples(
  '$ npx lazyspec-hooks install --yes',
  '$ npx lazyspec-hooks install --dry-run',
  '$ npx lazyspec-hooks install --agent claude-code',
  '$ npx lazyspec-hooks install --save',
  '$ npx lazyspec-hooks install --manager lefthook',
)}`,
    )
    .action(async (flags, command) => {
      await act(command, async (context) => {
        const { installAction } = await import('./install-action.ts');
        return installAction(context, flags, command.optsWithGlobals());
      });
    });

  program
    .command('uninstall')
    .description('take back all that install did, but for the configuration')
    .option('--dry-run', 'show what would be done, as a diff, and do nothing')
    .addHelpText(
      'after',
      examples('$ npx lazyspec-hooks uninstall --dry-run', '$ npx lazyspec-hooks uninstall'),
    )
    .action(async ({ dryRun = false }, command) => {
      await act(command, async (context) => {
        const { uninstallAction } = await import('./install-action.ts');
        return uninstallAction(context, dryRun);
      });
    });

  program
    .command('doctor')
    .description('look at all that has to be right here, and prove that the hooks refuse')
    .option('--agent-id <id>', 'who is asking; else $LAZYSPEC_AGENT_ID, …, git config')
    .addHelpText(
      'after',
      `
It has git commit, merge and push in a scratch work tree, and swaps a scratch
ref on the remote; both are removed again. Other hooks of this repository run
there as well.

Exit status: 0 all is well · 1 something failed, or is to be warned of
${examples('$ npx lazyspec-hooks doctor', '$ npx lazyspec-hooks doctor --json')}`,
    )
    .action(async (_flags, command) => {
      await act(command, async (context) => {
        const { doctorAction } = await import('./doctor-action.ts');
        return doctorAction(context);
      });
    });

  program
    .command('run')
    .description('run a hook; what the installed hooks call, and on a server the one of templates/')
    .argument('<hook>', [...ALL_HOOKS, SERVER_HOOK].join(', '))
    .argument('[args...]', "the hook's own arguments")
    .addHelpText(
      'after',
      examples(
        '$ npx lazyspec-hooks run pre-commit   judges what is staged, as the hook does',
        '$ npx lazyspec-hooks run commit-msg .git/COMMIT_EDITMSG',
      ),
    )
    .action(async (hook, args, _flags, command) => {
      const options = command.optsWithGlobals();
      if (hook === SERVER_HOOK) {
        const { performServerHook } = await import('./perform-server-hook.ts');
        await performServerHook(options);
      } else {
        const { performHook } = await import('./perform-hook.ts');
        await performHook(hook, args, options);
      }
    });

  program
    .command('agent')
    .description("what a coding agent's own hooks call; its JSON comes on stdin")
    .addArgument(new Argument('<moment>', 'of its session').choices(AGENT_MOMENTS))
    .addOption(
      new Option('--min-interval <duration>', 'how often after-tool renews, at the most').default(
        '5m',
      ),
    )
    .addHelpText('after', AGENT_HELP)
    .action(async (moment, _flags, command) => {
      const { performAgent } = await import('./perform-agent.ts');
      await performAgent(moment, command.optsWithGlobals());
    });

  return program;
}

/** Loaded by those who do something: to be told how takes less. */
async function act(command: Command, what: (context: Context) => Promise<Output>): Promise<void> {
  const { perform } = await import('./main.ts');
  await perform(NAME, command.optsWithGlobals(), what);
}

const AGENT_HELP = `
  session-start   claims what $ASSIGNED_TASK names, ids or paths; stdout is for
                  the model
  before-edit     refuses files of documents that are not claimed; asks nobody
                  about other files
  after-tool      renews what the session holds; a lease that is lost is told of
  session-end     gives back what the session holds

The JSON is that of Claude Code's hooks: "session_id" (who asks, unless
$LAZYSPEC_AGENT_ID is set), "cwd", and for before-edit "tool_input":
{"file_path"}.

Exit status: 0 go on · 2 refused, or a lease is lost: stderr says why.
             before-edit also ends with 2 where it cannot tell; the others never
             hold up a session.
${examples(
  '$ npx lazyspec-hooks install --agent claude-code',
  '$ echo \'{"session_id":"agent-7","tool_input":{"file_path":"docs/rfcs/RFC-001-title.md"}}\' |',
  '    npx --no-install lazyspec-hooks agent before-edit',
)}`;

/** What follows the name of pre-push is git's: a remote and its address, also with a dash in front. */
function withHookArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('pre-push', argv.indexOf('run') + 1) + 1;
  if (!argv.includes('run') || end === 0) return argv;
  return [...argv.slice(0, end), '--', ...argv.slice(end)];
}

function managerOption(): Option {
  const text = 'what is to run the hooks; lint-staged: an entry of advice there besides';
  return new Option('--manager <name>', text)
    .choices(['auto', ...MANAGER_NAMES, 'lint-staged'])
    .default('auto');
}
