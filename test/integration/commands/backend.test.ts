/** Which of the two reads and writes the refs of a clone; none of this needs nodegit to be built. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { writeHook } from '../../contract/worlds.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { examine } from '../doctor/examined.ts';

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

/** A package that calls itself nodegit, and notes when it is loaded. */
function pretender(version: string, code = '', folder = `pretender-${++number}`) {
  const path = join(sandbox.folder, folder);
  const loaded = join(sandbox.folder, `loaded-${number}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'nodegit', version }));
  const note = `require('fs').writeFileSync(${JSON.stringify(loaded)}, '');`;
  writeFileSync(join(path, 'index.js'), `${note}\n${code}\n`);
  return { env: { LAZYSPEC_NODEGIT: path }, isLoaded: () => existsSync(loaded) };
}

const NONE = { LAZYSPEC_NODEGIT: '/nonexistent' };
const AUTO = { LAZYSPEC_BACKEND: 'auto' };
const ONLY = { LAZYSPEC_BACKEND: 'nodegit' };
const list = ['leases', '--local'];

/** What --verbose tells, and nothing else on stderr. */
async function told(env: Record<string, string>): Promise<string> {
  const silent = await clone.lease(list, { env });
  expect(silent).toMatchObject({ status: 0, stderr: '' });
  const { status, stderr } = await clone.lease([...list, '--verbose'], { env });
  expect(status).toBe(0);
  return stderr;
}

describe('without nodegit', () => {
  it('git is used, and only --verbose says so', async () => {
    expect(await told({ ...NONE, ...AUTO })).toBe('refs through git: nodegit is not installed\n');
  });

  it.each([
    ['LAZYSPEC_BACKEND', ''],
    ['[coordination] backend', 'backend = "nodegit"\n'],
  ])('a command that asks for it by %s fails, and says how to get it', async (source, setting) => {
    clone.write({ '.lazyspec.toml': `[coordination]\n${setting}` });
    const env = { ...NONE, LAZYSPEC_BACKEND: setting ? '' : 'nodegit' };
    const { error } = await clone.json(list, { env });
    expect(error).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: `${source} asks for nodegit: nodegit is not installed`,
      remedy: expect.stringContaining('npm install --save-dev nodegit@0.27.0'),
    });
    expect((await clone.lease(['claim', 'RFC-001'], { env })).status).toBe(3);
  });

  it('the variable goes before the configuration', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nbackend = "nodegit"\n' });
    const env = { ...NONE, LAZYSPEC_BACKEND: 'git' };
    expect(await told(env)).toBe('refs through git: LAZYSPEC_BACKEND says so\n');
  });

  it('a variable that says nonsense is a usage error', async () => {
    const ran = await clone.lease(list, { env: { LAZYSPEC_BACKEND: 'libgit2' } });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('Allowed: auto') });
  });

  it('doctor says which is used, and fails where the other is asked for', async () => {
    const fine = await examine(clone, { env: { ...NONE, ...AUTO } });
    expect(fine.of('ref-store')).toEqual({
      check: 'ref-store',
      state: 'ok',
      message: 'refs through git: nodegit is not installed',
    });
    const { of } = await examine(clone, { env: { ...NONE, ...ONLY } });
    expect(of('ref-store')).toMatchObject({ state: 'failed', remedy: expect.any(String) });
    expect(of('remote')?.message).toBe('not checked: nothing reads the refs of this clone');
  });
});

describe('a nodegit that will not do', () => {
  it.each([
    ['is of another version', '0.28.0-alpha.1', '', /nodegit 0\.28\.0-alpha\.1 is installed/],
    ['does not load', '0.27.0', 'throw new Error("built for\\nanother")', /not load: built for$/m],
    [
      'cannot open the repository',
      '0.27.0',
      'exports.Repository = { open: async () => { throw new Error("no") } }',
      /cannot open this repository: no/,
    ],
  ])('%s: git is used, and it is said why', async (_what, version, code, words) => {
    const { env } = pretender(version, code);
    expect(await told({ ...env, ...AUTO })).toMatch(words);
    const { error } = await clone.json(list, { env: { ...env, ...ONLY } });
    expect(error).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(words),
    });
  });
});

describe('nodegit is not even loaded', () => {
  it('where it comes with the repository', async () => {
    const { isLoaded } = pretender(
      '0.27.0',
      '',
      join(`agent-${number}`, 'node_modules', 'nodegit'),
    );
    await clone.lease(list, { env: AUTO });
    expect(isLoaded()).toBe(false);
  });

  it('where git does not trust the owner of the repository', async () => {
    const { env, isLoaded } = pretender('0.27.0');
    const foreign = { ...env, ...ONLY, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    const { error } = await clone.json(list, { env: foreign });
    expect(error).toMatchObject({
      code: 'NOT_A_REPOSITORY',
      remedy: expect.stringContaining('safe.directory'),
    });
    expect(isLoaded()).toBe(false);
  });

  it('by a hook, whatever is asked for', async () => {
    const { env, isLoaded } = pretender('0.27.0', 'throw new Error("loaded by a hook")');
    await clone.hooks(['install']);
    await clone.lease(['claim', 'RFC-001']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n' });
    const commit = ['commit', '--quiet', '--all', '--message', 'Change'];
    const ran = await clone.tryGit(commit, { env: { ...env, ...ONLY } });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const push = await clone.tryGit(['push', '--quiet'], { env: { ...env, ...ONLY } });
    expect(push).toMatchObject({ status: 0, stderr: '' });
    expect(isLoaded()).toBe(false);
    // What the hooks did not trip over is there.
    await clone.lease(list, { env: { ...env, ...AUTO } });
    expect(isLoaded()).toBe(true);
  });

  it.each<[what: string, words: RegExp, prepare: () => unknown, env?: Record<string, string>]>([
    ['of format 1', /format 1/, () => clone.git('config', 'core.repositoryFormatVersion', '1')],
    [
      'that is a partial clone',
      /a partial clone/,
      () => clone.git('config', 'extensions.partialClone', 'origin'),
    ],
    [
      'that others write to as well',
      /core\.sharedRepository/,
      () => clone.git('config', 'core.sharedRepository', 'group'),
    ],
    [
      'whose refs a hook watches over',
      /reference-transaction/,
      () => writeHook(clone.at('.git'), 'reference-transaction', 'exit 0'),
    ],
    ['in a namespace', /GIT_NAMESPACE/, () => {}, { GIT_NAMESPACE: 'x' }],
  ])('in a repository %s', async (_what, words, prepare, more = {}) => {
    const { env, isLoaded } = pretender('0.27.0');
    await prepare();
    expect(await told({ ...env, ...AUTO, ...more })).toMatch(words);
    expect(isLoaded()).toBe(false);
    const { error } = await clone.json(list, { env: { ...env, ...ONLY, ...more } });
    expect(error).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      remedy: expect.stringContaining('auto'),
    });
  });

  it('in a repository whose ids are SHA-256', async () => {
    const { env, isLoaded } = pretender('0.27.0');
    const path = join(sandbox.folder, `sha256-${number}`);
    await sandbox.git(sandbox.folder, 'init', '--quiet', '--object-format=sha256', path);
    writeFileSync(join(path, '.lazyspec.toml'), '[coordination]\nremote = "."\n');
    const options = { cwd: path, env: { ...env, ...AUTO } };
    const claimed = await clone.lease(['claim', 'RFC-001', '--verbose'], options);
    expect(claimed).toMatchObject({ status: 0, stderr: expect.stringContaining('not SHA-1') });
    expect(isLoaded()).toBe(false);
  });
});
