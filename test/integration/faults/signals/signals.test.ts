/**
 * SIGKILL, SIGINT, SIGTERM and SIGSTOP of our own program, at the start and the end of each of its
 * calls of git. There are some thousand such faults: `npm test` injects one of every
 * $LAZYSPEC_FAULT_SHARE (60), from $LAZYSPEC_FAULT_ROUND (0) on; a share of 1 is all of them. With
 * $LAZYSPEC_FAULT it is those whose names hold that text.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Act } from './acts.ts';
import { ACTS } from './acts.ts';
import { nameOf, violations } from './judge.ts';
import type { Fault } from './world.ts';
import { World } from './world.ts';

const share = Number(process.env.LAZYSPEC_FAULT_SHARE ?? 60);
const one = process.env.LAZYSPEC_FAULT;
const round = Number(process.env.LAZYSPEC_FAULT_ROUND ?? 0);

/** What has found something is injected every time. */
const FOUND = [
  'claim, push 1 at its end: stopped for 7200 s',
  'claim, update-ref 1 at its end: stopped for 7200 s, and overtaken',
  'heartbeat, push 1 at its end: stopped for 7200 s, and overtaken',
  'gate of nothing, cat-file 1 at its end: stopped for 7200 s',
];

function isChosen(name: string, index: number): boolean {
  if (one) return name.includes(one);
  return FOUND.includes(name) || index % share === round % share;
}

const SIGNALS: Omit<Fault, 'step'>[] = [
  { signal: 'KILL' },
  { signal: 'STOP', overtaken: true },
  { signal: 'INT' },
  { signal: 'STOP' },
  { signal: 'TERM' },
];

describe.each(['origin', '.'] as const)('interrupted anywhere, with remote = "%s"', (remote) => {
  let world: World;
  let faults = 0;
  let counted = 0;

  beforeAll(async () => {
    world = await World.create(remote);
  });
  afterAll(async () => {
    if (share < 60) process.stderr.write(`remote = "${remote}": ${faults} faults injected\n`);
    await world.dispose();
  });

  async function faultsOf(act: Act): Promise<Fault[]> {
    const steps = await world.stepsOf(act);
    return SIGNALS.flatMap((signal) => steps.map((step) => ({ step, ...signal })));
  }

  it.each(ACTS)(
    '$name leaves the old lease or the new one, and ends well when run again',
    async (act) => {
      const violated: Record<string, string[]> = {};
      for (const fault of await faultsOf(act)) {
        if (!isChosen(nameOf(act, fault), counted++)) continue;
        const found = await violations(world, act, fault);
        if (!found) continue;
        faults += 1;
        if (found.length > 0) violated[nameOf(act, fault)] = found;
      }
      expect(violated).toEqual({});
    },
    share < 60 || one ? 3_600_000 : 300_000,
  );
});
