import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, expectRefused, install, RFC_1 } from '../hooks/guarded.ts';
import { stateOf } from './state.ts';

describe('where hooks are installed', () => {
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

  /** Installs, sees that it works, and takes it back. @returns the hook's path */
  async function worksAndGoes(options: { cwd?: string } = {}, tree = clone): Promise<string> {
    const before = await stateOf(tree);
    const result = await tree.hooks(['install', '--json'], options);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    tree.write({ 'README.md': `# ${tree.path}\n` });
    await tree.git('add', 'README.md');
    expectPassed(await tree.tryGit(['commit', '--quiet', '--message', 'Change']));
    tree.write({ [RFC_1]: `# ${tree.path}\n` });
    await tree.git('add', RFC_1);
    expectRefused(await tree.tryGit(['commit', '--quiet', '--message', 'Change']), 'RFC-001');
    await tree.git('reset', '--quiet', '--hard');
    expect(await tree.hooks(['uninstall'], options)).toMatchObject({ status: 0, stderr: '' });
    expect(await stateOf(tree)).toEqual(before);
    return JSON.parse(result.stdout).hooksFolder;
  }

  it('in the hooks folder of the clone, and no package.json is needed', async () => {
    expect(await worksAndGoes()).toBe(clone.at('.git/hooks'));
    expect(existsSync(clone.at('package.json'))).toBe(false);
  });

  it('from a subfolder as from the root', async () => {
    expect(await worksAndGoes({ cwd: clone.at('docs/rfcs') })).toBe(clone.at('.git/hooks'));
  });

  it('in the folder that core.hooksPath names from the root of the file system', async () => {
    const folder = join(sandbox.folder, 'all my hooks');
    await clone.git('config', 'core.hooksPath', folder);
    expect(await worksAndGoes()).toBe(folder);
  });

  it.each(['.', 'docs/rfcs'])(
    'in the folder of the work tree that core.hooksPath names, from %s',
    async (cwd) => {
      await clone.git('config', 'core.hooksPath', 'tools/git hooks');
      clone.write({ 'tools/git hooks/README': 'Our hooks\n' });
      expect(await worksAndGoes({ cwd: clone.at(cwd) })).toBe(clone.at('tools/git hooks'));
    },
  );

  it('for all work trees, from a linked one', async () => {
    const linked = new Clone(sandbox, join(sandbox.folder, `linked ${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', linked.path);
    await install(linked);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('reset', '--quiet', '--hard');
    expect(await linked.hooks(['uninstall'])).toMatchObject({ status: 0 });
    expect(await worksAndGoes({}, linked)).toBe(clone.at('.git/hooks'));
  });

  it('in a submodule for the submodule alone', async () => {
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
    await clone.git(...add, sandbox.remote, 'inner');
    await clone.git('commit', '--quiet', '--message', 'Add the module');
    const outside = await stateOf(clone);
    const inner = new Clone(sandbox, clone.at('inner'));
    expect(await worksAndGoes({}, inner)).toBe(clone.at('.git/modules/inner/hooks'));
    await inner.git('reset', '--quiet', '--hard', 'origin/main');
    expect(await stateOf(clone)).toEqual(outside);
  });

  it('in a repository without a commit, and without a configuration', async () => {
    const empty = new Clone(sandbox, join(sandbox.folder, 'empty'));
    await sandbox.git(sandbox.folder, 'init', '--quiet', empty.path);
    const ran = await empty.hooks(['install']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('Nothing is gated yet');
    empty.write({ [RFC_1]: '# New\n' });
    expectPassed(await commitAll(empty));
  });

  it('in a package of a monorepo, for the whole of it', async () => {
    clone.write({ 'packages/one/package.json': '{"name":"one"}' });
    expect(await worksAndGoes({ cwd: clone.at('packages/one') })).toBe(clone.at('.git/hooks'));
  });

  it('not in a folder that other repositories take their hooks from as well', async () => {
    const folder = join(sandbox.folder, 'global hooks');
    mkdirSync(folder);
    const env = {
      GIT_CONFIG_COUNT: '0',
      GIT_CONFIG_GLOBAL: join(sandbox.folder, 'global.gitconfig'),
    };
    const set = ['config', '--file', env.GIT_CONFIG_GLOBAL];
    await clone.git(...set, 'core.hooksPath', folder);
    await clone.git(...set, 'user.email', 'a@example.invalid');
    await clone.hooks(['install'], { env });
    // Whatever install did here: another repository, which knows nothing of us, can commit.
    const other = new Clone(sandbox, join(sandbox.folder, 'unrelated'));
    await sandbox.git(sandbox.folder, 'init', '--quiet', other.path);
    await other.git('config', 'user.name', 'somebody');
    other.write({ 'README.md': DOCUMENTS['README.md'] });
    await other.git('add', '--all');
    expect(await other.tryGit(['commit', '--quiet', '--message', 'Begin'], { env })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});
