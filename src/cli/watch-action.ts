/** `lazyspec-lease leases --watch`: the table, live. */

import type { LeasesArguments } from '../commands/arguments.ts';
import type { Context } from '../commands/context.ts';
import type { LeasesSeen } from '../commands/watch-leases.ts';
import { watchLeases } from '../commands/watch-leases.ts';
import { parseDuration } from '../config/duration.ts';
import { LazyspecError } from '../errors.ts';
import { lengthOfTime } from '../times.ts';
import { leaseTable } from './lease-table.ts';
import type { CommonOptions, Output } from './main.ts';
import { printable } from './printable.ts';
import type { Paint, Terminal } from './terminal.ts';

const DEFAULT = 5;
const LONGEST = 3600;
/** Milliseconds between two pictures: what is left of a lease goes by. */
const TICK = 1_000;

interface Watch {
  leases: LeasesArguments;
  common: CommonOptions;
  /** As typed; true where nothing was. */
  every: string | true;
}

/** Ends with the signal that ends it, and leaves the last table on the terminal. */
export async function watchAction(
  context: Context,
  terminal: Terminal,
  { leases, common, every }: Watch,
): Promise<Output> {
  const interval = every === true ? DEFAULT : intervalOf(every);
  if (common.json) {
    throw usage('--json prints one value, and --watch has no end', 'Leave out one of them.');
  }
  const paint = await terminal.paint();
  const screen = terminal.screen();
  if (!screen) {
    throw usage('--watch needs a terminal to draw on', 'Without one, ask again: leases --json');
  }
  const table = ({ leases: list }: LeasesSeen) =>
    leaseTable(list, context.now(), terminal, paint, false);
  let seen: LeasesSeen | undefined;
  const draw = () => {
    const lines = seen ? table(seen) : ['Asking …'];
    screen.draw(lines, ['', ...footer(seen, interval, context, terminal, paint)]);
  };
  const timer = setInterval(draw, TICK);
  try {
    draw();
    await watchLeases(context, leases, interval, (now) => {
      seen = now;
      draw();
    });
  } finally {
    clearInterval(timer);
    screen.close();
  }
  return { json: null, text: () => (seen ? table(seen) : []) };
}

function footer(
  seen: LeasesSeen | undefined,
  interval: number,
  context: Context,
  { columns }: Terminal,
  paint: Paint,
): string[] {
  const help = paint.dim(`Looked at every ${lengthOfTime(interval)}. Ctrl-C ends.`);
  if (seen?.problem === undefined) return [help];
  const { problem, answered } = seen;
  const since =
    answered === undefined
      ? 'No answer yet'
      : `No answer for ${lengthOfTime(context.now() - answered)}`;
  const line = printable(`${since}: ${problem}`);
  return [paint.yellow(line.slice(0, columns)), help];
}

/** @throws {LazyspecError} USAGE @returns seconds */
function intervalOf(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds >= 1 && seconds <= LONGEST) return seconds;
  throw usage(`--watch ${text} is not between a second and an hour`, 'Say: --watch 5');
}

function usage(message: string, remedy: string): LazyspecError {
  return new LazyspecError('USAGE', message, { remedy });
}
