import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readGitConfig } from '../../src/git/config.ts';
import { plumbingStore } from '../../src/git/plumbing.ts';
import { refFiles } from '../../src/git/ref-files.ts';
import { openRepository } from '../../src/git/repository.ts';
import { createGit } from '../../src/git/run.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import type { StoreFactory } from './ref-store-suite.ts';
import { refStoreContract } from './ref-store-suite.ts';
import { refStoreInTrouble } from './ref-store-trouble.ts';
import { commitOf, leaseRefs, RFC_1, writeHook } from './worlds.ts';

const plumbing: StoreFactory = (cwd, env) => plumbingStore(createGit({ cwd, env }));
/** As the program has it: refs that are in files are read there. */
const withFiles: StoreFactory = async (cwd, env) => {
  const git = createGit({ cwd, env });
  const [repository, config] = await Promise.all([
    openRepository(git, cwd, env),
    readGitConfig(git),
  ]);
  return plumbingStore(git, refFiles(repository, config, env));
};

refStoreContract("git's plumbing", plumbing);
refStoreContract("git's plumbing, and refs in files", withFiles);
refStoreInTrouble("git's plumbing, and refs in files", withFiles);

describe('a git process that does not end by itself', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.create();
  });
  afterEach(() => sandbox.dispose());

  it('leaves a swap unknown, and says whether a person interrupted it', async () => {
    const clone = await sandbox.clone('agent-a');
    const signal = AbortSignal.abort();
    const store = plumbingStore(createGit({ cwd: clone.path, env: sandbox.env, signal }));
    const swap = store.swap([{ ref: RFC_1, expected: undefined, next: '1'.repeat(40) }]);
    expect(await swap).toMatchObject({ kind: 'unknown', cancelled: true });
  });

  it('leaves a swap unknown that had happened all the same', async () => {
    const clone = await sandbox.clone('agent-a');
    const next = await commitOf(clone, '{}');
    writeHook(clone.at('.git'), 'reference-transaction', '[ "$1" != committed ] || kill -9 $PPID');
    const store = plumbingStore(createGit({ cwd: clone.path, env: sandbox.env }));
    const swap = store.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(await swap).toMatchObject({ kind: 'unknown', cancelled: false });
    expect(await leaseRefs(sandbox, clone.path)).toEqual({ [RFC_1]: next });
  });

  it('is a failure of reading and writing', async () => {
    const clone = await sandbox.clone('agent-a');
    const env = { ...sandbox.env, ...sandbox.shadow('git', '#!/bin/sh\nkill -9 $$\n') };
    const store = plumbingStore(createGit({ cwd: clone.path, env }));
    const failure = { code: 'GIT_FAILED', message: expect.stringContaining('was killed') };
    await expect(store.read([RFC_1])).rejects.toMatchObject(failure);
    const commit = { author: 'a', time: 1, message: 'm', content: 'c' };
    await expect(store.write([commit])).rejects.toMatchObject(failure);
  });
});
