import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commit,
  commitAll,
  expectPassed,
  expectRefused,
  push,
  RFC_1,
  release,
  sneak,
  startOver,
} from './guarded.ts';
import { countNode, describeShells, installUnder } from './shells.ts';

describeShells('lines that follow our part of a hook file', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let said: string;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  beforeEach(async () => {
    await startOver(clone);
    await installUnder(shell, clone);
    said = join(sandbox.folder, `said-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  function follow(hook: string, line: string): void {
    appendFileSync(clone.at('.git/hooks', hook), `${line}\n`);
  }
  const heard = () => readFileSync(said, 'utf8');

  it('run where ours passes, without Node or with it, and where it is skipped', async () => {
    follow('pre-commit', `echo "$0 $#" >>'${said}'`);
    const line = '.git/hooks/pre-commit 0\n';
    const { starts } = countNode(clone);
    clone.write({ 'README.md': '# New\n' });
    expectPassed(await commitAll(clone));
    expect([heard(), starts()]).toEqual([line, 0]);
    await claim(clone, 'RFC-001');
    rmSync(clone.at('.git/lazyspec/governed.sh'));
    clone.write({ [RFC_1]: '# New\n' });
    starts();
    expectPassed(await commitAll(clone));
    expect([heard(), starts()]).toEqual([line.repeat(2), 1]);
    await release(clone, 'RFC-001');
    clone.write({ [RFC_1]: '# Newer\n' });
    expectPassed(await commit(clone, ['--all'], { env: { LAZYSPEC_HOOKS: '0' } }));
    expect(heard()).toBe(line.repeat(3));
  });

  it('do not run where ours refuses, and refuse themselves where ours passes', async () => {
    follow('pre-commit', `: >'${said}'; exit 7`);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(() => heard()).toThrow();
    await clone.git('reset', '--quiet', '--hard');
    clone.write({ 'README.md': '# New\n' });
    await clone.git('add', '--all');
    expect(await clone.tryGit(['hook', 'run', 'pre-commit'])).toMatchObject({ status: 7 });
    expect(heard()).toBe('');
  });

  it('read what is pushed, as ours does, and know nothing of what ours has set', async () => {
    follow('pre-push', `printf '<%s>' "$@" >'${said}'; cat >>'${said}'`);
    const commit = await sneak(clone, { 'README.md': '# Pushed\n' });
    expectPassed(await push(clone, ['origin', 'HEAD:refs/heads/a', 'HEAD:refs/heads/b']));
    const zeros = '0'.repeat(40);
    const lines = ['a', 'b'].map((name) => `HEAD ${commit} refs/heads/${name} ${zeros}\n`);
    expect(heard()).toBe(`<origin><${sandbox.remote}>${lines.join('')}`);
    // Nothing is nothing, and not a line.
    const cwd = clone.path;
    const hook = clone.at('.git/hooks/pre-push');
    expect((await run(hook, ['x', 'y'], { cwd, env: sandbox.env })).status).toBe(0);
    expect(heard()).toBe('<x><y>');
    await clone.git('push', '--quiet', '--no-verify', 'origin', ':a', ':b');
  });

  it.each(['pre-merge-commit', 'post-commit', 'post-checkout'])('run of %s, too', async (hook) => {
    copyFileSync(clone.at('.git/hooks/pre-commit'), clone.at('.git/hooks', hook));
    follow(hook, `echo "$#\${GIT_LITERAL_PATHSPECS-}" >>'${said}'`);
    const ran = await run(clone.at('.git/hooks', hook), ['one'], {
      cwd: clone.path,
      env: { ...sandbox.env, GIT_LITERAL_PATHSPECS: '1' },
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(heard()).toBe('11\n');
    rmSync(clone.at('.git/hooks', hook));
  });

  it('judge under the name that pre-commit gives to a hook that it finds', async () => {
    const [hook, legacy] = ['pre-commit', 'pre-commit.legacy'].map((name) =>
      clone.at('.git/hooks', name),
    );
    renameSync(hook ?? '', legacy ?? '');
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
    expectRefused(await run(legacy ?? '', [], { cwd: clone.path, env: sandbox.env }), 'RFC-001');
    rmSync(legacy ?? '');
  });
});
