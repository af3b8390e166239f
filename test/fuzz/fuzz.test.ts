/** Some rounds on every change; `npm run fuzz` plays more. */
import { describe, expect, it } from '@jest/globals';
import { NOT_JUDGED } from './known.ts';
import type { Step } from './plan.ts';
import { planOf } from './plan.ts';
import { play, scriptOf } from './round.ts';

/** As many as can be played in the time, so that a busy machine is not held up. */
const ROUNDS = 36;
const MILLISECONDS = 40_000;
const LANES = 2;
const STEPS = 8;
const first = Date.now() % 1_000_000;

describe(`random acts (npm run fuzz -- --seed ${first} --rounds ${ROUNDS} --steps ${STEPS})`, () => {
  it('are refused exactly if a document they change has no live lease', async () => {
    const end = performance.now() + MILLISECONDS;
    let played = 0;
    const failures: string[] = [];
    const seen = new Set<string>();
    const lane = async () => {
      while (played < ROUNDS && failures.length === 0 && performance.now() < end) {
        const seed = first + played++;
        const plan = planOf(seed, STEPS);
        const round = await play(plan, NOT_JUDGED);
        for (const what of round.figures.keys()) seen.add(what);
        for (const { what, step, details } of round.failures) {
          failures.push(`seed ${seed}: ${what}\n${details}\n${scriptOf(plan, step)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(failures).toEqual([]);
    // Both answers were given.
    expect([...seen].join()).toMatch(/: refused.*: passed|: passed.*: refused/);
  });

  it.each([
    ['passed everything', 'exit 0', 'passed that needs a lease', 'rm -r docs; git add -A'],
    ['refused everything', 'exit 1', 'did not pass', 'echo more >>plain; git add plain'],
  ])('would show hooks that %s', async (_, script, what, setup) => {
    const { begin } = planOf(2, 0);
    const sabotage = `for hook in pre-commit pre-push; do echo ${script} >ada/.git/hooks/$hook; done`;
    const step = { folder: 'ada', bypass: true, setup } as const;
    const steps: Step[] = [
      { ...step, kind: 'plain commit', act: 'git commit -q -m c' },
      {
        ...{ ...step, setup: `${setup}; git commit -q --no-verify -m c` },
        ...{ kind: 'push', act: 'git push origin HEAD:main' },
      },
    ];
    const { failures } = await play({ begin: `${begin}\n${sabotage}`, steps }, NOT_JUDGED);
    expect(failures.map((one) => one.what)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`a plain commit.* ${what}`),
        expect.stringMatching(`a push.* ${what}`),
      ]),
    );
  });
});
