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
  it.each([
    ['pnpm-lock.yaml', 'pnpm exec lazyspec-hooks'],
    ['yarn.lock', 'yarn lazyspec-hooks'],
    ['bun.lock', 'bunx lazyspec-hooks'],
  ])('names the package manager of %s where there is no npx', (lock, expected) => {
    program('project/lock');
    writeFileSync(join(folder, lock), ''); // of a workspace, above
    expect(advice('/nowhere')).toBe(`Run: ${expected} install`);
    const npx = program('bin/npx');
    expect(advice(npx)).toBe('Run: npx lazyspec-hooks install');
  });

  it('names yarn under plug and play, where npx finds nothing', () => {
    program('project/.pnp.cjs');
    expect(advice(program('bin/npx'))).toBe('Run: yarn lazyspec-hooks install');
  });

  it('names npx where nothing tells', () => {
    expect(advice('/nowhere')).toBe('Run: npx lazyspec-hooks install');
  });

  it('names the program alone where it is on PATH, and what is installed here otherwise', () => {
    const cwd = join(folder, 'project');
    const PATH = program('bin/npx');
    expect(leaseProgramName(cwd, { PATH }, {})).toBe('npx --package lazyspec-hooks lazyspec-lease');
    program('project/node_modules/.bin/lazyspec-lease');
    expect(leaseProgramName(cwd, { PATH }, {})).toBe('npx lazyspec-lease');
    writeFileSync(join(cwd, 'pnpm-lock.yaml'), '');
    expect(leaseProgramName(cwd, { PATH: '/nowhere' }, {})).toBe('pnpm exec lazyspec-lease');
    program('bin/lazyspec-lease');
    expect(leaseProgramName(cwd, { PATH }, {})).toBe('lazyspec-lease');
  });
});
