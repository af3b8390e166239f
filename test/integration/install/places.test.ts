import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, HOOKS, Sandbox } from '../../helpers/sandbox.ts';
import { examine } from '../doctor/examined.ts';
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

  /** What is beside the git directory, and doctor is content with. */
  async function isWell(tree: Clone): Promise<void> {
    expect((await examine(tree, { env: { LAZYSPEC_AGENT_ID: 'agent' } })).wrong).toEqual([]);
  }

  it('in the git directory that .git is a link to', async () => {
    const real = join(sandbox.folder, `real ${number}.git`);
    renameSync(clone.at('.git'), real);
    symlinkSync(real, clone.at('.git'));
    await install(clone);
    await isWell(clone);
    const linked = new Clone(sandbox, join(sandbox.folder, `linked ${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', linked.path);
    await isWell(linked);
    await clone.git('worktree', 'remove', linked.path);
    expect(await clone.hooks(['uninstall'])).toMatchObject({ status: 0, stderr: '' });
    expect(await worksAndGoes()).toBe(join(real, 'hooks'));
  });

  it('in the git directory that --separate-git-dir has made, also for a linked tree', async () => {
    const real = join(sandbox.folder, `separate ${number}.git`);
    await clone.git('init', '--quiet', `--separate-git-dir=${real}`);
    const linked = new Clone(sandbox, join(sandbox.folder, `linked ${number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', linked.path);
    await install(linked);
    await isWell(clone);
    await isWell(linked);
    expect(await clone.hooks(['uninstall'])).toMatchObject({ status: 0, stderr: '' });
    expect(await worksAndGoes()).toBe(join(real, 'hooks'));
  });

  it('in a folder that has two names, once', async () => {
    clone.write({ 'githooks/README': 'Our hooks\n' });
    rmSync(clone.at('.git/hooks'), { recursive: true });
    symlinkSync('../githooks', clone.at('.git/hooks'));
    expect(await worksAndGoes()).toBe(clone.at('.git/hooks'));
    await clone.git('reset', '--quiet', '--hard', 'origin/main');
    await clone.git('config', 'core.hooksPath', 'githooks');
    expect(await worksAndGoes()).toBe(clone.at('githooks'));
  });

  describe.each([
    ['git', 'git'],
    ['a git that reads hooks from its configuration', process.env.LAZYSPEC_NEWER_GIT],
  ])('for a clone and the trees that git-new-workdir has made of it, with %s,', (_, program) => {
    const test = program ? it : it.skip;
    if (!program) process.stderr.write('skipped: git-new-workdir: LAZYSPEC_NEWER_GIT is not set\n');

    /** As git's contrib/workdir/git-new-workdir does it. */
    async function newWorkdir(): Promise<Clone> {
      const tree = new Clone(sandbox, join(sandbox.folder, `workdir ${number}`));
      mkdirSync(tree.at('.git/logs'), { recursive: true });
      const shared = ['config', 'refs', 'logs/refs', 'objects', 'info', 'hooks', 'packed-refs'];
      for (const name of shared) symlinkSync(clone.at('.git', name), tree.at('.git', name));
      copyFileSync(clone.at('.git/HEAD'), tree.at('.git/HEAD'));
      await tree.git('checkout', '--quiet', '--force', '-b', 'workdir');
      return tree;
    }

    test.each(['the tree', 'the clone'])('installed from %s', async (from) => {
      // Where only the other has been installed in, the program has to be on PATH.
      const ours = sandbox.shadow('lazyspec-hooks', `#!/bin/sh\nexec node '${HOOKS}' "$@"\n`);
      const git = `#!/bin/sh\nPATH='${ours.PATH}' exec ${program} "$@"\n`;
      const env = sandbox.shadow('git', git);
      const tree = await newWorkdir();
      const [first, second] = from === 'the tree' ? [tree, clone] : [clone, tree];
      const before = await stateOf(clone);
      expect(await first.hooks(['install'], { env })).toMatchObject({ status: 0, stderr: '' });
      for (const one of [first, second]) {
        one.write({ 'README.md': `# ${one.path}\n` });
        expectPassed(await commitAll(one, { env }));
        one.write({ [RFC_1]: `# ${one.path}\n` });
        expectRefused(await commitAll(one, { env }), 'RFC-001');
        await one.git('reset', '--quiet', '--hard');
      }
      expect(await second.hooks(['install'], { env })).toMatchObject({ status: 0, stderr: '' });
      expect((await examine(second, { env })).wrong).toEqual([]);
      for (const one of [first, second]) {
        expect(await one.hooks(['uninstall'], { env })).toMatchObject({ status: 0, stderr: '' });
      }
      second.write({ [RFC_1]: '# Free\n' });
      expectPassed(await commitAll(second, { env }));
      expect(await stateOf(clone)).toEqual(before);
    });
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
