/**
 * `npm run fuzz -- [--seed N] [--rounds N] [--minutes N] [--steps N] [--lanes N] [--judge FAMILIES]`:
 * random acts in real clones, each judged by an oracle of its own. A seed gives the same plan again.
 * A failure is cut down to the steps that it takes and printed as a shell script. Ctrl-C ends it with
 * the figures so far.
 */
import { parseArgs } from 'node:util';
import { NOT_JUDGED } from './known.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan.ts';
import type { Failure } from './round.ts';
import { play, scriptOf } from './round.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rounds: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '10' },
    steps: { type: 'string', default: '12' },
    lanes: { type: 'string', default: '2' },
    judge: { type: 'string', default: '' },
  },
});
const [seed, rounds, minutes, steps, lanes] = (
  ['seed', 'rounds', 'minutes', 'steps', 'lanes'] as const
).map((name) => {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new RangeError(`--${name} is a number: ${values[name]}`);
}) as [number, number, number, number, number];
const judged = values.judge.split(',');
const leftOut = NOT_JUDGED.filter((one) => !judged.includes(one) && values.judge !== 'all');
const say = (line: string) => process.stdout.write(`${line}\n`);

let isOver = false;
const timer = setTimeout(() => stop(), minutes * 60_000);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop());
function stop(): void {
  isOver = true;
}

say(`seed ${seed}, ${rounds} rounds of ${steps} steps; not judged: ${leftOut.join(', ') || '-'}`);
const figures = new Map<string, number>();
const kinds = new Map<string, number>();
let [next, played] = [0, 0];
await Promise.all(Array.from({ length: lanes }, () => lane()));
clearTimeout(timer);
say(`${isOver ? 'ended early' : 'done'}: ${played} rounds from seed ${seed}`);
for (const [what, count] of [...figures].sort()) say(`${String(count).padStart(7)}  ${what}`);
for (const [what, count] of kinds) say(`FAILED ${count} times: ${what}`);
process.exitCode = kinds.size > 0 ? 1 : 0;

async function lane(): Promise<void> {
  while (next < rounds && !isOver) {
    const one = seed + next++;
    const plan = planOf(one, steps);
    const round = await play(plan, leftOut);
    played += 1;
    for (const [what, count] of round.figures) figures.set(what, (figures.get(what) ?? 0) + count);
    for (const failure of round.failures) {
      const count = (kinds.get(failure.what) ?? 0) + 1;
      kinds.set(failure.what, count);
      say(`FAILED, seed ${one}, step ${failure.step}: ${failure.what}\n${failure.details}`);
      if (count === 1) say(scriptOf(await shrunk(plan, failure)));
    }
  }
}

/** The plan without the steps that the failure does not take. */
async function shrunk(plan: Plan, { what, step }: Failure): Promise<Plan> {
  let steps = plan.steps.slice(0, step + 1);
  for (let index = steps.length - 2; index >= 0 && !isOver; index--) {
    const fewer = steps.toSpliced(index, 1);
    const { failures } = await play({ ...plan, steps: fewer }, leftOut);
    if (failures.some((one) => one.what === what && one.step === fewer.length - 1)) steps = fewer;
  }
  return { ...plan, steps };
}
