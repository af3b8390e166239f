import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PACKAGE } from '../../helpers/sandbox.ts';
import { ATTACKS, attackTable } from './attacks.ts';

it('docs/server.md has the table of the attacks that are tried', () => {
  const documentation = readFileSync(join(PACKAGE, 'docs', 'server.md'), 'utf8');
  expect(documentation).toContain(`\n${attackTable()}\n`);
});

it('no two attacks have one name', () => {
  expect(new Set(ATTACKS.map(({ title }) => title)).size).toBe(ATTACKS.length);
});
