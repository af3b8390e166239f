/** Branches from before there was a configuration, on which the program is not there either. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { commit, commitAll, expectPassed, push, RFC_1, startOver } from './guarded.ts';
import { describeShells, installUnder, writeProgramNote } from './shells.ts';

const { '.lazyspec.toml': ON, ...UNCONFIGURED } = DOCUMENTS;
const PACKAGE_JSON = '{ "devDependencies": { "lazyspec-hooks": "1" } }\n';

describeShells('where the program is not there, on a branch without a configuration', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...UNCONFIGURED, 'package.json': PACKAGE_JSON });
    clone = await sandbox.clone('agent-a');
    await clone.git('branch', '--quiet', 'before');
    clone.write({ '.lazyspec.toml': ON });
    await commitAll(clone);
    await clone.git('push', '--quiet', 'origin', 'HEAD');
  });
  beforeEach(async () => {
    await clone.git('checkout', '--quiet', '--force', 'main');
    await startOver(clone);
    await installUnder(shell, clone);
    const gone = join(sandbox.folder, 'gone.js');
    writeProgramNote(clone, { program: gone });
    await clone.git('checkout', '--quiet', '-B', 'work', 'before');
    clone.write({ [RFC_1]: '# New\n' });
  });
  afterAll(() => sandbox.dispose());

  it('a commit and a merge pass', async () => {
    expectPassed(await commitAll(clone));
    await clone.git('checkout', '--quiet', '-b', 'side', 'before');
    clone.write({ 'README.md': '# Side\n' });
    expectPassed(await commitAll(clone));
    expectPassed(await clone.tryGit(['merge', '--quiet', '--no-edit', 'work']));
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['in the index and the work tree', { '.lazyspec.toml': ON }, ['.']],
    ['in the work tree', { '.lazyspecrc.json': '{}' }, []],
    ['in package.json', { 'package.json': '{ "lazyspec": {} }' }, []],
    ['in package.json, written otherwise', { 'package.json': '{ "l\\u0061zyspec": {} }' }, []],
  ])('a commit is refused with a configuration %s', async (_, files, added) => {
    clone.write(files);
    await clone.git('add', RFC_1, ...added);
    expect((await commit(clone)).status).toBe(1);
    for (const path of Object.keys(files)) {
      await clone.git('add', path);
      clone.remove(path);
    }
    expect((await commit(clone)).status).toBe(1);
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Begin');
    await clone.git('rm', '--quiet', '--cached', ...Object.keys(files));
    expect((await commit(clone)).status).toBe(1);
  });

  it('a push is refused, which may be of any other branch', async () => {
    expect((await push(clone, ['origin', 'before:refs/heads/x'])).status).not.toBe(0);
  });

  it('with one, what is said is what helps', async () => {
    await clone.git('checkout', '--quiet', '--force', 'main');
    clone.write({ [RFC_1]: '# New\n' });
    expect((await commitAll(clone)).stderr).toMatch(/the program was not found.*: npm install\n/);
    clone.write({ 'package.json': '{}\n' });
    const { stderr } = await commit(clone);
    expect(stderr).toMatch(/ Install: npm i -D lazyspec-hooks && npx lazyspec-hooks install\n/);
  });
});
