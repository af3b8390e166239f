/** prek, and ours beside hooks of pre-commit or prek that were installed before or after. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers, isThere, withBin } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, push, RFC_1, sneak } from '../../hooks/guarded.ts';
import { expectDone, expectGuarded, PROJECT, plugIn, unplug } from './plugged.ts';

const CONFIG = '.pre-commit-config.yaml';
const THEIRS = `    hooks:
      - id: theirs
        name: theirs
        entry: "true"
        language: system
`;
const there = await isThere('pre-commit');
if (!there) process.stderr.write('skipped: pre-commit beside ours: it is not on PATH\n');
const PROGRAMS = there ? ['pre-commit', 'prek'] : ['prek'];

describe('prek and pre-commit', () => {
  let sandbox: Sandbox;
  let withPrek: Installed;
  let without: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, withPrek, without] = await Promise.all([
      Sandbox.create(PROJECT),
      installManagers('@j178/prek'),
      installManagers(),
    ]);
  });
  afterAll(async () => {
    await sandbox.dispose();
    for (const one of [withPrek, without]) one.dispose();
  });

  async function cloneWith(program: string): Promise<Clone> {
    const made = await sandbox.clone(`agent-${++number}`);
    (program === 'prek' ? withPrek : without).into(made);
    return made;
  }

  async function start(program: string, ...args: string[]): Promise<void> {
    const env = { ...sandbox.env, ...(program === 'prek' && withBin(clone)) };
    const ran = await run(program, args, { cwd: clone.path, env });
    expect({ status: ran.status, out: ran.stdout }).toEqual({ status: 0, out: ran.stdout });
  }

  /** Insists that of two pushed branches the second is judged. */
  async function expectPushesGuarded(): Promise<void> {
    await sneak(clone, { [RFC_1]: `# ${Math.random()}\n` });
    expectRefused(
      await push(clone, ['origin', 'HEAD~1:refs/heads/a', 'HEAD:refs/heads/b']),
      'RFC-001',
    );
    await clone.git('reset', '--quiet', 'HEAD~1');
    await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1);
    const ran = await push(clone, ['origin', `HEAD:refs/heads/${Math.random()}`]);
    expect({ status: ran.status, stderr: ran.status ? ran.stderr : '' }).toMatchObject({
      status: 0,
    });
  }

  async function expectHooksOk(): Promise<void> {
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    const hooks = findings.filter(({ check }: { check: string }) => check === 'hooks');
    expect(hooks.filter(({ state }: { state: string }) => state !== 'ok')).toEqual([]);
  }

  async function expectUngated(): Promise<void> {
    await clone.git('add', '--all');
    clone.write({ [RFC_1]: `# ${Math.random()}\n` });
    const committed = await commitAll(clone);
    expect({ ...committed, stdout: '' }).toMatchObject({ status: 0 });
    const pushed = await push(clone, ['origin', 'HEAD:refs/heads/ungated']);
    expect({ ...pushed, stdout: '' }).toMatchObject({ status: 0 });
    await clone.git('push', '--quiet', '--no-verify', '--delete', 'origin', 'ungated');
  }

  it.each(PROGRAMS)('comes to be used when ours are straight in git: %s', async (program) => {
    clone = await cloneWith(program);
    expectDone(await clone.hooks(['install']));
    clone.write({ [CONFIG]: `repos:\n  - repo: local\n${THEIRS}` });
    const types = ['pre-commit', 'pre-merge-commit', 'pre-push'].flatMap((hook) => ['-t', hook]);
    for (const _ of ['once', 'twice']) {
      await start(program, 'install', ...types);
      expect(existsSync(clone.at('.git/hooks/pre-push.legacy'))).toBe(true);
      await expectGuarded(clone);
      await expectPushesGuarded();
      await clone.hooks(['install']);
      expect(existsSync(clone.at('.git/hooks/pre-commit.legacy'))).toBe(false);
      await expectGuarded(clone);
      await expectPushesGuarded();
      await expectHooksOk();
    }
    expectDone(await clone.hooks(['uninstall']));
    await expectUngated();
  });

  it.each(PROGRAMS)('is used before ours, and installed again after: %s', async (program) => {
    clone = await cloneWith(program);
    clone.write({ [CONFIG]: `repos:\n  - repo: local\n${THEIRS}` });
    const types = ['pre-commit', 'pre-push'].flatMap((hook) => ['-t', hook]);
    await start(program, 'install', ...types);
    await plugIn(clone);
    await start(program, 'install', ...types);
    await expectPushesGuarded();
    await plugIn(clone);
    await expectHooksOk();
    await start(program, 'install', '-f', ...types);
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0, stderr: '' });
    await expectGuarded(clone);
    await expectPushesGuarded();
    expectDone(await clone.hooks(['uninstall']));
    await expectUngated();
    expect(clone.read('.git/hooks/pre-push')).toContain(`generated by ${program}`);
  });

  it('is taken where the project depends on it, and its hooks run ours', async () => {
    clone = await cloneWith('prek');
    clone.write({ [CONFIG]: `repos:\n  - repo: local\n${THEIRS}` });
    const { before, result } = await plugIn(clone);
    expect(result.manager).toBe('prek');
    expect(clone.read('.git/hooks/pre-commit')).toContain('generated by prek');
    await expectGuarded(clone);
    await expectPushesGuarded();
    await unplug(clone, before);
  });

  it('reads .pre-commit-config.yml, and so do we', async () => {
    clone = await cloneWith('prek');
    clone.write({ '.pre-commit-config.yml': 'repos: []\n' });
    const { before, result } = await plugIn(clone);
    expect(result.manager).toBe('prek');
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('is configured in prek.toml: what to add is said, and once it is there ours run', async () => {
    clone = await cloneWith('prek');
    clone.write({ 'prek.toml': '# ours\n' });
    const ran = await clone.hooks(['install']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('prek.toml cannot be edited');
    const lines = ran.stderr.split('\n').map((line) => line.trim());
    const from = lines.indexOf('[[repos]]');
    const snippet = lines.slice(from, lines.indexOf(']', from) + 1);
    clone.write({ 'prek.toml': `# ours\n${snippet.join('\n')}\n` });
    expect((await plugIn(clone)).result.manager).toBe('prek');
    await expectGuarded(clone);
    await expectPushesGuarded();
    const gone = await clone.hooks(['uninstall']);
    expect(gone.stdout).toContain(`Take our hooks out of ${clone.at('prek.toml')} by hand`);
  });
});
