/** What stands in the way of install: a clear error and nothing changed, or the right thing. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../helpers/managers.ts';
import { installManagers } from '../../helpers/managers.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, Sandbox } from '../../helpers/sandbox.ts';
import {
  expectFails,
  expectGuarded,
  PROJECT,
  plugIn,
  unplug,
  worldOf,
} from './managers/plugged.ts';

const LATIN_1 = Buffer.from('# caf\xe9\npre-commit:\n  jobs: []\n', 'latin1');
const asRoot = process.getuid?.() === 0;

describe('install', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([Sandbox.create(PROJECT), installManagers('lefthook')]);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    managers.into(clone);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  describe('with a configuration', () => {
    it('in another encoding: it is left alone, and in no other manager’s way', async () => {
      writeFileSync(clone.at('lefthook.yml'), LATIN_1);
      await expectFails(clone, ['install'], { status: 3, words: ['not encoded in UTF-8'] });
      const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
      await unplug(clone, before);
    });

    it('that is a symbolic link: its file is changed, and the link stays', async () => {
      clone.write({ 'config/hooks.yml': 'pre-commit:\n  jobs:\n    - run: "true"\n' });
      symlinkSync('config/hooks.yml', clone.at('lefthook.yml'));
      const { before } = await plugIn(clone);
      expect(lstatSync(clone.at('lefthook.yml')).isSymbolicLink()).toBe(true);
      expect(clone.read('config/hooks.yml')).toContain('lazyspec-hooks.sh');
      await expectGuarded(clone);
      await unplug(clone, before);
    });

    it('that nobody may write: it is changed, and stays so', async () => {
      clone.write({ 'lefthook.yml': 'pre-commit:\n  jobs: []\n' });
      chmodSync(clone.at('lefthook.yml'), 0o444);
      const { before } = await plugIn(clone);
      expect(lstatSync(clone.at('lefthook.yml')).mode & 0o777).toBe(0o444);
      await unplug(clone, before);
    });

    it('whose name is that of a folder', async () => {
      mkdirSync(clone.at('lefthook.yml'));
      await expectFails(clone, ['install'], { status: 3, words: ['lefthook.yml cannot be read'] });
      const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
      await unplug(clone, before);
    });
  });

  it('beside a .husky that is a file', async () => {
    clone.write({ '.husky': 'not a folder\n' });
    const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('beside scripts of husky in another encoding', async () => {
    clone.write({ '.husky/x': '' });
    writeFileSync(clone.at('.husky/pre-commit'), LATIN_1);
    const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
    await unplug(clone, before);
    await expectFails(clone, ['install'], { status: 3, words: ['not encoded in UTF-8'] });
  });

  describe('as somebody who may not write there', () => {
    /** Root may write anywhere: the program is then run as nobody, whose clone it is. */
    const nobody = asRoot ? { uid: 65_534, gid: 65_534 } : {};

    function give(path: string): void {
      if (asRoot) chownSync(path, 65_534, 65_534);
      if (!lstatSync(path).isDirectory()) return;
      for (const name of readdirSync(path)) if (name !== 'node_modules') give(join(path, name));
    }

    /** Node and the program, where nobody can read them too, wherever the originals are. */
    function program(): [node: string, program: string] {
      const folder = join(sandbox.folder, 'program');
      const from = join(HOOKS, '../..');
      for (const name of ['dist', 'hooks', 'schemas', 'templates', 'package.json']) {
        cpSync(join(from, name), join(folder, name), { recursive: true });
      }
      cpSync(process.execPath, join(folder, 'node'));
      return [join(folder, 'node'), join(folder, 'dist', 'hooks.js')];
    }

    async function refuses(words: string, paths: string[]): Promise<void> {
      give(clone.path);
      give(sandbox.home);
      chmodSync(sandbox.folder, 0o755);
      for (const path of paths)
        chmodSync(clone.at(path), lstatSync(clone.at(path)).isDirectory() ? 0o555 : 0);
      const before = worldOf(clone.path);
      const [node, hooks] = program();
      const child = spawn(node, [hooks, 'install'], {
        cwd: clone.path,
        env: sandbox.env,
        ...nobody,
      });
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      const status = await new Promise((resolve, reject) =>
        child.on('close', resolve).on('error', reject),
      );
      for (const path of paths) chmodSync(clone.at(path), 0o755);
      const after = worldOf(clone.path);
      expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining(words) });
      expect(stderr).not.toContain('this is a bug');
      const modeless = (world: Record<string, string>) =>
        Object.entries(world).map(([path, content]) => [path, content.replace(/^\d+ /, '')]);
      expect(modeless(after)).toEqual(modeless(before));
    }

    it('into the hooks folder', async () => {
      mkdirSync(clone.at('.git/hooks'), { recursive: true });
      writeFileSync(clone.at('.git/hooks/pre-commit'), '#!/bin/sh\n', { mode: 0o755 });
      await refuses('Everything is as it was', ['.git/hooks']);
    });

    it("into a manager's folder", async () => {
      clone.write({ '.husky/pre-commit': 'true\n' });
      await refuses('Everything is as it was', ['.husky']);
    });

    it('into the git folder', async () => {
      await refuses('could not be changed', ['.git']);
    });

    it('nor read package.json', async () => {
      await refuses('package.json cannot be read', ['package.json']);
    });
  });
});
