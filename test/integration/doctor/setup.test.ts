import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import { guardedClone } from '../hooks/guarded.ts';
import { examine } from './examined.ts';

describe('doctor, where something is not set up,', () => {
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

  const NO_LEASES = ['ref-store', 'remote', 'clock', 'compare-and-swap'].map(
    (check) => `${check} warning`,
  );
  const NOTHING_GATED = [
    ...NO_LEASES,
    ...['pre-commit', 'pre-merge-commit', 'pre-push'].map((hook) => `fires ${hook} warning`),
  ];

  it('says that it is not in a repository, and what was not checked for it', async () => {
    const { wrong, of } = await examine(clone, { cwd: sandbox.folder });
    expect(wrong).toEqual([
      'repository failed',
      ...['configuration warning', 'agent warning', 'work-trees warning', ...NO_LEASES],
      ...['hooks', 'program-note', 'governed-note', 'fires'].map((check) => `${check} warning`),
    ]);
    expect(of('repository')?.message).toBe(`${sandbox.folder} is not in a git repository`);
    expect(of('fires')?.message).toBe('not checked: there is no repository');
  });

  it('says that git is missing', async () => {
    const { wrong, of } = await examine(clone, { env: { PATH: '/nonexistent' } });
    expect(wrong.slice(0, 2)).toEqual(['git-version failed', 'repository failed']);
    expect(of('git-version')?.remedy).toContain('Install git');
  });

  it('says that git is too old', async () => {
    const env = sandbox.shadow(
      'git',
      `#!/bin/sh\ncase "$*" in *--version) echo git version 2.30.2; exit ;; esac\nPATH='${sandbox.env.PATH}' exec git "$@"\n`,
    );
    const { wrong, of } = await examine(clone, { env });
    expect(wrong).toEqual(['git-version failed']);
    expect(of('git-version')).toMatchObject({
      message: 'git 2.30 is too old',
      remedy: 'Install git 2.34 or newer.',
    });
  });

  it('tells all that is wrong with the configuration', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremot = "x"\nlease_duration = "1d"\n' });
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['configuration failed', ...NOTHING_GATED]);
    expect(of('configuration')?.message).toContain('.lazyspec.toml is not valid: 2 problems');
    expect(of('configuration')?.details).toHaveLength(2);
    expect(of('fires')?.message).toBe('not checked: nothing is gated');
  });

  it.each([
    ['has no [coordination]', '[gate]\n', '.lazyspec.toml has no [coordination]'],
    ['is not there', undefined, 'there is no configuration'],
  ])('says that nothing is gated where the configuration %s', async (_, text, message) => {
    if (text) clone.write({ '.lazyspec.toml': text });
    else await clone.git('rm', '--quiet', '.lazyspec.toml');
    await clone.hooks(['install', '--quiet']);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['configuration failed', ...NOTHING_GATED]);
    expect(of('configuration')?.message).toContain(message);
  });

  it('says that no file is a document', async () => {
    const type = 'name = "task"\nplural = "tasks"\ndir = "tasks"\nprefix = "TASK"\n';
    clone.write({ '.lazyspec.toml': `[[types]]\n${type}store = "github"\n[coordination]\n` });
    await clone.hooks(['install', '--quiet']);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['configuration warning', ...NOTHING_GATED.slice(NO_LEASES.length)]);
    expect(of('fires')?.message).toBe('not checked: no file would be a document');
  });

  it('says that nobody knows who is asking', async () => {
    await clone.git('config', 'user.name', '');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['agent failed', 'work-trees warning']);
    expect(of('agent')?.remedy).toContain('git config lazyspec.agentId <name>');
  });

  it('names the work trees that are the same agent, until each has a name of its own', async () => {
    const other = new Clone(sandbox, join(sandbox.folder, `other tree ${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', other.path);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['work-trees warning']);
    const name = `agent-${number}`;
    expect(of('work-trees')).toMatchObject({
      message: `several work trees of this clone are the same agent: '${name}'`,
      details: [`${name}: ${clone.path}`, `${name}: ${other.path}`],
    });
    // Whoever is named by the environment is so in one session only.
    expect((await examine(clone, { env: { LAZYSPEC_AGENT_ID: 'one' } })).wrong).toEqual([]);

    const remedy = of('work-trees')
      ?.remedy?.replace(/^[^:]*: /, '')
      .replace('<name>', 'other');
    await clone.git('-c', `alias.remedy=!${remedy}`, 'remedy');
    const examined = await examine(clone);
    expect(examined.wrong).toEqual([]);
    expect(examined.of('work-trees')?.message).toBe('2 work trees, each with an agent of its own');
  });

  it('is told of forty work trees of one agent in twenty lines, and without a warning of Node', async () => {
    const clone = await guardedClone(sandbox, 'forty');
    for (let index = 0; index < 40; index++) {
      await clone.git('worktree', 'add', '--quiet', '--detach', clone.at(`../tree-${index}`));
    }
    const { stdout, stderr } = await clone.hooks(['doctor']);
    expect(stderr).toBe('');
    expect(stdout.match(/forty: /g)).toHaveLength(20);
    expect(stdout).toContain('… and 21 more; --json lists all');
    const { of } = await examine(clone);
    expect(of('work-trees')?.details).toHaveLength(41);
  });
});
