import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { interleaving, play } from './interleavings.ts';

/** More, or others: LAZYSPEC_MODEL_RUNS=100000 LAZYSPEC_MODEL_SEED=1 npm test -- test/model */
const RUNS = Number(process.env.LAZYSPEC_MODEL_RUNS ?? 400);
const SEED = Number(process.env.LAZYSPEC_MODEL_SEED ?? 4);

describe('agents at work in any order, with lost answers, deaths and skewed clocks', () => {
  it('keep every promise of the protocol', async () => {
    const property = fc.asyncProperty(interleaving, async (drawn) => {
      const broken = await play(drawn);
      if (broken) throw new Error(`${broken.problem}\n  ${broken.trace.join('\n  ')}`);
    });
    const ran = await fc.check(property, { numRuns: RUNS, seed: SEED });
    const told = ran.failed ? `${fc.defaultReportMessage(ran)}\n${ran.errorInstance}` : '';
    expect(told).toBe('');
    expect(ran.numRuns).toBe(RUNS);
  }, 3_600_000);
});
