/** `install --save`, and the `prepare` script that it writes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { expectDone, expectFails, plugIn, unplug, worldOf } from './managers/plugged.ts';

const OURS = 'lazyspec-hooks install --quiet || true';
const args = ['--save'];

describe('install', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  describe('--save', () => {
    const scripts = (path = 'package.json') => JSON.parse(clone.read(path)).scripts;

    it('needs a package.json', async () => {
      await expectFails(clone, ['install', ...args], {
        status: 2,
        words: ['there is no package.json', 'npm init'],
      });
    });

    it.each([
      ['no scripts', '{\n  "name": "x"\n}\n'],
      ['nothing', '{}'],
      [
        'tabs and CRLF',
        '{\r\n\t"scripts": {\r\n\t\t"test": "jest"\r\n\t},\r\n\t"name": "x"\r\n}\r\n',
      ],
    ])('writes a script into a package.json with %s', async (_, text) => {
      clone.write({ 'package.json': text });
      const { before, plan } = await plugIn(clone, { args });
      expect(plan).toContain('+++ package.json\n');
      expect(scripts().prepare).toBe(OURS);
      expect(clone.read('package.json').includes('\r\n')).toBe(text.includes('\r\n'));
      expect(clone.read('package.json').replaceAll('\r\n', '').includes('\n')).toBe(
        !text.includes('\r\n'),
      );
      await unplug(clone, before);
    });

    it('joins a script that is there, and is taken out of it, whatever happens besides', async () => {
      const text = '{\n  "scripts": { "prepare": "husky" }\n}\n';
      clone.write({ 'package.json': text });
      const { before } = await plugIn(clone, { args });
      expect(scripts().prepare).toBe(`husky && (${OURS})`);
      await unplug(clone, before);

      await plugIn(clone, { args });
      clone.write({ 'package.json': clone.read('package.json').replace('husky', 'husky one') });
      expectDone(await clone.hooks(['uninstall']));
      expect(clone.read('package.json')).toBe(text.replace('husky', 'husky one'));
    });

    it('writes the nearest package.json, and uninstall finds it from anywhere', async () => {
      clone.write({ 'package.json': '{}\n', 'packages/one/package.json': '{}\n' });
      const { before } = await plugIn(clone, { args, cwd: clone.at('packages/one') });
      expect(clone.read('package.json')).toBe('{}\n');
      expect(scripts('packages/one/package.json').prepare).toBe(OURS);
      await unplug(clone, before);
    });

    it.each([
      ['packageManager', { 'package.json': '{ "packageManager": "yarn@4.1.0" }' }],
      ['.yarnrc.yml', { 'package.json': '{}', '.yarnrc.yml': 'nodeLinker: node-modules\n' }],
    ])('writes postinstall for a yarn that runs no prepare (%s)', async (_, files) => {
      clone.write(files);
      const { before } = await plugIn(clone, { args });
      expect(scripts()).toEqual({ postinstall: OURS });
      await unplug(clone, before);
    });

    it.each([
      ['{ "scripts": ', 2, 'package.json:1'],
      ['{ "scripts": [] }', 2, 'package.json:1'],
    ])('does not touch a broken package.json (%j)', async (text, status, words) => {
      clone.write({ 'package.json': text });
      await expectFails(clone, ['install', ...args], { status, words: [words] });
    });
  });

  describe('called by a package manager', () => {
    const prepare = { npm_lifecycle_event: 'prepare', npm_command: 'install' };

    it.each([
      ['in CI', { CI: 'true' }],
      ['without development dependencies', { npm_config_omit: 'dev' }],
      ['in production', { NODE_ENV: 'production' }],
    ])('does nothing %s, and says so', async (_, more) => {
      const before = worldOf(clone.path);
      const ran = await clone.hooks(['install'], { env: { ...prepare, ...more } });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toMatch(/^Nothing was installed: .+\n$/);
      expect(worldOf(clone.path)).toEqual(before);
    });

    it('does nothing outside of a repository', async () => {
      const env = { ...prepare, GIT_CEILING_DIRECTORIES: join(sandbox.folder, '..') };
      const ran = await clone.hooks(['install'], { env, cwd: sandbox.home });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toContain('is not in a git repository');
    });

    it.each([
      ['elsewhere', prepare],
      ['where CI is switched off', { ...prepare, CI: 'false' }],
      ['by hand in CI', { CI: 'true' }],
      ['by npx in CI', { CI: 'true', npm_lifecycle_event: 'npx', npm_command: 'exec' }],
    ])('installs %s', async (_, env: Record<string, string>) => {
      expectDone(await clone.hooks(['install'], { env }));
      expect(existsSync(clone.at('.git/hooks/pre-commit'))).toBe(true);
    });
  });
});
