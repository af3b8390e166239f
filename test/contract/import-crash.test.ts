/** git's fast-import leaves a crash report where its input ends early; we remove ours. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastImport, IMPORT_BRANCH } from '../../src/git/import-crash.ts';
import { createGit } from '../../src/git/run.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { rawGit } from './worlds.ts';

const CUT_OFF = `reset ${IMPORT_BRANCH}\n\ncommit ${IMPORT_BRANCH}\ncommitter a <a@b> 1 +0000\ndata 9\nab`;

describe('git fast-import', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  const reports = () =>
    readdirSync(clone.at('.git')).filter((name) => name.startsWith('fast_import_crash'));

  it('that fails leaves no crash report', async () => {
    const git = createGit({ cwd: clone.at('docs'), env: sandbox.env });
    await expect(fastImport(git, CUT_OFF)).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(reports()).toEqual([]);
  });

  it('whose caller was killed leaves a report that install removes, and no other', async () => {
    for (const text of [CUT_OFF, CUT_OFF.replaceAll(IMPORT_BRANCH, 'refs/heads/theirs')]) {
      await rawGit(clone.path, sandbox.env, ['fast-import', '--quiet', '--done'], text);
    }
    expect(reports()).toHaveLength(2);
    expect(await clone.hooks(['install', '--yes'])).toMatchObject({ status: 0 });
    expect(reports()).toHaveLength(1);
    expect(clone.read(`.git/${reports()[0]}`)).toContain('refs/heads/theirs');
  });
});
