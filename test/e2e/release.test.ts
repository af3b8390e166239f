/** scripts/release.js in a small package with a real remote: a release, or all as it was. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../helpers/sandbox.ts';
import { PACKAGE, run, Sandbox } from '../helpers/sandbox.ts';

const MANIFEST = {
  name: 'small',
  version: '0.1.0',
  license: 'MIT',
  bin: { small: 'dist/small.js' },
  files: ['dist', 'src'],
  repository: { type: 'git', url: 'git+https://example.invalid/small.git' },
  scripts: { check: 'node -e "process.exit(Number(process.env.CHECK ?? 0))"' },
};
const CHANGES = '# Changelog\n\n## Unreleased\n\n- More.\n\n## 0.0.1 (2026-01-01)\n\n- Less.\n';

describe('a release', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let before: string;

  beforeEach(async () => {
    const manifest = `${JSON.stringify({ ...MANIFEST, files: ['dist'] }, null, 2)}\n`;
    sandbox = await Sandbox.create({
      'package.json': manifest,
      'package-lock.json': '{ "name": "small", "version": "0.1.0", "lockfileVersion": 3 }\n',
      'CHANGELOG.md': CHANGES,
      LICENSE: 'MIT\n',
      'README.md': '# Small\n',
      'dist/small.js': '#!/usr/bin/env node\n',
      'src/small.ts': '// Source.\n',
      'scripts/placeholder': '',
    });
    clone = await sandbox.clone('agent-a');
    mkdirSync(clone.at('scripts'), { recursive: true });
    cpSync(join(PACKAGE, 'scripts', 'release.js'), clone.at('scripts', 'release.mjs'));
    await commitAndPush();
    before = await clone.git('rev-parse', 'HEAD');
  });
  afterEach(() => sandbox.dispose());

  async function commitAndPush(): Promise<void> {
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'Prepare');
    await clone.git('push', '--quiet', 'origin', 'HEAD');
  }

  function release(args: string[], env: Record<string, string> = {}): Promise<Ran> {
    return run(process.execPath, [clone.at('scripts', 'release.mjs'), ...args], {
      cwd: clone.path,
      env: { ...sandbox.env, ...env },
    });
  }

  async function expectUntouched(): Promise<void> {
    expect(await clone.git('rev-parse', 'HEAD')).toBe(before);
    expect(await clone.git('status', '--porcelain')).toBe('');
    expect(await clone.git('tag')).toBe('');
  }

  it('is one commit and its tag, with the version and the date of the changes', async () => {
    const ran = await release(['minor']);
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stdout).toContain('git push --atomic origin main v0.2.0');
    expect(await clone.git('rev-parse', 'v0.2.0^{commit}')).toBe(
      await clone.git('rev-parse', 'HEAD'),
    );
    expect(await clone.git('log', '--format=%s', `${before}..HEAD`)).toBe('Release 0.2.0');
    expect(JSON.parse(clone.read('package.json')).version).toBe('0.2.0');
    expect(JSON.parse(clone.read('package-lock.json')).version).toBe('0.2.0');
    const today = new Date().toISOString().slice(0, 10);
    expect(clone.read('CHANGELOG.md')).toBe(
      CHANGES.replace('Unreleased\n', `Unreleased\n\n## 0.2.0 (${today})\n`),
    );
    expect(await clone.git('status', '--porcelain')).toBe('');
    expect(await clone.git('ls-remote', '--tags', 'origin')).toBe('');
  });

  it('is only told of with --dry-run', async () => {
    const ran = await release(['0.1.0', '--dry-run']);
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stdout).toContain('v0.1.0 would be released: 4 files');
    await expectUntouched();
  });

  it.each<[string, string[], RegExp, () => Promise<unknown> | unknown]>([
    ['without a version', [], /npm run release -- </, () => {}],
    ['of what is no version', ['next'], /next is no version/, () => {}],
    ['of a version that comes before', ['0.0.9'], /0\.0\.9 comes before 0\.1\.0/, () => {}],
    ['from another branch', ['minor'], /git switch main/, () => clone.git('switch', '-qc', 'x')],
    [
      'of what is not pushed',
      ['minor'],
      /upstream/,
      async () => {
        await clone.git('commit', '--quiet', '--allow-empty', '--message', 'More');
        before = await clone.git('rev-parse', 'HEAD');
      },
    ],
    [
      'of nothing',
      ['minor'],
      /nothing under "Unreleased"/,
      async () => {
        clone.write({ 'CHANGELOG.md': CHANGES.replace('- More.\n\n', '') });
        await commitAndPush();
        before = await clone.git('rev-parse', 'HEAD');
      },
    ],
    [
      'of what says not where it is from',
      ['minor'],
      /npm pkg set repository/,
      async () => {
        const { repository: _, ...manifest } = MANIFEST;
        clone.write({ 'package.json': JSON.stringify(manifest) });
        await commitAndPush();
        before = await clone.git('rev-parse', 'HEAD');
      },
    ],
    [
      'of a package that lacks what it promises',
      ['minor'],
      /would not pack dist\/small\.js/,
      async () => {
        clone.remove('dist/small.js');
        await commitAndPush();
        before = await clone.git('rev-parse', 'HEAD');
      },
    ],
    [
      'of a package with more in it than it should have',
      ['minor'],
      /would pack src\/small\.ts/,
      async () => {
        clone.write({ 'package.json': JSON.stringify(MANIFEST) });
        await commitAndPush();
        before = await clone.git('rev-parse', 'HEAD');
      },
    ],
    [
      'that git does not commit',
      ['minor'],
      /git commit .* has failed/,
      () => {
        clone.write({ '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
        return run('chmod', ['+x', clone.at('.git/hooks/pre-commit')], {
          cwd: clone.path,
          env: sandbox.env,
        });
      },
    ],
  ])('is refused %s, and all is as it was', async (_, args, why, prepare) => {
    await prepare();
    const ran = await release(args);
    expect(ran.stderr).toMatch(why);
    expect(ran.status).toBe(1);
    expect(ran.stdout).not.toContain('git push');
    await expectUntouched();
  });

  it('is refused where something is not committed, which stays', async () => {
    clone.write({ 'README.md': '# Other\n' });
    expect((await release(['minor'])).stderr).toContain('not clean');
    expect(await clone.git('status', '--porcelain')).toBe(' M README.md');
  });

  it('is of what was checked, and of nothing that was changed meanwhile', async () => {
    const change = 'process.env.CHECK && fs.appendFileSync("CHANGELOG.md", "- Late.\\n")';
    const scripts = { check: `node -e '${change}'` };
    clone.write({ 'package.json': JSON.stringify({ ...MANIFEST, files: ['dist'], scripts }) });
    await commitAndPush();
    const ran = await release(['minor'], { CHECK: '1' });
    expect(ran.stderr).toContain('changed during the check');
    expect(ran.status).toBe(1);
    expect(clone.read('CHANGELOG.md')).toBe(`${CHANGES}- Late.\n`);
    expect(await clone.git('tag')).toBe('');
  });

  it('is not made where the check fails, unless that is left out', async () => {
    const env = { CHECK: '1' };
    expect(await release(['minor'], env)).toMatchObject({ status: 1 });
    await expectUntouched();
    expect(await release(['minor', '--skip-check'], env)).toMatchObject({ status: 0 });
  });
});
