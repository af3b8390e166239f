/**
 * Whether the races notice a program that is broken: each sabotage is built and raced until it is
 * noticed. `npm run stress:teeth -- [--seed N] [--only PATTERN]`. Exit status 1 when one is not.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Race } from './race.ts';
import { race } from './race.ts';
import type { Sabotage } from './sabotage.ts';
import { build, SABOTAGES } from './sabotage.ts';
import { missing } from './world.ts';

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
for (const sabotage of SABOTAGES.filter(({ name }) => new RegExp(given.only).test(name))) {
  if (stop.signal.aborted) break;
  const folder = await build(sabotage);
  const { operations, rules } = await noticed(sabotage, join(folder, 'dist', 'lease.js'));
  rmSync(folder, { recursive: true, force: true });
  if (rules.size === 0) missed += 1;
  const found = [...rules].map(([rule, times]) => `${rule} (${times})`).join(', ');
  say(
    `${sabotage.name}, over ${sabotage.kind}, ${operations} operations: ${found || 'NOT NOTICED'}`,
  );
}
process.exitCode = missed > 0 || stop.signal.aborted ? 1 : 0;

async function noticed({ kind }: Sabotage, program: string) {
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
