/** Where we are is found without git only where git would say the same. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGitConfig } from '../../../src/git/config.ts';
import { findRepository, isPlainClone } from '../../../src/git/found-repository.ts';
import { openRepository } from '../../../src/git/repository.ts';
import { createGit } from '../../../src/git/run.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

describe('where we are', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  /** As found, if it is; and as git says, if it does. */
  async function both(cwd: string, extra: Record<string, string> = {}) {
    const env = { ...sandbox.env, ...extra };
    const git = createGit({ cwd, env });
    const config = await readGitConfig(git).catch(() => undefined);
    const found = config && isPlainClone(config) ? findRepository(cwd, env) : undefined;
    return { found, told: await openRepository(git, cwd, env).catch(() => undefined) };
  }

  it('is found at the top of a clone and in its folders, as git says', async () => {
    for (const folder of ['', 'docs', 'docs/rfcs']) {
      const { found, told } = await both(clone.at(folder));
      expect(found).toBeDefined();
      expect(found).toEqual(told);
    }
  });

  it('is found through a symbolic link, as git says', async () => {
    const link = join(sandbox.folder, 'link');
    symlinkSync(clone.path, link);
    const { found, told } = await both(realpathSync(join(link, 'docs')));
    expect(found).toEqual(told);
    expect((await both(join(link, 'docs'))).found).toEqual(told);
  });

  it('is not found in a linked work tree, in the git directory, or in a bare repository', async () => {
    await clone.git('worktree', 'add', '--quiet', join(sandbox.folder, 'linked'));
    for (const cwd of [join(sandbox.folder, 'linked'), clone.at('.git/hooks'), sandbox.remote]) {
      expect((await both(cwd)).found).toBeUndefined();
    }
  });

  it('is not found where git is told to look elsewhere', async () => {
    for (const name of ['GIT_DIR', 'GIT_COMMON_DIR']) {
      expect((await both(clone.path, { [name]: clone.at('.git') })).found).toBeUndefined();
    }
    const ceiling = { GIT_CEILING_DIRECTORIES: clone.path };
    expect(await both(clone.at('docs'), ceiling)).toEqual({ found: undefined, told: undefined });
    const other = await sandbox.clone('other');
    await other.git('config', 'core.worktree', clone.path);
    const { found, told } = await both(other.path);
    expect(found).toBeUndefined();
    expect(told?.root).not.toBe(other.path);
  });

  it('is not found in a folder that is only called .git, which git passes over', async () => {
    for (const folder of ['objects', 'refs']) {
      mkdirSync(clone.at(`docs/.git/${folder}`), { recursive: true });
    }
    writeFileSync(clone.at('docs/.git/config'), '');
    writeFileSync(clone.at('docs/.git/HEAD'), 'nonsense\n');
    const { found, told } = await both(clone.at('docs'));
    expect(found).toBeUndefined();
    expect(told?.root).toBe(clone.path);
  });

  it('is not found where git does not trust the owner', async () => {
    const { found, told } = await both(clone.at('docs/rfcs'), {
      GIT_TEST_ASSUME_DIFFERENT_OWNER: '1',
    });
    expect({ found, told }).toEqual({ found: undefined, told: undefined });
  });
});
