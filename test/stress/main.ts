/**
 * Races of real processes over real remotes, judged by a checker that knows only what is promised:
 * `npm run stress -- [--operations N] [--minutes N] [--seed N] [--remote KIND[,KIND]]
 *   [--agents N] [--documents N] [--lanes N] [--kill PERCENT] [--program PATH] [--keep FOLDER]`
 * Exit status 1 when something was violated; the history is then kept (with --keep every history
 * is), and can be judged again: `npm run stress -- --check FILE-OR-FOLDER`. A seed gives the same
 * plan again, not the same race.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LEASE } from '../helpers/sandbox.ts';
import { check } from './checker.ts';
import { Figures } from './figures.ts';
import type { History, Violation } from './history.ts';
import type { Race } from './race.ts';
import { race } from './race.ts';
import type { Kind } from './world.ts';
import { KINDS, missing } from './world.ts';

/** Operations of each lane in one world: enough to get it into every state, few enough to read. */
const IN_ONE_LANE = 60;

const { values: given } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    remote: { type: 'string', default: KINDS.join(',') },
    agents: { type: 'string', default: '4' },
    documents: { type: 'string', default: '3' },
    kill: { type: 'string', default: '5' },
    lanes: { type: 'string', default: '3' },
    program: { type: 'string', default: LEASE },
    keep: { type: 'string' },
    check: { type: 'string' },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);
process.exitCode = given.check === undefined ? await campaign() : judgeAgain(given.check);

async function campaign(): Promise<number> {
  const seed = atLeast('seed', 0);
  const operations = atLeast('operations', 1);
  const deadline = Date.now() + atLeast('minutes', 1) * 60_000;
  const settings = {
    agents: atLeast('agents', 2),
    documents: atLeast('documents', 2),
    lanes: atLeast('lanes', 1),
    kill: atLeast('kill', 0),
    program: resolve(given.program),
  };
  const kinds = wantedKinds();
  say(`seed ${seed}, ${operations} operations, over ${kinds.join(', ')}`);

  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), deadline - Date.now());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());

  const figures = new Figures();
  let logs = given.keep;
  if (logs !== undefined) mkdirSync(logs, { recursive: true });
  for (let number = 0; figures.operations < operations && !stop.signal.aborted; number++) {
    const kind = kinds[number % kinds.length];
    if (!kind) break;
    let ended = figures.operations;
    const left = operations - figures.operations;
    const one = await race({
      ...{ kind, seed: seed + number, ...settings },
      operations: Math.min(IN_ONE_LANE * settings.lanes, left),
      signal: stop.signal,
      progress: () => show(`${++ended} of ${operations} operations, now over ${kind}`),
    });
    figures.add(one);
    const violated = one.verdict.violations.length > 0;
    if (!violated && given.keep === undefined) continue;
    logs ??= mkdtempSync(join(tmpdir(), 'lazyspec-stress-'));
    const path = keep(one, logs);
    if (violated) tellViolations(one.verdict.violations, path);
  }
  clearTimeout(timer);
  show('');
  say(stop.signal.aborted ? `ended early; seed ${seed}` : `done; seed ${seed}`);
  for (const line of figures.lines()) say(line);
  return figures.violations > 0 ? 1 : 0;
}

function wantedKinds(): Kind[] {
  const names = given.remote.split(',');
  const unknown = names.find((name) => !KINDS.includes(name as Kind));
  if (unknown !== undefined) throw new RangeError(`--remote is of ${KINDS.join(', ')}: ${unknown}`);
  return (names as Kind[]).filter((kind) => {
    const why = missing(kind);
    if (why) say(`skipped: ${kind}: ${why}`);
    return !why;
  });
}

function atLeast(name: Exclude<keyof typeof given, 'check' | 'keep'>, least: number): number {
  const number = Number(given[name]);
  if (!Number.isInteger(number) || number < least) {
    throw new RangeError(`--${name} is a whole number from ${least} on: ${given[name]}`);
  }
  return number;
}

/** One line that is written over, on a terminal only. */
function show(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

function keep({ kind, seed, history }: Race, folder: string): string {
  const path = join(folder, `${kind}-${seed}.json`);
  writeFileSync(path, JSON.stringify(history, null, 1));
  return path;
}

function tellViolations(violations: readonly Violation[], path: string): void {
  show('');
  for (const { rule, text, processes } of violations.slice(0, 10)) {
    say(`VIOLATION: ${rule}: ${text}${processes.length > 0 ? ` [${processes.join(' ')}]` : ''}`);
  }
  if (violations.length > 10) say(`and ${violations.length - 10} more`);
  say(`judge it again: npm run stress -- --check '${path}'`);
}

function judgeAgain(place: string): number {
  const isFolder = statSync(place).isDirectory();
  const paths = isFolder ? readdirSync(place).map((name) => join(place, name)) : [place];
  let [count, operations] = [0, 0];
  for (const path of paths) {
    const history = JSON.parse(readFileSync(path, 'utf8')) as History;
    const { violations } = check(history);
    operations += history.processes.length;
    count += violations.length;
    if (violations.length > 0) tellViolations(violations, path);
  }
  say(`${paths.length} histories, ${operations} operations, ${count} violations`);
  return count > 0 ? 1 : 0;
}
