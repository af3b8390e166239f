/**
 * Whether the races notice a broken program: guards are removed, the program is built, and it races
 * until a rule is broken. `npm run stress:teeth -- [--seed N] [--only ID]`.
 * Exit status 1 if a broken program is not noticed.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE } from '../helpers/sandbox.ts';
import { GUARDS } from '../mutation/guards/index.ts';
import { openWorkshop } from '../mutation/workshop.ts';
import type { Race } from './race.ts';
import { race } from './race.ts';
import type { Kind } from './world.ts';
import { missing } from './world.ts';

/** Guards removed together, and the kind of remote that is raced over. */
const REMOVED: readonly [ids: readonly string[], kind: Kind][] = [
  [['push.expected'], 'path'],
  [['push.expected'], 'http'],
  [['push.atomic'], 'daemon'],
  [['swap.create', 'swap.update', 'swap.delete'], 'worktrees'],
  [['nonce.fresh'], 'path'],
  [['engine.fresh-refusal'], 'path'],
  [['heartbeat.creates'], 'path'],
  [['heartbeat.holder'], 'path'],
  [['release.holder'], 'ssh'],
  [['release.administrator'], 'path'],
  [['renew.acquired'], 'path'],
  [['claim.takeover-rule'], 'path'],
  [['takeover.clock-grace', 'takeover.observed-grace'], 'path'],
  [['gate.fetch'], 'path'],
  [['gate.expiry'], 'path'],
];

const ATTEMPTS = 10;
const IN_ONE_RACE = 60;

const { values: given } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());

say(`seed ${given.seed}`);
let missed = 0;
const workshop = openWorkshop(PACKAGE);
try {
  for (const [ids, kind] of REMOVED.filter(([names]) => names.join().includes(given.only))) {
    if (stop.signal.aborted) break;
    const removed = GUARDS.filter(({ id }) => ids.includes(id));
    const problem = (await workshop.mutate(removed)) ?? (await workshop.build());
    if (problem !== undefined) throw new Error(`${ids}: ${problem}`);
    const { operations, rules } = await noticed(kind, join(workshop.copy, 'dist', 'lease.js'));
    workshop.restore();
    if (rules.size === 0) missed += 1;
    const found = [...rules].map(([rule, times]) => `${rule} (${times})`).join(', ');
    say(`without ${ids}, over ${kind}, ${operations} operations: ${found || 'NOT NOTICED'}`);
  }
} finally {
  workshop.remove();
}
process.exitCode = missed > 0 || stop.signal.aborted ? 1 : 0;

async function noticed(kind: Kind, program: string) {
  const rules = new Map<string, number>();
  let operations = 0;
  for (let attempt = 0; attempt < ATTEMPTS && rules.size === 0; attempt++) {
    const one: Race = await race({
      kind: missing(kind) ? 'path' : kind,
      seed: Number(given.seed) + attempt,
      ...{ operations: IN_ONE_RACE, lanes: 3, agents: 4, documents: 3, kill: 0 },
      program,
      signal: stop.signal,
      progress: () => {},
    });
    operations += one.history.processes.length;
    for (const { rule } of one.verdict.violations) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  }
  return { operations, rules };
}
