/** Which manager is taken, and when that has to be said. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { expectDone, expectFails, PROJECT, plugIn, unplug } from './plugged.ts';

const LEFTHOOK = { 'lefthook.yml': 'commit-msg:\n  jobs:\n    - run: "true"\n' };
const HUSKY = { '.husky/pre-commit': 'true\n' };
const CONFIGURED: [string, Record<string, string>][] = [
  ['git', {}],
  ['husky', HUSKY],
  ['lefthook', LEFTHOOK],
  ['pre-commit', { '.pre-commit-config.yaml': 'repos: []\n' }],
  ['prek', { '.pre-commit-config.yml': 'repos: []\n' }],
  ['simple-git-hooks', { '.simple-git-hooks.json': '{}' }],
];

describe('the manager', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([
      Sandbox.create(PROJECT),
      installManagers('husky', 'lefthook', 'simple-git-hooks'),
    ]);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    managers.into(clone);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  async function chosen(...args: string[]): Promise<string> {
    const ran = await clone.hooks(['install', '--json', '--dry-run', ...args]);
    return JSON.parse(ran.stdout).manager ?? ran.stdout;
  }

  async function start(program: string, ...args: string[]): Promise<void> {
    const path = clone.at('node_modules/.bin', program);
    expect((await run(path, args, { cwd: clone.path, env: sandbox.env })).status).toBe(0);
  }

  it.each(CONFIGURED)('is %s where nothing else is configured', async (name, files) => {
    clone.write(files);
    expect(await chosen()).toBe(name);
  });

  it('is none of two that are configured: both are named', async () => {
    clone.write({ ...LEFTHOOK, ...HUSKY });
    await expectFails(clone, ['install'], {
      status: 2,
      words: ['husky, lefthook', `lefthook: ${clone.at('lefthook.yml')} exists`, '--manager husky'],
    });
    expect(await chosen('--manager', 'lefthook')).toBe('lefthook');
  });

  it('is the one that git runs, rather than one that is only configured', async () => {
    clone.write({ ...LEFTHOOK, ...HUSKY });
    await start('lefthook', 'install');
    expect(await chosen()).toBe('lefthook');
    await clone.git('reset', '--quiet', '--hard');
    clone.write({ ...LEFTHOOK, ...HUSKY });
    await start('husky');
    expect(await chosen()).toBe('husky');
  });

  it('is the one that ours are in already', async () => {
    clone.write(LEFTHOOK);
    expectDone(await clone.hooks(['install']));
    clone.write(HUSKY);
    expect(await chosen()).toBe('lefthook');
    await expectFails(clone, ['install', '--manager', 'husky'], {
      status: 2,
      words: ["in lefthook's configuration already", 'npx lazyspec-hooks uninstall'],
    });
    await expectFails(clone, ['install', '--manager', 'git'], { status: 2, words: ['already'] });
  });

  it.each(CONFIGURED.slice(1))('%s has to be set up, or made with --force', async (name) => {
    const asked = ['--manager', name];
    await expectFails(clone, ['install', ...asked], {
      status: 2,
      words: [`${name} is not set up`, `--manager ${name} --force`],
    });
    const { before, result } = await plugIn(clone, { args: [...asked, '--force'] });
    expect(result.manager).toBe(name);
    await unplug(clone, before);
  });
});
