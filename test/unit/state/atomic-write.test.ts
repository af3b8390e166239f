import { spawnSync } from 'node:child_process';
import {
  linkSync,
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
import { removeLeftovers, writeFileAtomically } from '../../../src/state/atomic-write.ts';

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

  describe('with a lock that others know', () => {
    it('holds it while it writes, and gives it back', () => {
      const path = join(folder, 'file');
      let held: string[] = [];
      writeFileAtomically(path, 'new', {
        lock: `${path}.lock`,
        check: () => {
          held = readdirSync(folder);
        },
      });
      expect(held).toContain('file.lock');
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect(readdirSync(folder)).toEqual(['file']);
    });

    it('leaves the file and the lock alone if the lock is taken', () => {
      const path = join(folder, 'file');
      writeFileSync(path, 'old');
      writeFileSync(`${path}.lock`, 'theirs');
      expect(() => writeFileAtomically(path, 'new', { lock: `${path}.lock` })).toThrow(/EEXIST/);
      expect(readdirSync(folder)).toEqual(['file', 'file.lock']);
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readFileSync(`${path}.lock`, 'utf8')).toBe('theirs');
    });
  });

  describe('removeLeftovers', () => {
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const temporary = (pid: number) => join(folder, `.file.${pid}-0123456789ab.tmp`);

    it('removes what a process that is gone has left, and its lock', () => {
      const path = join(folder, 'file');
      writeFileSync(path, 'old');
      writeFileSync(temporary(dead), 'new');
      linkSync(temporary(dead), `${path}.lock`);
      removeLeftovers(folder, (name) => name === 'file');
      expect(readdirSync(folder)).toEqual(['file']);
    });

    it('leaves what a running process writes, and what others have locked', () => {
      writeFileSync(temporary(process.pid), 'new');
      writeFileSync(temporary(dead), 'new');
      writeFileSync(join(folder, 'file.lock'), 'theirs');
      writeFileSync(join(folder, '.file.tmp'), 'theirs as well');
      removeLeftovers(folder, (name) => name === 'file');
      expect(readdirSync(folder)).toEqual([
        `.file.${process.pid}-0123456789ab.tmp`,
        '.file.tmp',
        'file.lock',
      ]);
    });

    it('leaves what was to become a file that is none of ours', () => {
      writeFileSync(temporary(dead), 'theirs');
      removeLeftovers(folder, (name) => name === 'another');
      expect(readFileSync(temporary(dead), 'utf8')).toBe('theirs');
    });

    it('has nothing to do where there is no folder', () => {
      removeLeftovers(join(folder, 'nowhere'), () => true);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});
