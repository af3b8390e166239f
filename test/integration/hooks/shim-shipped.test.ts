import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { expectPassed, expectRefused, RFC_1, sneak, startOver } from './guarded.ts';
import { busybox } from './shells.ts';

/** Called by a hook manager, in a clone in which nothing is installed. */
describe("the package's own hook files", () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(async () => {
    await startOver(clone);
    rmSync(clone.at('packages'), { recursive: true, force: true });
  });
  afterAll(() => sandbox.dispose());

  function inNodeModules(folder = '.'): string {
    mkdirSync(clone.at(folder, 'node_modules'), { recursive: true });
    symlinkSync(PACKAGE, clone.at(folder, 'node_modules', 'lazyspec-hooks'));
    return join(folder, 'node_modules/lazyspec-hooks/hooks');
  }

  function call(hook: string, line: string, input = '', env = {}): Promise<Ran> {
    const args = ['-c', `${line} "$@"`, hook, 'origin', sandbox.remote];
    return run('sh', args, { cwd: clone.path, env: { ...sandbox.env, ...env }, input });
  }

  it.each(['sh', ...(busybox ? [`${busybox} sh`] : []), ''])(
    'know their names, called by %j',
    async (shell) => {
      const hooks = inNodeModules();
      clone.write({ [RFC_1]: '# New\n' });
      await clone.git('add', RFC_1);
      expectRefused(await call('pre-commit', `${shell} ${hooks}/pre-commit`), 'RFC-001');
      expectRefused(
        await call('pre-merge-commit', `${shell} ${hooks}/pre-merge-commit`),
        'RFC-001',
      );
      // Only as pre-push does it read stdin; and nothing is pushed here.
      expectPassed(await call('pre-push', `${shell} ${hooks}/pre-push`));
      const commit = await sneak(clone, {});
      const line = `refs/heads/main ${commit} refs/heads/main ${'0'.repeat(40)}\n`;
      expectRefused(await call('pre-push', `${shell} ${hooks}/pre-push`, line), 'RFC-001');
    },
  );

  it('find the program beside them, wherever they are', async () => {
    const hooks = inNodeModules('packages/one');
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', RFC_1);
    expectRefused(await call('pre-commit', `sh ${hooks}/pre-commit`), 'RFC-001');
  });

  it('refuse where there is no Node, and cannot be called by a bare name', async () => {
    const hooks = inNodeModules();
    const bin = mkdtempSync(join(sandbox.folder, 'bin-'));
    for (const tool of ['sh', 'cat']) symlinkSync(`/bin/${tool}`, join(bin, tool));
    const ran = await call('pre-push', `sh ${hooks}/pre-push`, '', { PATH: bin });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('Node was not found, so this push is refused.');
    expect((await call('pre-push', `cd ${hooks} && sh pre-push`)).status).not.toBe(0);
  });
});
