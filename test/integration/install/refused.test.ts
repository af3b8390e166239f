import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, RunOptions } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { files } from './state.ts';

describe('install refuses, and changes nothing', () => {
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

  function refuses(status: number, ...texts: string[]): Promise<void> {
    return refusesTo(['install'], status, {}, ...texts);
  }

  async function refusesTo(
    args: string[],
    status: number,
    options: RunOptions,
    ...texts: string[]
  ): Promise<void> {
    const before = files(clone.path);
    const ran = await clone.hooks(args, options);
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).not.toContain('this is a bug');
    for (const text of texts) expect(ran.stderr).toContain(text);
    expect(files(clone.path)).toEqual(before);
  }

  it('to put files where husky writes its own, and says what to do', async () => {
    await clone.git('config', 'core.hooksPath', '.husky/_');
    clone.write({ '.husky/_/pre-commit': '#!/bin/sh\n', '.husky/pre-commit': 'npm test\n' });
    const install = ['install', '--manager', 'git'];
    await refusesTo(install, 2, {}, 'run by husky', 'npx lazyspec-hooks install --manager husky');
  });

  it('where the hooks folder is a file', async () => {
    await clone.git('config', 'core.hooksPath', 'README.md');
    await refuses(3, 'README.md is not a folder', 'core.hooksPath');
  });

  it('where hooks are switched off by /dev/null', async () => {
    await clone.git('config', 'core.hooksPath', '/dev/null');
    await refuses(3, '/dev/null is not a folder', 'core.hooksPath');
  });

  it('where the hooks folder is below a file', async () => {
    await clone.git('config', 'core.hooksPath', 'README.md/hooks');
    await refuses(3);
  });

  it('where a folder has the name of the hook', async () => {
    mkdirSync(clone.at('.git/hooks/pre-commit'), { recursive: true });
    await refuses(3, 'pre-commit cannot be read', 'Nothing was changed');
  });

  it('where the hook is a link to nothing', async () => {
    mkdirSync(clone.at('.git/hooks'), { recursive: true });
    symlinkSync('nothing', clone.at('.git/hooks/pre-commit'));
    await refuses(3, 'pre-commit cannot be read');
  });

  it('where the configuration is broken', async () => {
    clone.write({ '.lazyspec.toml': '[coordination\n' });
    await refuses(2, '.lazyspec.toml is not valid');
  });

  it('where the manager fails, and tells what it said', async () => {
    clone.write({ 'lefthook.yml': 'pre-commit:\n' });
    const script = `#!/bin/sh
[ "$1" = install ] || exec echo 2.0.0
mkdir -p .git/hooks
echo half-way >.git/hooks/pre-commit
echo "no such thing" >&2
exit 7
`;
    const env = sandbox.shadow('lefthook', script);
    await refusesTo(['install'], 3, { env }, 'status 7', 'no such thing', 'as it was');
  });

  it('outside of a repository', async () => {
    const ran = await clone.hooks(['install'], { cwd: sandbox.folder });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toContain('is not in a git repository');
  });

  it('for a manager that it does not know', async () => {
    const ran = await clone.hooks(['install', '--manager', 'nobody']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('Allowed choices are auto, git, husky, lefthook');
  });
});
