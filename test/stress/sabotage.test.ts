import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PACKAGE } from '../helpers/sandbox.ts';
import { SABOTAGES, sabotaged } from './sabotage.ts';

describe('a guard that npm run stress:teeth takes away', () => {
  it.each(SABOTAGES.map((one) => [one.name, one] as const))('is still there: %s', (_name, one) => {
    const source = readFileSync(join(PACKAGE, 'src', one.file), 'utf8');
    expect(sabotaged(one, source)).not.toBe(source);
  });
});
