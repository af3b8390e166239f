import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Moment } from '../../../src/state/observations.ts';
import { momentNow, observationsIn } from '../../../src/state/observations.ts';

const RFC_1 = 'refs/lazyspec/leases/rfc/RFC-001';
const RFC_2 = 'refs/lazyspec/leases/rfc/RFC-002';
const START: Moment = { wall: 1_778_490_000, uptime: 5_000, boot: 'boot-1' };

describe('observations', () => {
  let commonDir: string;
  let now: Moment;
  let warnings: string[];

  beforeEach(() => {
    commonDir = mkdtempSync(join(tmpdir(), 'observations-'));
    now = START;
    warnings = [];
  });
  afterEach(() => rmSync(commonDir, { recursive: true }));

  const file = () => join(commonDir, 'lazyspec', 'observed.json');
  /** Looks at leases, `null` for one that is gone; what was looked at is what is covered. */
  function observe(seen: Record<string, string | null>): Map<string, number> {
    const observations = observationsIn(
      commonDir,
      () => now,
      (message) => warnings.push(message),
    );
    const present = Object.entries(seen).filter((entry): entry is [string, string] => !!entry[1]);
    return observations.observe(new Map(present), (ref) => ref in seen);
  }
  function pass(wall: number, uptime = wall): void {
    now = { ...now, wall: now.wall + wall, uptime: now.uptime + uptime };
  }
  const ageOf = (commit: string) => observe({ [RFC_1]: commit }).get(RFC_1);

  it('counts from the first sight, across processes', () => {
    expect(ageOf('c1')).toBe(0);
    pass(100);
    expect(ageOf('c1')).toBe(100);
    pass(50);
    expect(ageOf('c1')).toBe(150);
  });

  it('keeps notes up to a number, the oldest, and those that are asked for by name', () => {
    ageOf('c1');
    pass(10);
    const flood = Array.from({ length: 30_000 }, (_, i) => [
      `refs/lazyspec/leases/rfc/F-${i}`,
      'x',
    ]);
    observe({ [RFC_1]: 'c1', ...Object.fromEntries(flood), [`${RFC_1}${'x'.repeat(500)}`]: 'c' });
    pass(10);
    observe({ [RFC_2]: 'c2' });
    pass(10);
    expect(Object.keys(JSON.parse(readFileSync(file(), 'utf8')))).toHaveLength(20_000);
    expect(observe({ [RFC_1]: 'c1', [RFC_2]: 'c2' })).toEqual(
      new Map([
        [RFC_1, 30],
        [RFC_2, 10],
      ]),
    );
  });

  it('starts anew with a new commit', () => {
    ageOf('c1');
    pass(100);
    expect(ageOf('c2')).toBe(0);
    pass(10);
    expect(ageOf('c2')).toBe(10);
  });

  it('starts anew with a commit that was there before: it may have been away', () => {
    ageOf('c1');
    pass(100);
    ageOf('c2');
    pass(100);
    expect(ageOf('c1')).toBe(0);
  });

  it('counts the smaller of wall clock and uptime', () => {
    ageOf('c1');
    pass(10_000, 60);
    expect(ageOf('c1')).toBe(60);
    pass(-9_970, 100);
    expect(ageOf('c1')).toBe(30);
  });

  it('starts anew after a restart', () => {
    ageOf('c1');
    pass(100);
    now = { ...now, boot: 'boot-2' };
    expect(ageOf('c1')).toBe(0);
    pass(20);
    expect(ageOf('c1')).toBe(20);
  });

  it('starts anew where the uptime went back, though nothing else tells of a restart', () => {
    ageOf('c1');
    now = { ...now, wall: now.wall + 100, uptime: 3 };
    expect(ageOf('c1')).toBe(0);
  });

  it('starts anew where the wall clock went back behind the first sight', () => {
    ageOf('c1');
    pass(-1, 100);
    expect(ageOf('c1')).toBe(0);
    pass(30);
    expect(ageOf('c1')).toBe(30);
  });

  it('forgets a lease that is gone from a look that covered it', () => {
    ageOf('c1');
    pass(100);
    observe({ [RFC_1]: null });
    pass(100);
    expect(ageOf('c1')).toBe(0);
  });

  it('remembers a lease that a look did not cover', () => {
    ageOf('c1');
    pass(100);
    observe({ [RFC_2]: 'd1' });
    pass(100);
    expect(observe({ [RFC_1]: 'c1', [RFC_2]: 'd1' })).toEqual(
      new Map([
        [RFC_1, 200],
        [RFC_2, 100],
      ]),
    );
  });

  it.each([
    ['is empty', ''],
    ['is cut off', '{"refs/lazyspec/leases/rfc/RFC-001":{"commit":"c1","sin'],
    ['is null', 'null'],
    ['is a list', '[1, 2]'],
    ['is binary', '\u0000\ufffd'],
  ])('starts anew where its file %s, and warns once', (_what, text) => {
    ageOf('c1');
    writeFileSync(file(), text);
    pass(100);
    expect(ageOf('c1')).toBe(0);
    pass(100);
    expect(ageOf('c1')).toBe(100);
    expect(warnings).toEqual([expect.stringContaining('was damaged, and was dropped')]);
  });

  it.each([
    ['null', null],
    ['no commit', { since: START }],
    ['no moment', { commit: 'c1' }],
    ['a wall time that is text', { commit: 'c1', since: { ...START, wall: '0' } }],
    ['no uptime', { commit: 'c1', since: { wall: 0, boot: 'boot-1' } }],
    ['no boot', { commit: 'c1', since: { wall: 0, uptime: 0 } }],
  ])('takes a note of %s for none, and keeps the others', (_what, note) => {
    observe({ [RFC_1]: 'c1', [RFC_2]: 'd1' });
    const notes = JSON.parse(readFileSync(file(), 'utf8'));
    writeFileSync(file(), JSON.stringify({ ...notes, [RFC_1]: note }));
    pass(100);
    expect(observe({ [RFC_1]: 'c1', [RFC_2]: 'd1' })).toEqual(
      new Map([
        [RFC_1, 0],
        [RFC_2, 100],
      ]),
    );
  });

  it('only warns where it cannot write', () => {
    writeFileSync(join(commonDir, 'lazyspec'), 'a file where the folder should be');
    expect(ageOf('c1')).toBe(0);
    pass(100);
    expect(ageOf('c1')).toBe(0);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(`could not be noted in ${file()}`);
  });

  it('writes nothing where there is nothing new to note', () => {
    observe({ [RFC_1]: null });
    expect(existsSync(file())).toBe(false);
    ageOf('c1');
    rmSync(file());
    mkdirSync(file());
    writeFileSync(join(file(), 'so that nothing can be renamed over it'), '');
    observe({});
    expect(warnings).toEqual([]);
    ageOf('c1');
    expect(warnings).toHaveLength(1);
  });

  it('keeps the first sight in its file while nothing changes', () => {
    ageOf('c1');
    const before = readFileSync(file(), 'utf8');
    pass(100);
    ageOf('c1');
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });
});

describe('momentNow', () => {
  it('tells seconds, and the same machine run every time', () => {
    const first = momentNow();
    expect(Math.abs(first.wall - Date.now() / 1000)).toBeLessThan(5);
    expect(first.uptime).toBeGreaterThan(0);
    expect(first.boot).not.toBe('');
    expect(momentNow().boot).toBe(first.boot);
  });
});
