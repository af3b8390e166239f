import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE } from '../helpers/sandbox.ts';
import { GENERATED_FILES, generated } from './generated.ts';

describe('what is written out of the source', () => {
  test.each(GENERATED_FILES)('%s is up to date: npm run docs writes it anew', (path) => {
    expect(readFileSync(join(PACKAGE, path), 'utf8')).toBe(generated(path));
  });
});
