import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileAtomically } from '../../../src/state/atomic-write.ts';

describe('writeFileAtomically', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'atomic-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes a file, and makes the folders above it', () => {
    const path = join(folder, 'a', 'b', 'file');
    writeFileAtomically(path, 'text');
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file']);
  });

  it('replaces what was there', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'a longer text than the new one');
    writeFileAtomically(path, Buffer.from('short'));
    expect(readFileSync(path, 'utf8')).toBe('short');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('puts a new file there, so that whoever reads the old one goes on reading it', () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const before = statSync(path).ino;
    writeFileAtomically(path, 'new');
    expect(statSync(path).ino).not.toBe(before);
  });

  it('gives the mode that was asked for', () => {
    const path = join(folder, 'hook');
    writeFileAtomically(path, '#!/bin/sh\n', { mode: 0o700 });
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('leaves everything as it was when it fails', () => {
    const path = join(folder, 'file');
    mkdirSync(path);
    writeFileSync(join(path, 'inner'), 'kept');
    expect(() => writeFileAtomically(path, 'text')).toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(path, 'inner'), 'utf8')).toBe('kept');
  });
});
