/** A git that takes all memory of the machine is ended; how much it takes, only Linux tells. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGit, gitFailed } from '../../src/git/run.ts';
import { Forge } from '../e2e/server/forge.ts';
import { Sandbox } from '../helpers/sandbox.ts';

const here = process.platform === 'linux' ? it : it.skip;
const DIFF = ['diff-tree', '-r', '--root', '--name-status'];

describe('a git with a limit to its memory', () => {
  let sandbox: Sandbox;
  let forge: Forge;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    forge = new Forge(sandbox, sandbox.remote);
  });
  afterEach(() => sandbox.dispose());

  const gitWith = (memory: number) =>
    createGit({ cwd: sandbox.remote, env: { ...sandbox.env, GIT_DIR: sandbox.remote }, memory });

  here('is ended over a tree that unpacks to more files than it can hold', async () => {
    const commit = await forge.commitOf(await forge.bomb());
    const result = await gitWith(32 * 1024 * 1024)([...DIFF, commit], { deadline: 10_000 });
    expect(result.ended).toBe('swollen');
    expect(gitFailed(DIFF, result).message).toBe(
      'git diff-tree took more memory than can be right',
    );
  });

  here('is let be below the limit', async () => {
    const main = await sandbox.git(sandbox.remote, 'rev-parse', 'main');
    const result = await gitWith(512 * 1024 * 1024)([...DIFF, main]);
    expect(result).toMatchObject({ ended: 'exit', status: 0 });
  });
});
