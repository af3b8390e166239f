/** The holder's own clock is wrong, or jumps between one command and the next. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../helpers/clocks.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import type { Asking } from './asking.ts';
import { asking, HOUR } from './asking.ts';

describe('a holder whose clock', () => {
  let world: Asking;
  let other: Clone;
  let right: Clock;

  beforeAll(async () => {
    world = await asking();
    other = await world.sandbox.clone('agent-b');
    right = new Clock(world.sandbox, 'right');
  });
  afterAll(() => world.sandbox.dispose());

  const force = (id: string) => other.json(['claim', id, '--force'], { env: right.env });
  const seconds = (time: string) => Date.parse(time) / 1000;

  it.each([
    ['is 3 h ahead is not taken over: it was written in our future', 3 * HOUR, 'CLOCK_SKEW'],
    ['is 1 min ahead is not taken over', 60, 'NOT_EXPIRED'],
    ['is 1 min behind is not taken over', -60, 'NOT_EXPIRED'],
  ])('%s', async (_, ahead, code) => {
    const { id } = world.next();
    world.clock.set({ wall: ahead });
    expect(await world.outcome('claim', id)).toBe('done');
    expect((await world.ask('gate', id)).ok).toBe(true);
    expect((await force(id)).error.code).toBe(code);
  });

  it('is 3 h behind may be taken over at once, and then learns of it', async () => {
    const { id } = world.next();
    world.clock.set({ wall: -3 * HOUR });
    expect(await world.outcome('claim', id)).toBe('done');
    expect((await world.ask('gate', id)).ok).toBe(true);
    expect((await force(id)).tookOverFrom).toBe('agent-a');
    expect((await world.ask('gate', id)).documents[0].verdict).toBe('HELD_BY_OTHER');
    expect(await world.outcome('heartbeat', id)).toBe('LEASE_LOST');
    expect(await world.outcome('release', id)).toBe('NOT_HOLDER');
  });

  it('jumps 3 h ahead is refused by the gate until it has renewed', async () => {
    const { id } = world.next();
    await world.outcome('claim', id);
    world.clock.pass(3 * HOUR);
    const gate = await world.ask('gate', id);
    expect(gate.documents[0].verdict).toBe('LEASE_EXPIRED');
    expect(gate.documents[0].remedy).toContain(`heartbeat ${id}`);
    expect(await world.outcome('heartbeat', id)).toBe('renewed');
    expect((await world.ask('gate', id)).ok).toBe(true);
  });

  it('jumps 3 h back renews, keeps "acquired", and shortens nothing', async () => {
    const { id } = world.next();
    const claimed = await world.ask('claim', id);
    world.clock.set({ wall: -3 * HOUR, uptime: 60 });
    const renewed = await world.ask('heartbeat', id);
    expect(renewed.acquired).toBe(claimed.acquired);
    expect(seconds(renewed.expires)).toBeGreaterThanOrEqual(seconds(claimed.expires));
    expect((await world.ask('gate', id)).ok).toBe(true);
    world.clock.set({ wall: 60, uptime: 120 });
    expect((await world.ask('gate', id)).ok).toBe(true);
    expect(await world.outcome('release', id)).toBe('done');
  });

  it('was in 2100 when it claimed is bounded by the longest lease once it is right', async () => {
    const { id } = world.next();
    const ahead = 74 * 365 * 24 * HOUR;
    world.clock.set({ wall: ahead });
    await world.outcome('claim', id);
    world.clock.set({});
    const renewed = await world.ask('heartbeat', id);
    expect(seconds(renewed.expires)).toBeLessThanOrEqual(world.clock.now() + 24 * HOUR);
    expect((await force(id)).error.code).toBe('NOT_EXPIRED');
  });

  describe('and heartbeat --min-interval:', () => {
    it.each([
      ['that went on by less than the interval is throttled', { wall: 60 }, true],
      ['that went on by more is not', { wall: 600 }, false],
      ['that jumped hours ahead is not', { wall: 9 * HOUR }, false],
      ['that jumped back, so that the last one lies in the future, is not', { wall: -HOUR }, false],
    ])('a clock %s', async (_, skew, skipped) => {
      const { id } = world.next();
      await world.outcome('claim', id);
      const args = ['heartbeat', id, '--min-interval', '5m'];
      expect((await world.ask(...args)).skipped).toBeUndefined();
      world.clock.set(skew);
      expect((await world.ask(...args)).skipped ?? false).toBe(skipped);
      // What was noted is by the clock as it is now: the next one is throttled again.
      expect((await world.ask(...args)).skipped).toBe(true);
    });
  });
});
