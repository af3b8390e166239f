import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOOKS } from '../../../src/hook-names.ts';
import { Clone, PACKAGE, HOOKS as PROGRAM, Sandbox } from '../../helpers/sandbox.ts';
import { configure, guardedClone, install } from '../hooks/guarded.ts';
import { examine, hookPath } from './examined.ts';

describe('doctor, where hooks do not guard,', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await guardedClone(sandbox, `agent-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  function replace(hook: string, script: string, mode = 0o755): void {
    writeFileSync(hookPath(clone, hook), `#!/bin/sh\n${script}\n`);
    chmodSync(hookPath(clone, hook), mode);
  }

  it.each(HOOKS)('says that %s was removed, and that git runs none', async (hook) => {
    rmSync(hookPath(clone, hook));
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual([`hooks ${hook} failed`, `fires ${hook} failed`]);
    expect(of('fires', hook)).toMatchObject({
      message: expect.stringContaining(`git ran no ${hook} hook of ours: a `),
      remedy: 'npx lazyspec-hooks install',
    });
  });

  it('sees that acts go through where settings would have stopped them later', async () => {
    for (const hook of HOOKS) rmSync(hookPath(clone, hook));
    for (const key of ['commit.gpgSign', 'push.gpgSign', 'merge.verifySignatures']) {
      await clone.git('config', key, 'true');
    }
    await clone.git('config', 'gpg.program', 'false');
    const { result } = await examine(clone);
    const fires = result.findings.filter(({ check }) => check === 'fires');
    expect(fires.map(({ state }) => state)).toEqual(HOOKS.map(() => 'failed'));
  });

  it.each(HOOKS)('says that %s cannot be executed', async (hook) => {
    chmodSync(hookPath(clone, hook), 0o644);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual([`hooks ${hook} failed`, `fires ${hook} failed`]);
    expect(of('hooks', hook)?.message).toContain('is not executable');
  });

  it('says that a hook is not ours, and that it does not refuse', async () => {
    replace('pre-commit', 'exit 0');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['hooks pre-commit failed', 'fires pre-commit failed']);
    expect(of('hooks', 'pre-commit')?.message).toContain('is not ours');
  });

  it('takes nobody for us who fails first, and shows what was said', async () => {
    replace('pre-commit.before-lazyspec', 'echo "tabs, not spaces" >&2; exit 1');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['fires pre-commit warning']);
    expect(of('fires', 'pre-commit')).toMatchObject({
      message: expect.stringContaining('could not be proven'),
      details: ['tabs, not spaces'],
    });
  });

  it('says that our refusal is thrown away by whatever runs us', async () => {
    const call = `'${process.execPath}' '${PROGRAM}' run`;
    for (const hook of HOOKS) replace(hook, `${call} ${hook} "$@" || true`);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(
      HOOKS.flatMap((hook) => [`hooks ${hook} failed`]).concat(
        HOOKS.map((hook) => `fires ${hook} failed`),
      ),
    );
    for (const hook of HOOKS) {
      expect(of('fires', hook)).toMatchObject({
        message: expect.stringContaining('git went on all the same'),
        remedy: expect.stringContaining('|| true'),
      });
    }
  });

  it('says that a hook which calls us from elsewhere refuses, though it is not ours', async () => {
    replace('pre-commit', `exec '${process.execPath}' '${PROGRAM}' run pre-commit`);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['hooks pre-commit failed']);
    expect(of('fires', 'pre-commit')?.state).toBe('ok');
  });

  it('says that hooks are switched off in this environment', async () => {
    const { wrong, of } = await examine(clone, { env: { LAZYSPEC_HOOKS: '0' } });
    expect(wrong).toEqual(HOOKS.map((hook) => `fires ${hook} failed`));
    expect(of('fires', 'pre-push')?.remedy).toContain('unset LAZYSPEC_HOOKS');
  });

  it('says that a hook finds no Node', async () => {
    const note = clone.at('.git/lazyspec/program.sh');
    writeFileSync(
      note,
      readFileSync(note, 'utf8').replace(/^lazyspec_node=.*$/m, 'lazyspec_node=/gone'),
    );
    const path = (await gitOnly()).PATH;
    const { wrong, of } = await examine(clone, { env: { PATH: path } });
    expect(wrong).toEqual(['program-note warning', ...HOOKS.map((hook) => `fires ${hook} failed`)]);
    expect(of('program-note')?.message).toContain('is gone: /gone');
    expect(of('fires', 'pre-commit')?.message).toContain('says: Node was not found');
  });

  it('says that a hook finds no program', async () => {
    const note = clone.at('.git/lazyspec/program.sh');
    writeFileSync(
      note,
      readFileSync(note, 'utf8').replace(/^lazyspec_program=.*$/m, 'lazyspec_program=/gone'),
    );
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['program-note warning', ...HOOKS.map((hook) => `fires ${hook} failed`)]);
    expect(of('fires', 'pre-commit')?.message).toContain('says: the program was not found');
  });

  it('does not take what npm puts on PATH for what git will find', async () => {
    const note = clone.at('.git/lazyspec/program.sh');
    const text = readFileSync(note, 'utf8').replace(
      /^lazyspec_program=.*$/m,
      'lazyspec_program=/gone',
    );
    writeFileSync(note, text);
    const bin = join(sandbox.folder, `npm-${number}`, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    const script = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
    writeFileSync(join(bin, 'lazyspec-hooks'), script, { mode: 0o755 });
    const env = { PATH: `${bin}:${sandbox.env.PATH}` };
    expect((await examine(clone, { env })).of('fires')?.state).toBe('ok');
    const byNpm = { ...env, npm_execpath: '/usr/lib/npm' };
    expect((await examine(clone, { env: byNpm })).of('fires')?.state).toBe('failed');
  });

  it('says that the next commit starts Node after the configuration was committed', async () => {
    await configure(clone, '[coordination]\nremote = "origin"\n# changed\n');
    const after = await examine(clone);
    expect(after.wrong).toEqual([]);
    expect(after.of('governed-note')?.message).toContain('the next commit starts Node once');
    clone.write({ 'plain.txt': 'plain\n' });
    await clone.git('add', 'plain.txt');
    await clone.git('commit', '--quiet', '-m', 'plain');
    expect((await examine(clone)).of('governed-note')?.message).toMatch(/^commits that touch/);
  });

  it('says that notes are missing', async () => {
    rmSync(clone.at('.git/lazyspec/governed.sh'));
    rmSync(clone.at('.git/lazyspec/program.sh'));
    const notes = ['program-note warning', 'governed-note warning'];
    expect((await examine(clone)).wrong.slice(0, 2)).toEqual(notes);
  });

  it('names the work trees that take their hooks from a folder which is missing there', async () => {
    const other = new Clone(sandbox, join(sandbox.folder, `linked-${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', other.path);
    await clone.git('config', 'extensions.worktreeConfig', 'true');
    await other.git('config', '--worktree', 'lazyspec.agentId', 'another');
    await clone.git('config', 'core.hooksPath', 'generated/hooks');
    await install(clone);
    const { wrong, result } = await examine(clone);
    expect(wrong).toEqual(['hooks warning']);
    expect(
      result.findings.flatMap(({ check, details }) => (check === 'hooks' && details) || []),
    ).toEqual([`${other.path}: ${other.at('generated/hooks')}`]);
    const there = await examine(other);
    expect(there.of('fires', 'pre-commit')?.state).toBe('failed');
  });

  it.each(['/dev/null', 'README.md'])('says that %s holds no hooks', async (path) => {
    await clone.git('config', 'core.hooksPath', path);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['hooks failed', ...HOOKS.map((hook) => `fires ${hook} failed`)]);
    expect(of('hooks')).toMatchObject({
      message: expect.stringContaining('which is no folder'),
      remedy: expect.stringContaining('core.hooksPath'),
    });
  });

  it('says how to be guarded where all repositories share their hooks', async () => {
    const env = { GIT_CONFIG_GLOBAL: join(sandbox.folder, `global-${number}`) };
    writeFileSync(env.GIT_CONFIG_GLOBAL, '[core]\n\thooksPath = /nonexistent/hooks\n');
    const { of } = await examine(clone, { env });
    const remedy = of('hooks', 'pre-commit')?.remedy ?? '';
    const command = /^Give this repository hooks of its own: (git config .*) && npx /.exec(remedy);
    await clone.git('-c', `alias.remedy=!${command?.[1]}`, 'remedy');
    expect((await examine(clone, { env })).wrong).toEqual([]);
  });

  it('proves it where core.hooksPath names the hooks of the git directory', async () => {
    await clone.git('config', 'core.hooksPath', '.git/hooks');
    expect((await examine(clone)).wrong).toEqual([]);
    // There it leads nowhere.
    const other = new Clone(sandbox, join(sandbox.folder, `nowhere-${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', other.path);
    expect((await examine(clone)).wrong).toEqual(['work-trees warning', 'hooks warning']);
    expect((await examine(other)).of('fires', 'pre-commit')?.state).toBe('failed');
  });

  it('proves it behind a hook that runs a tracked script, but not in a large repository', async () => {
    await clone.hooks(['uninstall', '--quiet']);
    mkdirSync(clone.at('.git/hooks'), { recursive: true });
    replace('pre-commit', 'exec sh jobs/check.sh');
    clone.write({ 'jobs/check.sh': 'true\n' });
    await clone.git('add', 'jobs/check.sh');
    await install(clone);
    expect((await examine(clone)).wrong).toEqual([]);

    const blob = await clone.git('rev-parse', ':jobs/check.sh');
    const names = Array.from({ length: 2_000 }, (_, n) => `100644 ${blob}\tmany/${n}\n`);
    const input = names.join('');
    await clone.tryGit(['update-index', '--index-info'], { input });
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['fires pre-commit warning']);
    expect(of('fires', 'pre-commit')?.message).toContain('failed before our hook was asked');
  });

  it('proves it through husky, whose folder is not tracked', async () => {
    await clone.hooks(['uninstall', '--quiet']);
    clone.write({ 'package.json': '{ "private": true }\n', '.husky/pre-commit': 'true\n' });
    const bin = join(PACKAGE, 'node_modules', 'husky', 'bin.js');
    await clone.git('-c', `alias.husky=!'${process.execPath}' '${bin}'`, 'husky');
    mkdirSync(clone.at('node_modules'));
    const installed = await clone.hooks(['install']);
    expect(installed).toMatchObject({ status: 0 });
    const env = sandbox.shadow(
      'lazyspec-hooks',
      `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`,
    );
    const { wrong, of } = await examine(clone, { env });
    expect(wrong).toEqual([]);
    expect(of('hooks', 'pre-push')?.message).toBe('pre-push is installed: husky');

    renameSync(clone.at('.husky/_'), clone.at('.husky/away'));
    const without = await examine(clone, { env });
    expect(without.wrong).toContain('fires pre-commit failed');
    expect((await examine(clone, { env: { ...env, HUSKY: '0' } })).of('fires')?.remedy).toContain(
      'unset HUSKY',
    );
  });

  /** A PATH on which git and what it needs is, and no Node. */
  async function gitOnly() {
    const wanted = ['git', 'sh', 'cat', 'cmp', 'rm', 'dirname', 'basename', 'sed', 'uname'];
    const folder = join(sandbox.folder, `path-${number}`);
    mkdirSync(folder);
    for (const name of wanted) {
      const target = await clone.git('-c', `alias.which=!command -v ${name}`, 'which');
      writeFileSync(join(folder, name), `#!/bin/sh\nexec ${target} "$@"\n`, { mode: 0o755 });
    }
    expect(dirname(process.execPath)).not.toBe(folder);
    return { PATH: folder };
  }
});
