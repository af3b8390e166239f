import type { Context } from '../commands/context.ts';
import type { ListedLease } from '../commands/results.ts';
import { parseDuration } from '../config/duration.ts';
import { LazyspecError } from '../errors.ts';
import { createProgram, durationOption, examples, runProgram } from './command-line.ts';
import type { CommonOptions, Output } from './main.ts';
import { printable } from './printable.ts';
import type { Paint, Terminal } from './terminal.ts';

const NAME = 'lazyspec-lease';

/** The command line of lazyspec-lease. */
const program = createProgram(
  NAME,
  'Claim a document before you edit it. A claim is a lease: it ends by itself unless renewed.',
)
  .option(
    '--agent-id <id>',
    'who is asking; else $LAZYSPEC_AGENT_ID, $CLAUDE_SESSION_ID, git config',
  )
  .option('--verbose', 'tell which way is taken, and why');

program.addHelpText(
  'after',
  `
A document is named by its id (RFC-001) or path (docs/rfcs/RFC-001-title.md).

Exit status: 0 done · 1 refused · 2 usage or configuration
             3 no repository, no remote · 70 a bug
             4 the remote may or may not have taken it: run it again
${examples(
  '$ lazyspec-lease claim RFC-001 --note "rewriting section 3"',
  '$ git commit -am "Rewrite section 3"',
  '$ lazyspec-lease release RFC-001',
)}`,
);

program
  .command('claim')
  .description('claim documents, all or none; renew those that you hold')
  .usage('[options] <document...>')
  .argument('[document...]', 'ids or paths') // the only one may have been taken for --wait's
  .option('--staged', 'the documents that are staged for commit')
  .option('--force', 'take over leases that have run out')
  .option('--wait [duration]', 'wait until nobody else holds them, or the time is over')
  .option('--for <duration>', 'how long the lease lasts, such as 30m or 4h', durationOption)
  .option('--note <text>', 'why, for others to see')
  .addHelpText(
    'after',
    examples(
      '$ lazyspec-lease claim RFC-001 STORY-042',
      '$ lazyspec-lease claim docs/rfcs/RFC-001-title.md --for 4h --note "rewriting section 3"',
      '$ lazyspec-lease claim RFC-001 --wait 30m',
    ),
  )
  .action(async (documents: string[], flags, command) => {
    const { force, note, for: duration, staged } = flags;
    await act(command, async (context) => {
      const [{ claim }, { claimedLines }] = await load(import('../commands/claim.ts'));
      const { names, wait } = waiting(documents, flags.wait);
      if (names.length === 0 && !staged) throw noDocument('claim RFC-001');
      if (names.length > 0 && staged) throw notBoth('--staged');
      const targets = staged ? 'staged' : names;
      const claimed = await claim(context, {
        documents: targets,
        ...(force && { force }),
        ...(note !== undefined && { note }),
        ...(duration !== undefined && { duration }),
        ...(wait !== undefined && { wait }),
      });
      return { json: oneOrMany(claimed, targets), text: () => claimedLines(claimed) };
    });
  });

program
  .command('release')
  .description('give leases back, all or none')
  .argument('[document...]', 'ids or paths')
  .option('--all', 'every lease that you hold')
  .option('--expected-holder <agent>', "remove this holder's lease, as an administrator")
  .option('--yes', 'with --all and --expected-holder: do not ask')
  .addHelpText(
    'after',
    examples(
      '$ lazyspec-lease release RFC-001',
      '$ lazyspec-lease release --all',
      '$ lazyspec-lease release RFC-001 --expected-holder agent-7',
      '$ lazyspec-lease release --all --expected-holder agent-7 --yes',
    ),
  )
  .action(async (documents: string[], flags, command) => {
    await act(command, async (context) => {
      const [{ release }, { releasedLines }] = await load(import('../commands/release.ts'));
      const targets = targetsOf(documents, flags.all, 'release');
      const { expectedHolder } = flags;
      const asks = targets === 'all' && expectedHolder !== undefined && !flags.yes;
      const confirm = asks && (await load(import('./confirm-release.ts')))[0].confirmRelease;
      const released = await release(context, {
        documents: targets,
        ...(expectedHolder !== undefined && { expectedHolder }),
        ...(confirm && { confirm: confirm(context, command.optsWithGlobals(), expectedHolder) }),
      });
      const none = expectedHolder === undefined ? NO_LEASE : `'${expectedHolder}' holds no lease.`;
      return {
        json: oneOrMany(released, targets),
        text: () => orNothing(releasedLines(released), printable(none)),
      };
    });
  });

