/** The table of guards fits the sources as they are; `npm run mutate` shows that it is true. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PACKAGE } from '../helpers/sandbox.ts';
import { AREAS } from './areas.ts';
import { occurrences, testFile } from './guard.ts';

const GUARDS = AREAS.flatMap(({ guards }) => guards);
const idsOf = (guards: readonly { id: string }[]) => guards.map(({ id }) => id);
const read = (path: string) => readFileSync(join(PACKAGE, path), 'utf8');

describe('the guards that are taken away in turn', () => {
  it('have ids of their own', () => {
    expect(GUARDS.length).toBeGreaterThan(0);
    expect(new Set(idsOf(GUARDS)).size).toBe(GUARDS.length);
  });

  it('are found in the sources exactly once', () => {
    const times = GUARDS.map(({ id, file, find }) => [id, occurrences(read(file), find)]);
    expect(times.filter(([, count]) => count !== 1)).toEqual([]);
  });

  it('leave something else behind', () => {
    expect(idsOf(GUARDS.filter(({ find, replace }) => find === replace))).toEqual([]);
  });

  it('are noticed by test files that there are', () => {
    const missing = GUARDS.filter((guard) => !existsSync(join(PACKAGE, testFile(guard))));
    expect(idsOf(missing)).toEqual([]);
  });
});
