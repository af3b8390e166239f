import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applySteps } from '../../../src/install/apply.ts';
import { editStep, openFiles } from '../../../src/install/files.ts';

describe("a file that is written under git's kind of lock", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lazyspec files-'));
    path = join(folder, 'config');
    writeFileSync(path, 'before\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(locked: boolean): void {
    const files = openFiles();
    files.edit(path, () => 'after\n', { locked });
    applySteps(files.edits().map((edit) => editStep(edit, folder)));
  }

  it('is left alone while somebody else has the lock', () => {
    writeFileSync(`${path}.lock`, '');
    expect(() => write(true)).toThrow(`${path} is locked: ${path}.lock exists`);
    expect(readFileSync(path, 'utf8')).toBe('before\n');
    expect(existsSync(`${path}.lock`)).toBe(true);
  });

  it('is written where nobody has it, and the lock is given back', () => {
    write(true);
    expect(readFileSync(path, 'utf8')).toBe('after\n');
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('is another than one that no git writes', () => {
    writeFileSync(`${path}.lock`, '');
    write(false);
    expect(readFileSync(path, 'utf8')).toBe('after\n');
  });
});
