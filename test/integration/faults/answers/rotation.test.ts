/** A part of `npm run faults`: every git call of two subjects once, each with another fault. */
import { describe, expect, it } from '@jest/globals';
import { Trial } from '../../../faults/campaign.ts';
import type { Fault } from '../../../faults/faults.ts';
import { FAULT_NAMES, hangs } from '../../../faults/faults.ts';
import { SUBJECTS } from '../../../faults/subjects.ts';

const CHOSEN = ['a commit where only the index has the configuration', 'claim, remote "."'];

/** No divisor in common with their number, so that all have their turn, and neighbours differ. */
const STRIDE = 7;
const turns: Fault[] = FAULT_NAMES.map(
  (_, index) => FAULT_NAMES[(index * STRIDE) % FAULT_NAMES.length] ?? 'killed before',
);

/** What is not met yet comes first; what hangs only where the time that it is waited for can be set. */
function turn(call: string): Fault {
  const found = turns.find((fault) => !hangs(fault) || /^(fetch|push) /.test(call));
  if (!found) throw new Error(`no fault for ${call}`);
  turns.splice(turns.indexOf(found), 1);
  turns.push(found);
  return found;
}

describe('whatever git does wrong', () => {
  it.each(
    SUBJECTS.filter(({ name }) => CHOSEN.includes(name)).map((one) => [one.name, one] as const),
  )(
    '%s keeps what is promised',
    async (_, subject) => {
      const trial = await Trial.create(subject);
      try {
        expect(trial.calls.length).toBeGreaterThan(3);
        for (const call of trial.calls) {
          const fault = turn(call);
          const { violations } = await trial.inject(call, fault);
          expect({ call, fault, violations }).toEqual({ call, fault, violations: [] });
        }
      } finally {
        await trial.dispose();
      }
    },
    600_000,
  );
});
