import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commit,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  install,
  RFC_1,
  RFC_2,
  release,
} from './guarded.ts';

describe('clones of every kind', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    await sandbox.git(sandbox.remote, 'config', 'uploadpack.allowFilter', 'true');
  });
  afterAll(() => sandbox.dispose());

  async function refusedThenClaimed(clone: Clone): Promise<void> {
    clone.write({ 'README.md': `# ${clone.path}\n` });
    expectPassed(await commitAll(clone));
    clone.write({ [RFC_1]: `# ${clone.path}\n` });
    expectRefused(await commitAll(clone), 'RFC-001');
    await claim(clone, 'RFC-001');
    expectPassed(await commitAll(clone));
    await release(clone, 'RFC-001');
  }

  it('judges commits of a linked work tree, and of the main one beside it', async () => {
    const main = await guardedClone(sandbox, 'main-tree');
    await main.git('worktree', 'add', '--quiet', '-b', 'side', join(sandbox.folder, 'linked'));
    await refusedThenClaimed(new Clone(sandbox, join(sandbox.folder, 'linked')));
    await refusedThenClaimed(main);
  });

  it('judges commits where the git directory is elsewhere', async () => {
    const separate = `--separate-git-dir=${join(sandbox.folder, 'elsewhere.git')}`;
    await refusedThenClaimed(await guardedClone(sandbox, 'separate', separate));
  });

  it('judges commits of a submodule', async () => {
    const outer = await sandbox.clone('outer');
    await outer.git(
      ...['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'],
      ...[sandbox.remote, 'the module'],
    );
    const inner = new Clone(sandbox, outer.at('the module'));
    await install(inner);
    await refusedThenClaimed(inner);
    // The hook is the submodule's alone.
    outer.write({ [RFC_2]: '# New\n' });
    expectPassed(await commitAll(outer));
  });

  it('judges documents that a sparse checkout leaves out', async () => {
    const clone = await guardedClone(sandbox, 'sparse', '--sparse');
    await clone.git('sparse-checkout', 'set', 'docs/stories');
    expect(await clone.git('ls-files', '-t', RFC_1)).toBe(`S ${RFC_1}`);
    writeFileSync(clone.at('new text'), '# New\n');
    const blob = await clone.git('hash-object', '-w', 'new text');
    await clone.git('update-index', '--cacheinfo', `100644,${blob},${RFC_1}`);
    expectRefused(await commit(clone), 'RFC-001');
    await claim(clone, 'RFC-001');
    expectPassed(await commit(clone));
    await release(clone, 'RFC-001');
  });

  it('judges commits of a shallow clone, and leaves it shallow', async () => {
    const clone = await cloneOverFile('shallow', '--depth=1');
    await install(clone);
    await refusedThenClaimed(clone);
    expect(await clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });

  it('judges commits of a partial clone', async () => {
    const clone = await cloneOverFile('partial', '--filter=blob:none');
    await install(clone);
    expect(await clone.git('config', 'remote.origin.promisor')).toBe('true');
    await refusedThenClaimed(clone);
    await clone.git('mv', RFC_2, 'docs/rfcs/RFC-009-another.md');
    expectRefused(await commit(clone), 'RFC-002', 'RFC-009');
  });

  /** Only a transport can be shallow or partial, not a path. */
  async function cloneOverFile(agent: string, ...args: string[]): Promise<Clone> {
    const clone = new Clone(sandbox, join(sandbox.folder, agent));
    await sandbox.git(
      sandbox.folder,
      ...['clone', '--quiet', ...args, `file://${sandbox.remote}`, clone.path],
    );
    await clone.git('config', 'user.name', agent);
    return clone;
  }
});
