/** What commands and doctor say where files of the package are missing or damaged. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';
import { commit, RFC_1 } from '../hooks/guarded.ts';
import { copyPackage, DAMAGES, empty, missing, nul } from './damaged-package.ts';

let sandbox: Sandbox;
let clone: Clone;
let folder: string;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('ada');
  folder = clone.at('node_modules', 'lazyspec-hooks');
  copyPackage(folder);
  clone.write({ '.git/info/exclude': 'node_modules\n' });
});
afterEach(() => sandbox.dispose());

const program = (file: string, ...args: string[]): Promise<Ran> =>
  run(process.execPath, [join(folder, 'dist', file), ...args], {
    cwd: clone.path,
    env: sandbox.env,
  });

const COMMANDS: [string, ...string[]][] = [
  ['lease.js', 'claim', 'RFC-001'],
  ['lease.js', 'leases'],
  ['lease.js', 'gate', '--staged'],
  ['lease.js', '--version'],
  ['hooks.js', 'install'],
  ['hooks.js', 'doctor'],
];

describe('where files of the package are damaged', () => {
  it.each([
    'the chunks are missing',
    'the chunks are empty',
    'the chunks have only NUL bytes',
    'the chunks are cut in the middle',
    'dist/package.json is missing',
  ])('%s: commands name a file and the remedy, and do not ask for a bug report', async (damage) => {
    DAMAGES[damage]?.(folder);
    const refs = await sandbox.git(sandbox.remote, 'for-each-ref');
    for (const command of COMMANDS) {
      const { status, stdout, stderr } = await program(...command);
      expect({ command, status, stdout }).toEqual({ command, status: 3, stdout: '' });
      expect(stderr).toMatch(
        /^lazyspec-[a-z]+: the program is damaged: dist\/.* is (missing|empty|not as it was published)\n/,
      );
      expect(stderr).toContain('npm ci');
      expect(stderr).not.toMatch(/report|^ +at /m);
    }
    const { status, stdout } = await program('lease.js', 'leases', '--json');
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'PROGRAM_DAMAGED' });
    expect(status).toBe(3);
    expect(await sandbox.git(sandbox.remote, 'for-each-ref')).toBe(refs);
    expect(clone.has('.git/lazyspec')).toBe(false);
  });

  it('a package.json that is missing or empty is named', async () => {
    for (const damage of [missing, empty]) {
      damage(join(folder, 'package.json'));
      const { status, stderr } = await program('lease.js', 'leases');
      expect(status).toBe(3);
      expect(stderr).toContain('the program is damaged: package.json is');
      copyPackage(folder);
    }
  });

  it('install and uninstall copy and compare nothing that is damaged', async () => {
    for (const damage of [missing, empty, nul]) {
      damage(join(folder, 'hooks', 'hook.sh'));
      for (const command of ['install', 'uninstall']) {
        const { status, stderr } = await program('hooks.js', command);
        expect({ command, status }).toEqual({ command, status: 3 });
        expect(stderr).toContain('the program is damaged: hooks/hook.sh is');
      }
      copyPackage(folder);
    }
    expect(clone.has('.git/hooks/pre-commit')).toBe(false);
  });

  it('doctor names a file that nothing has needed yet', async () => {
    expect(await program('hooks.js', 'install')).toMatchObject({ status: 0 });
    empty(join(folder, 'templates', 'pre-receive'));
    const { status, stdout } = await program('hooks.js', 'doctor');
    expect(status).toBe(1);
    expect(stdout).toContain('is damaged: templates/pre-receive is empty');
  });

  it.each([
    ['has zero bytes', empty],
    ['has only NUL bytes', nul],
  ])('doctor names a hook file that %s, and install writes it anew', async (_, damage) => {
    expect(await program('hooks.js', 'install', '--manager', 'git')).toMatchObject({ status: 0 });
    const hook = clone.at('.git/hooks/pre-commit');
    damage(hook);
    const { status, stdout } = await program('hooks.js', 'doctor');
    expect(status).toBe(1);
    expect(stdout).toContain('pre-commit is empty, or has only NUL bytes');
    expect(stdout).toContain(hook);
    expect(await program('hooks.js', 'install')).toMatchObject({ status: 0 });
    clone.write({ [RFC_1]: '# Unclaimed\n' });
    await clone.git('add', '--all');
    expect((await commit(clone)).stderr).toContain('not claimed');
    expect(clone.has('.git/hooks/pre-commit.before-lazyspec')).toBe(false);
  });

  it.each(['pre-commit', 'hook.sh'])(
    "a hook manager's commit is refused where hooks/%s is empty or has only NUL bytes",
    async (name) => {
      clone.write({ '.husky/.keep': '', 'package.json': '{"devDependencies":{"husky":"9"}}' });
      await clone.git('config', 'core.hooksPath', '.husky/_');
      for (const file of ['pre-commit', 'h'])
        clone.write({ [`.husky/_/${file}`]: HUSKY[file] ?? '' });
      await run('chmod', ['+x', clone.at('.husky/_/pre-commit')], {
        cwd: clone.path,
        env: sandbox.env,
      });
      expect(await program('hooks.js', 'install', '--manager', 'husky')).toMatchObject({
        status: 0,
      });
      await clone.git('add', '--all');
      for (const damage of [empty, nul]) {
        damage(join(folder, 'hooks', name));
        clone.write({ [RFC_1]: '# Unclaimed\n' });
        await clone.git('add', '--all');
        const { status, stderr } = await commit(clone);
        expect({ status }).toEqual({ status: 1 });
        expect(stderr).toMatch(
          name === 'hook.sh' ? /hook.sh is damaged/ : /not installed here, or damaged/,
        );
        copyPackage(folder);
      }
    },
  );
});

/** As husky 9 writes them. */
const HUSKY: Record<string, string> = {
  'pre-commit': '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n',
  h: '#!/usr/bin/env sh\nsh -e ".husky/$(basename "$0")" "$@"\n',
};
