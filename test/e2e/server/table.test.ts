import { expect, it } from '@jest/globals';
import { ATTACKS } from './attacks.ts';

it('no two attacks have one name', () => {
  expect(new Set(ATTACKS.map(({ title }) => title)).size).toBe(ATTACKS.length);
});