program
  .command('heartbeat')
  .description('renew leases that you hold, all or none')
  .argument('[document...]', 'ids or paths')
  .option('--all', 'every lease that you hold')
  .option('--min-interval <duration>', 'do nothing if the last one is younger', durationOption)
  .addHelpText(
    'after',
    examples(
      '$ lazyspec-lease heartbeat RFC-001',
      '$ lazyspec-lease heartbeat RFC-001 --min-interval 5m   after each step',
    ),
  )
  .action(async (documents: string[], flags, command) => {
    await act(command, async (context) => {
      const [{ heartbeat }, { heartbeatLines }] = await load(import('../commands/heartbeat.ts'));
      const targets = targetsOf(documents, flags.all, 'heartbeat');
      const { minInterval } = flags;
      const results = await heartbeat(context, {
        documents: targets,
        ...(minInterval !== undefined && { minInterval }),
      });
      return {
        json: oneOrMany(results, targets),
        text: () => orNothing(heartbeatLines(results), NO_LEASE),
      };
    });
  });

program
  .command('leases')
  .description('list all leases')
  .option('--mine', 'only those that you hold')
  .option('--type <name>', 'only documents of this type')
  .option('--expired', 'only those that have run out')
  .option('--local', 'as last seen by this clone, without asking the remote')
  .option('--watch [seconds]', 'look again every 5 seconds, or so many, until Ctrl-C')
  .addHelpText(
    'after',
    examples(
      '$ lazyspec-lease leases',
      '$ lazyspec-lease leases --mine --json',
      '$ lazyspec-lease leases --watch 10',
    ),
  )
  .action(async (flags, command) => {
    await act(command, async (context, terminal) => {
      if (flags.watch !== undefined) {
        const { watchAction } = await import('./watch-action.ts');
        const { watch: every, ...rest } = flags;
        return watchAction(context, terminal, {
          leases: rest,
          common: command.optsWithGlobals(),
          every,
        });
      }
      const [{ leases }, { leaseRows }] = await load(import('../commands/leases.ts'));
      const text = async (list: readonly ListedLease[], paint: Paint, saysCached = true) => {
        if (!terminal.isTTY) return leaseRows(list);
        const { leaseTable } = await import('./lease-table.ts');
        return leaseTable(list, context.now(), terminal, paint, saysCached);
      };
      try {
        const list = await leases(context, flags);
        return { json: list, text: (_, paint) => text(list, paint) };
      } catch (error) {
        await printLastSeen(error, command, terminal, (list, paint) => text(list, paint, false));
        throw error;
      }
    });
  });

program
  .command('show')
  .description('show everything known of the lease of a document')
  .argument('<document>', 'id or path')
  .addHelpText('after', examples('$ lazyspec-lease show RFC-001'))
  .action(async (document: string, _flags, command) => {
    await act(command, async (context, terminal) => {
      const [{ show }, { shownLines }] = await load(import('../commands/show.ts'));
      try {
        const lease = await show(context, document);
        return { json: lease, text: () => shownLines(lease, context.now()) };
      } catch (error) {
        await printLastSeen(error, command, terminal, (list) =>
          list.flatMap((lease) => shownLines(lease, context.now())),
        );
        throw error;
      }
    });
  });

program
  .command('gate')
  .description('succeed if you may change these documents; without any, if you hold any lease')
  .argument('[document...]', 'ids or paths')
  .option('--staged', 'the documents that are staged for commit')
  .option('--range <a..b>', 'what the commits of a range change, by whom they name; for CI')
  .option('--push', 'the same for refs that were pushed, told on stdin as to a pre-push hook')
  .option('--base <commit>', 'what is accepted already, where a branch is new or was rewritten')
  .option('--format <name>', 'text, github, gitlab; github by itself in GitHub Actions')
  .option('--report <file>', 'write a Code Quality report of GitLab')
  .addHelpText(
    'after',
    `
With --range and --push a document has to be held by whom each commit names that
changes it: in its Lazyspec-Agent trailer, else as its author; or by --agent-id.
Variables and git config do not count.
${examples(
  '$ lazyspec-lease gate RFC-001',
  '$ lazyspec-lease gate --staged',
  '$ lazyspec-lease gate --range origin/main..HEAD --json',
  '$ echo "$REF $NEW $REF $OLD" | lazyspec-lease gate --push --base origin/main',
)}`,
  )
  .action(async (documents: string[], flags, command) => {
    const { gateAction } = await import('./gate-action.ts');
    await gateAction(NAME, documents, { ...flags, ...command.optsWithGlobals() });
  });

