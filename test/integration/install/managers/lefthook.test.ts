import { existsSync, renameSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOOKS } from '../../../../src/hook-names.ts';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers } from '../../../helpers/managers.ts';
import { Clone, run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';
import {
  expectDone,
  expectFails,
  expectGuarded,
  expectProven,
  PROJECT,
  plugIn,
  unplug,
} from './plugged.ts';

const YAML = `# How we work
pre-commit:
  parallel: true # faster
  jobs:
    # first of all
    - name: theirs
      run: echo theirs

  # by and by
commit-msg:
  jobs:
    - run: "true"
`;

describe('lefthook', () => {
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

  async function lefthook(): Promise<void> {
    const ran = await run(clone.at('node_modules/.bin/lefthook'), ['install'], {
      cwd: clone.path,
      env: sandbox.env,
    });
    expect(ran.status).toBe(0);
  }

  it.each([
    ['lefthook.yml', YAML],
    ['lefthook.yaml', 'pre-commit: { jobs: [{ run: "true" }] }\n'],
    ['.lefthook.yml', 'pre-push:\n  scripts:\n    "x.sh":\n      runner: sh\n'],
    [
      '.config/lefthook.yml',
      'pre-commit:\n  piped: true\n  commands:\n    a:\n      run: "true"\n',
    ],
    ['lefthook.yml', 'source_dir: tools/hooks\npre-commit:\n  jobs: []\n'],
    ['lefthook.json', '{\n\t"pre-commit": { "jobs": [{ "run": "true" }] }\n}'],
    ['lefthook.yml', '# only a remark'],
    [
      'lefthook.yml',
      'assert_lefthook_installed: true\r\npre-commit:\r\n  jobs:\r\n    - run: "true"\r\n',
    ],
  ])('runs ours from %s (%#), and its own files come and go', async (name, text) => {
    clone.write({ [name]: text });
    const { before, plan, result } = await plugIn(clone);
    expect(plan).toContain(`+++ ${name}\n`);
    expect(plan).toContain('run lefthook install\n');
    expect(result.manager).toBe('lefthook');
    for (const line of text.split('\n').filter((one) => /#|scripts/.test(one))) {
      expect(clone.read(name)).toContain(line.trim());
    }
    if (text.includes('source_dir')) {
      expect(existsSync(clone.at('tools/hooks/pre-push/lazyspec-hooks.sh'))).toBe(true);
      await expectProven(clone);
    }
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('is active already: the hooks that it made stay', async () => {
    clone.write({ 'lefthook.yml': YAML });
    await lefthook();
    const { before, result } = await plugIn(clone);
    expect(result.manager).toBe('lefthook');
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('is configured in TOML, which we do not edit', async () => {
    clone.write({ 'lefthook.toml': '[pre-commit]\n' });
    await expectFails(clone, ['install'], {
      status: 2,
      words: ['lefthook.toml cannot be edited', 'use_stdin = true', 'lazyspec-hooks.sh'],
    });
    // Somebody has put ours in by hand.
    clone.write({ 'lefthook.toml': '[[pre-commit.jobs]]\nscript = "lazyspec-hooks.sh"\n' });
    const ran = await clone.hooks(['uninstall']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(`Take our jobs out of ${clone.at('lefthook.toml')} by hand`);
  });

  it('is configured in TOML, and somebody has put ours in by hand', async () => {
    const jobs = HOOKS.map(
      (hook) => `[[${hook}.jobs]]\nscript = "lazyspec-hooks.sh"\nrunner = "sh"\n`,
    );
    clone.write({ 'lefthook.toml': `${jobs.join('')}use_stdin = true\n` });
    for (const hook of HOOKS) {
      const script = `sh node_modules/lazyspec-hooks/hooks/${hook} "$@"\n`;
      clone.write({ [`.lefthook/${hook}/lazyspec-hooks.sh`]: script });
    }
    expect((await plugIn(clone)).result.manager).toBe('lefthook');
    await expectGuarded(clone);
  });

  it('is not installed: ours is put in, and what to run is said', async () => {
    rmSync(clone.at('node_modules/.bin'));
    clone.write({ 'lefthook.yml': YAML });
    const { before, result } = await plugIn(clone);
    expect(result.notes[0]).toContain('run: lefthook install');
    await unplug(clone, before);
  });

  it.each(['skip: merge', 'only:\n    - ref: main'])(
    'is told not to run at times (%s)',
    async (words) => {
      clone.write({ 'lefthook.yml': `pre-commit:\n  ${words}\n` });
      const { before, result } = await plugIn(clone);
      expect(result.notes[0]).toContain("'skip' or 'only'");
      await unplug(clone, before);
    },
  );

  it('still runs the jobs, commands and scripts that were there', async () => {
    clone.write({
      'lefthook.yml': `pre-commit:
  jobs:
    - run: echo a >>ran.txt
  commands:
    b:
      run: echo b >>ran.txt
  scripts:
    c.sh:
      runner: sh
`,
      '.lefthook/pre-commit/c.sh': 'echo c >>ran.txt\n',
    });
    const { before } = await plugIn(clone);
    clone.write({
      [RFC_1]: '# New\n',
      '.git/info/exclude': `${clone.read('.git/info/exclude')}ran.txt\n`,
    });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(clone.read('ran.txt').split('\n').sort()).toEqual(['', 'a', 'b', 'c']);
    rmSync(clone.at('ran.txt'));
    await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1);
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('lefthook.yml')).toBe(before['lefthook.yml']?.slice(7));
  });

  it.each([
    ['a job in front of ours', 'jobs:\n    - run: sh stage.sh\n', undefined],
    ['a command', 'commands:\n    a:\n      run: sh stage.sh\n', 'commands in '],
    ['a job at the same time', 'parallel: true\n  jobs:\n    - run: "true"\n', 'jobs in parallel'],
  ])('judges what is staged by %s, or says that it does not', async (_, jobs, later) => {
    clone.write({
      'lefthook.yml': `pre-commit:\n  ${jobs}`,
      'stage.sh': `echo new >${RFC_1}\ngit add ${RFC_1}\n`,
    });
    const { result } = await plugIn(clone);
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    const ok = {
      check: 'hooks',
      state: 'ok',
      message: expect.stringContaining(later ?? 'lefthook'),
    };
    expect(findings).toContainEqual(expect.objectContaining({ ...ok, hook: 'pre-commit' }));
    expect(result.notes.join()).toMatch(
      later ? new RegExp(`does not run last: .*${later}`) : /^(?!.*run last)/,
    );
    if (later?.startsWith('jobs')) return; // by chance
    clone.write({ 'README.md': '# New\n' });
    const ran = await commitAll(clone);
    if (!later) expectRefused(ran, 'RFC-001');
    else expect(ran).toMatchObject({ status: 0 });
  });

  it('runs lines that were added to our script, and keeps them', async () => {
    clone.write({ 'lefthook.yml': YAML });
    await plugIn(clone);
    const script = '.lefthook/pre-commit/lazyspec-hooks.sh';
    clone.write({ [script]: `${clone.read(script)}echo mine\n` });
    await plugIn(clone);
    expect(clone.read(script)).toMatch(/\|\| exit\necho mine\n$/);
    await expectGuarded(clone);
    const gone = await clone.hooks(['uninstall']);
    expect(gone.stdout).toContain(`${clone.at(script)} has lines of yours`);
    expect(clone.read(script)).toBe('echo mine\n');
    clone.write({ [RFC_1]: '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 0 });
  });

  it('keeps a hook that was there, says so, and uninstall brings it back', async () => {
    clone.write({ 'lefthook.yml': YAML, '.git/hooks/pre-commit': '#!/bin/sh\necho foreign\n' });
    const { before, result } = await plugIn(clone);
    expect(result.notes[0]).toContain('pre-commit.old, and does not run it');
    await unplug(clone, before);
  });

  it('takes over where ours were straight in git, before a hook that was there', async () => {
    const foreign = '#!/bin/sh\necho foreign\n';
    clone.write({ '.git/hooks/pre-commit': foreign });
    expectDone(await clone.hooks(['install']));
    clone.write({ 'lefthook.yml': YAML });
    await plugIn(clone);
    expect(clone.read('.git/hooks/pre-commit')).toContain('call_lefthook');
    expect(clone.read('.git/hooks/pre-push')).toContain('call_lefthook');
    expect(clone.read('.git/hooks/pre-commit.old')).toBe(foreign);
    expect(existsSync(clone.at('.git/hooks/pre-commit.before-lazyspec'))).toBe(false);
    await expectGuarded(clone);
  });

  it('is in a clone that was moved since: all comes back', async () => {
    clone.write({ 'lefthook.yml': YAML, '.git/hooks/pre-commit': '#!/bin/sh\necho foreign\n' });
    const { before } = await plugIn(clone);
    const moved = new Clone(sandbox, `${clone.path} moved`);
    renameSync(clone.path, moved.path);
    await unplug(moved, before);
  });

  it('has got more jobs since: those stay', async () => {
    clone.write({ 'lefthook.yml': YAML });
    await plugIn(clone);
    clone.write({
      'lefthook.yml': `${clone.read('lefthook.yml')}post-merge:\n  jobs:\n    - run: "true"\n`,
    });
    await lefthook();
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('lefthook.yml')).toBe(`${YAML}post-merge:\n  jobs:\n    - run: "true"\n`);
    for (const hook of ['pre-commit', 'commit-msg', 'post-merge']) {
      expect(clone.read(`.git/hooks/${hook}`)).toContain('call_lefthook');
    }
    expect(existsSync(clone.at('.git/hooks/pre-push'))).toBe(false);
    expect(existsSync(clone.at('.lefthook'))).toBe(false);
  });

  it.each([
    ['lefthook.yml', 'pre-commit:\n  jobs: [\n', 'lefthook.yml:'],
    ['lefthook.json', '{ "pre-commit": ', 'lefthook.json:1'],
    ['lefthook.yml', '- a list\n', 'not a table of hooks'],
    ['lefthook.yml', 'pre-commit:\n  jobs: a text\n', 'lefthook.yml:2'],
  ])('has a broken configuration (%s: %j)', async (name, text, words) => {
    clone.write({ [name]: text });
    await expectFails(clone, ['install'], { status: 2, words: [words] });
    const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
    await unplug(clone, before);
  });
});
