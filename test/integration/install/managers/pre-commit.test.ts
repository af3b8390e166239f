import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers, isThere } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';
import { expectDone, expectFails, expectGuarded, PROJECT, plugIn, unplug } from './plugged.ts';

const CONFIG = '.pre-commit-config.yaml';
const THEIRS = `    hooks:
      - id: theirs
        name: theirs
        entry: "true"
        language: system
`;
const there = await isThere('pre-commit');
if (!there) process.stderr.write('skipped: all of pre-commit: it is not on PATH\n');

(there ? describe : describe.skip)('pre-commit', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([Sandbox.create(PROJECT), installManagers()]);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    managers.into(clone);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  async function preCommit(...args: string[]): Promise<void> {
    const ran = await run('pre-commit', args, { cwd: clone.path, env: sandbox.env });
    expect({ status: ran.status, out: ran.stdout }).toEqual({ status: 0, out: ran.stdout });
  }

  it.each([
    ['a list of repositories', `# Checks\nrepos:\n  # ours\n  - repo: local\n${THEIRS}`],
    [
      'the flow style',
      'repos: [{repo: local, hooks: [{id: a, name: a, entry: "true", language: system}]}]\n',
    ],
    ['nothing but an empty list', 'repos: []\n'],
    [
      'stages of its own',
      `default_stages: [push]\nfail_fast: true\nrepos:\n  - repo: local\n${THEIRS}`,
    ],
    ['CRLF lines', `repos:\r\n  - repo: local\r\n${THEIRS.replaceAll('\n', '\r\n')}`],
    ['everything excluded', `exclude: .*\nrepos:\n  - repo: local\n${THEIRS}`],
  ])('runs ours from a configuration with %s', async (_, text) => {
    clone.write({ [CONFIG]: text });
    const { before, plan, result } = await plugIn(clone);
    expect(plan).toContain(`+++ ${CONFIG}\n`);
    expect(plan).toContain('run pre-commit install -t pre-commit -t pre-merge-commit\n');
    expect(result.manager).toBe('pre-commit');
    expect(result.notes).toEqual([
      expect.stringContaining('changed and not staged'),
      'Commit it for everybody: git add .pre-commit-config.yaml',
    ]);
    expect(clone.read('.git/hooks/pre-push')).toContain('# lazyspec-hooks');
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('is active already, with a hook of before: both stay', async () => {
    clone.write({ [CONFIG]: `repos:\n  - repo: local\n${THEIRS}` });
    clone.write({ '.git/hooks/pre-commit': '#!/bin/sh\nexit 0\n' });
    await preCommit('install');
    const { before } = await plugIn(clone);
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('keeps a hook of before and runs it; uninstall brings it back', async () => {
    clone.write({ [CONFIG]: 'repos: []\n', '.git/hooks/pre-commit': '#!/bin/sh\nexit 0\n' });
    const { before } = await plugIn(clone);
    expect(clone.read('.git/hooks/pre-commit.legacy')).toBe('#!/bin/sh\nexit 0\n');
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('judges what hooks in front of ours stage, and says that others run after it', async () => {
    const stage = THEIRS.replace('"true"', 'sh stage.sh');
    clone.write({
      [CONFIG]: `repos:\n  - repo: local\n${stage}`,
      'stage.sh': `echo new >${RFC_1}\ngit add ${RFC_1}\n`,
    });
    await plugIn(clone);
    clone.write({ 'README.md': '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    clone.write({ [CONFIG]: `${clone.read(CONFIG)}  - repo: local\n${THEIRS}` });
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({
        state: 'ok',
        hook: 'pre-commit',
        message: expect.stringContaining(`judged by pre-push only: repositories behind ours`),
      }),
    );
  });

  it('has an entry of ours to which users have added: what they added stays', async () => {
    clone.write({ [CONFIG]: 'repos: []\n' });
    await plugIn(clone);
    const edited = clone
      .read(CONFIG)
      .replace('always_run: true', 'always_run: true\n        verbose: true');
    const theirs = THEIRS.replace('    hooks:\n', '');
    clone.write({ [CONFIG]: `${edited.trimEnd()}\n${theirs}` });
    const before = clone.read(CONFIG);
    await plugIn(clone);
    expect(clone.read(CONFIG)).toBe(before);
    clone.write({ [CONFIG]: before.replace('pass_filenames: false', 'pass_filenames: true') });
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0 });
    expect(clone.read(CONFIG)).toContain('verbose: true');
    expect(clone.read(CONFIG)).toContain('id: theirs');
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read(CONFIG)).toContain('id: theirs');
    expect(clone.read(CONFIG)).not.toContain('lazyspec');
  });

  it('does not install hooks where core.hooksPath is set: it says so, and all is taken back', async () => {
    clone.write({ [CONFIG]: 'repos: []\n' });
    await clone.git('config', 'core.hooksPath', '.git/hooks');
    await expectFails(clone, ['install'], {
      status: 3,
      words: ['pre-commit install', 'Cowardly refusing', 'Everything is as it was'],
    });
  });

  it('is not installed: ours is put in, and what to run is said', async () => {
    clone.write({ [CONFIG]: 'repos: []\n' });
    const PATH = (sandbox.env.PATH ?? '')
      .split(':')
      .filter((one) => one !== '/usr/bin' && one !== '/bin');
    const git = sandbox.shadow('git', '#!/bin/sh\nexec /usr/bin/git "$@"\n').PATH.split(':')[0];
    const env = { PATH: [git, ...PATH].join(':') };
    const { before, result } = await plugIn(clone, { env });
    expect(result.notes[0]).toContain('run: pre-commit install -t pre-commit -t pre-merge-commit');
    await unplug(clone, before, { env });
  });

  describe('by its version', () => {
    const other = (version: string) =>
      sandbox.shadow(
        'pre-commit',
        `#!/bin/sh\n[ "$1" = --version ] && exec echo pre-commit ${version}\nPATH='${sandbox.env.PATH}' exec pre-commit "$@"\n`,
      );

    it.each([
      ['2.20.0', ['commit', 'merge-commit']],
      ['3.1.1', ['commit', 'merge-commit']],
      ['3.2.0', ['pre-commit', 'pre-merge-commit']],
      ['4.3.0', ['pre-commit', 'pre-merge-commit']],
    ])('%s gets the names of its stages', async (version, names) => {
      clone.write({ [CONFIG]: 'repos: []\n' });
      expectDone(await clone.hooks(['install'], { env: other(version) }));
      const found = [...clone.read(CONFIG).matchAll(/stages:\s+- (\S+)/g)].map(([, name]) => name);
      expect(found).toEqual(names);
    });

    it('a newer one leaves the names that the older one of a colleague needs', async () => {
      clone.write({ [CONFIG]: 'repos: []\n' });
      expectDone(await clone.hooks(['install'], { env: other('3.1.0') }));
      const old = clone.read(CONFIG);
      expectDone(await clone.hooks(['install'], { env: other('4.3.0') }));
      expect(clone.read(CONFIG)).toBe(old);
    });

    it('an older one changes the names that it would refuse', async () => {
      clone.write({ [CONFIG]: 'repos: []\n' });
      expectDone(await clone.hooks(['install'], { env: other('4.3.0') }));
      expectDone(await clone.hooks(['install'], { env: other('3.1.0') }));
      expect(clone.read(CONFIG)).not.toContain('- pre-commit\n');
    });
  });

  it.each([
    ['repos: [\n', '.pre-commit-config.yaml:'],
    ['repos: a text\n', '.pre-commit-config.yaml:1'],
    ['a: 1\na: 2\n', '.pre-commit-config.yaml:2'],
  ])('has a broken configuration (%j)', async (text, words) => {
    clone.write({ [CONFIG]: text });
    await expectFails(clone, ['install'], { status: 2, words: [words] });
  });
});
