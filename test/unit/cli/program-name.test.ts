/** How advice names our programs: by what runs programs of packages where the reader is. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inTheirWords, leaseProgramName } from '../../../src/cli/program-name.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazyspec-name-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(path: string): string {
  const at = join(folder, path);
  mkdirSync(join(at, '..'), { recursive: true });
  writeFileSync(at, '#!/bin/sh\n');
  chmodSync(at, 0o755);
  return join(at, '..');
}

const advice = (PATH: string) =>
  inTheirWords('Run: npx lazyspec-hooks install', join(folder, 'project'), { PATH });

describe('advice to run our programs', () => {
  beforeEach(() => {
    program('project/node_modules/.bin/lazyspec-lease');
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm', 'pnpm exec lazyspec-hooks'],
    ['yarn.lock', 'yarn', 'yarn lazyspec-hooks'],
    ['bun.lock', 'bunx', 'bunx lazyspec-hooks'],
  ])('names the package manager of %s, also of a workspace above', (lock, manager, expected) => {
    writeFileSync(join(folder, lock), '');
    expect(advice(program(`bin/${manager}`))).toBe(`Run: ${expected} install`);
  });

  it('names npx where nothing tells, or the package manager is not on PATH', () => {
    const PATH = program('bin/npx');
    expect(advice(PATH)).toBe('Run: npx lazyspec-hooks install');
    writeFileSync(join(folder, 'pnpm-lock.yaml'), '');
    expect(advice(PATH)).toBe('Run: npx lazyspec-hooks install');
  });

  it('names yarn under plug and play, where npx finds nothing', () => {
    program('project/.pnp.cjs');
    writeFileSync(join(folder, 'yarn.lock'), '');
    program('bin/npx');
    expect(advice(program('bin/yarn'))).toBe('Run: yarn lazyspec-hooks install');
  });

  it('names the file itself where nothing runs programs of packages', () => {
    expect(advice('/nowhere')).toMatch(/^Run: node .*dist\/hooks\.js'? install$/);
  });

  it('names the program alone where it is on PATH, and what is installed here otherwise', () => {
    const cwd = join(folder, 'project');
    const PATH = program('bin/npx');
    expect(leaseProgramName(cwd, { PATH }, {})).toBe('npx lazyspec-lease');
    expect(leaseProgramName(folder, { PATH }, {})).toBe(
      'npx --package lazyspec-hooks lazyspec-lease',
    );
    program('bin/lazyspec-lease');
    expect(leaseProgramName(cwd, { PATH }, {})).toBe('lazyspec-lease');
  });
});