program
  .command('explain')
  .description(
    'explain an error code: what it means, its causes, what to do; without one, list all',
  )
  .argument('[code]', 'as --json gives it, such as HELD_BY_OTHER')
  .addHelpText(
    'after',
    examples('$ lazyspec-lease explain LEASE_LOST', '$ lazyspec-lease explain --json'),
  )
  .action(async (code: string | undefined, _flags, command) => {
    await act(command, async () => {
      const { ERROR_CODES, explainCode } = await import('../commands/explain-code.ts');
      const { codeLines, explainedLines } = await import('./render-explained.ts');
      const explained = code === undefined ? ERROR_CODES.map(explainCode) : explainCode(code);
      return {
        json: explained,
        text: (_, paint) =>
          Array.isArray(explained) ? codeLines(explained, paint) : explainedLines(explained, paint),
      };
    });
  });

/** Carries out a command. What it needs is loaded only now: help, or a slip, needs none of it. */
async function act(
  command: { optsWithGlobals(): CommonOptions },
  action: (context: Context, terminal: Terminal) => Promise<Output>,
): Promise<void> {
  const { perform } = await import('./main.ts');
  await perform(NAME, command.optsWithGlobals(), action);
}

/** A command, and the words for what it brings about. */
function load<T>(command: Promise<T>): Promise<[T, typeof import('./render.ts')]> {
  return Promise.all([command, import('./render.ts')]);
}

/** Prints the leases that an error carries; with --json they are part of the error. */
async function printLastSeen(
  error: unknown,
  command: { optsWithGlobals(): CommonOptions },
  terminal: Terminal,
  text: (list: readonly ListedLease[], paint: Paint) => string[] | Promise<string[]>,
): Promise<void> {
  const { json, quiet } = command.optsWithGlobals();
  const { lastSeenOf } = await import('../commands/last-seen.ts');
  const list = lastSeenOf(error) ?? [];
  if (json || quiet || list.length === 0) return;
  for (const line of await text(list, await terminal.paint())) terminal.result(line);
}

/** One document asked for by name is one value; several, `--all` and `--staged` are an array. */
function oneOrMany<T>(results: readonly T[], targets: readonly string[] | string): unknown {
  return typeof targets !== 'string' && targets.length === 1 ? results[0] : results;
}

const NO_LEASE = 'You hold no lease.';

function orNothing(lines: string[], none: string): string[] {
  return lines.length > 0 ? lines : [none];
}

/** `--wait RFC-001` reads as a duration, and is meant as a document. */
function waiting(documents: string[], wait: string | true | undefined) {
  if (wait === undefined) return { names: documents, wait: undefined };
  if (wait === true) return { names: documents, wait: Number.POSITIVE_INFINITY };
  if (/^[-+]?\d+[a-z]*$/i.test(wait)) return { names: documents, wait: parseDuration(wait) };
  return { names: [...documents, wait], wait: Number.POSITIVE_INFINITY };
}

function targetsOf(documents: string[], all: boolean | undefined, verb: string): string[] | 'all' {
  if (all && documents.length === 0) return 'all';
  if (!all && documents.length > 0) return documents;
  if (!all) throw noDocument(`${verb} RFC-001, or ${NAME} ${verb} --all`);
  throw notBoth('--all');
}

function notBoth(option: string): LazyspecError {
  return new LazyspecError('USAGE', `${option} names every document already`, {
    remedy: `Name documents, or use ${option}: not both.`,
  });
}

function noDocument(example: string): LazyspecError {
  return new LazyspecError('USAGE', 'no document named', { remedy: `Say: ${NAME} ${example}` });
}

export function runLeaseProgram(argv: readonly string[]): Promise<void> {
  return runProgram(program, argv);
}

export { program as leaseProgram };
