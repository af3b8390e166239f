/** A short race over each kind of remote; `npm run stress` is the long one. */
import { describe, expect, it } from '@jest/globals';
import { LEASE } from '../helpers/sandbox.ts';
import { lostSwaps } from './operation.ts';
import { race } from './race.ts';
import { KINDS, missing } from './world.ts';

/** A new one each time, in the name of the test: a failure can be planned again. */
const seed = Date.now() % 1_000_000;

describe(`a race of real processes (npm run stress -- --seed ${seed})`, () => {
  for (const kind of KINDS) {
    const why = missing(kind);
    if (why) process.stderr.write(`skipped: a race over ${kind}: ${why}\n`);
    (why ? it.skip : it)(
      `over ${kind} breaks no promise`,
      async () => {
        const { history, verdict } = await race({
          ...{ kind, seed, program: LEASE, kill: 5, progress: () => {} },
          ...{ operations: 12, lanes: 2, agents: 3, documents: 2 },
          signal: new AbortController().signal,
        });
        expect(verdict.violations).toEqual([]);
        // Something happened.
        expect(history.processes.length).toBeGreaterThanOrEqual(12);
        expect(history.transactions.length).toBeGreaterThan(0);
      },
      // Waiting for leases to run out takes its time on any machine.
      180_000,
    );
  }
});

describe('a lost swap', () => {
  it('is a push or an update-ref that failed, not what it has started', () => {
    const call = (name: string, code: number, inner = '') =>
      `1 a.c:1  start git x\n1 a.c:1  cmd_name ${name}\n${inner}1 a.c:1  exit elapsed:0.1 code:${code}\n`;
    const receive = call('receive-pack (push/receive-pack)', 0);
    expect(lostSwaps(call('push (push)', 1, receive))).toBe(1);
    expect(lostSwaps(call('push (push)', 0, receive))).toBe(0);
    expect(lostSwaps(call('update-ref (update-ref)', 128) + call('fetch (fetch)', 1))).toBe(1);
  });
});
