import { install, uninstall } from '../commands/install.ts';
import { LazyspecError } from '../errors.ts';
import { HOOKS } from '../hook-names.ts';
import { createProgram, examples, runProgram } from './command-line.ts';
import { perform, performHook } from './main.ts';
import { installedLines, uninstalledLines } from './render-install.ts';

const NAME = 'lazyspec-hooks';

/** The command line of lazyspec-hooks. */
export async function runHooksProgram(argv: readonly string[]): Promise<void> {
  const program = createProgram(
    NAME,
    'Makes git refuse commits that change documents you have not claimed.',
  );

  program
    .command('install')
    .description('install the hooks in this clone, for all of its work trees')
    .option('--manager <name>', 'auto, or git for plain hook files', 'auto')
    .option('--dry-run', 'show what would be done, and do nothing')
    .addHelpText(
      'after',
      examples('$ npx lazyspec-hooks install --dry-run', '$ npx lazyspec-hooks install'),
    )
    .action(async (flags, command) => {
      await perform(NAME, command.optsWithGlobals(), async (context) => {
        assertKnownManager(flags.manager);
        const result = await install(context, flags.dryRun ?? false);
        return {
          json: { installed: !flags.dryRun, ...summary(result) },
          text: (_, paint) => installedLines(result, flags.dryRun ?? false, paint),
        };
      });
    });

  program
    .command('uninstall')
    .description('take back all that install did')
    .option('--dry-run', 'show what would be done, and do nothing')
    .action(async (flags, command) => {
      await perform(NAME, command.optsWithGlobals(), async (context) => {
        const result = await uninstall(context, flags.dryRun ?? false);
        return {
          json: { uninstalled: !flags.dryRun, ...summary(result) },
          text: (_, paint) => uninstalledLines(result, flags.dryRun ?? false, paint),
        };
      });
    });

  program
    .command('run')
    .description('run a hook; what the installed hooks call')
    .argument('<hook>', HOOKS.join(', '))
    .argument('[args...]', "the hook's own arguments")
    .action(async (hook, args, _flags, command) => {
      await performHook(hook, args, command.optsWithGlobals());
    });

  await runProgram(program, withHookArguments(argv));
}

/** What follows the name of pre-push is git's: a remote and its address, also with a dash in front. */
function withHookArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('pre-push', argv.indexOf('run') + 1) + 1;
  if (!argv.includes('run') || end === 0) return argv;
  return [...argv.slice(0, end), '--', ...argv.slice(end)];
}

/** The other hook managers are not supported yet; they are named so that nobody has to guess. */
const PLANNED = ['husky', 'lefthook', 'pre-commit', 'simple-git-hooks', 'lint-staged'];

function assertKnownManager(manager: string): void {
  if (manager === 'auto' || manager === 'git') return;
  if (PLANNED.includes(manager)) {
    throw new LazyspecError('USAGE', `--manager ${manager} is not supported yet`, {
      remedy: `Have ${manager} run this in its pre-commit hook: node node_modules/lazyspec-hooks/dist/hooks.js run pre-commit`,
    });
  }
  throw new LazyspecError('USAGE', `there is no hook manager '${manager}'`, {
    remedy: 'Use --manager auto or --manager git.',
  });
}

function summary({ steps, hooksFolder }: Awaited<ReturnType<typeof install>>) {
  return { hooksFolder, changes: steps.map(({ do: verb, path }) => ({ do: verb, path })) };
}
