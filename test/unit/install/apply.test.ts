import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Step } from '../../../src/install/apply.ts';
import { applySteps } from '../../../src/install/apply.ts';

describe('a plan', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fresh = (name: string): Step => ({
    do: 'write',
    path: join(folder, name),
    content: Buffer.from('ours\n'),
    mode: 0o644,
    fresh: true,
  });

  it('leaves a file alone that was written meanwhile, and takes back what was done', () => {
    writeFileSync(join(folder, 'b'), 'theirs\n');
    expect(() => applySteps([fresh('a'), fresh('b'), fresh('c')])).toThrow('written meanwhile');
    expect(readdirSync(folder)).toEqual(['b']);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('theirs\n');
  });

  it('writes files that are not there', () => {
    applySteps([fresh('a'), fresh('b')]);
    expect(readdirSync(folder)).toEqual(['a', 'b']);
  });
});
