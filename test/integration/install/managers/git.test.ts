/** Hooks straight in git: named in its configuration where it knows that, else as files. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';
import { expectDone, expectFails, expectGuarded, plugIn, unplug, worldOf } from './plugged.ts';

const FOREIGN = '#!/bin/sh\necho foreign >&2\n';
/** A git of 2.54 or later: the one named here, or the one on PATH. */
const newer = process.env.LAZYSPEC_NEWER_GIT ?? 'git';
const [, major = 0, minor = 0] =
  /(\d+)\.(\d+)/.exec(spawnSync(newer, ['--version'], { encoding: 'utf8' }).stdout) ?? [];
const knows = Number(major) > 2 || Number(minor) >= 54;
if (!knows) {
  process.stderr.write(
    `skipped: hooks in git's configuration: git ${major}.${minor} knows none; name one of 2.54 or later in LAZYSPEC_NEWER_GIT\n`,
  );
}

describe('git itself', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;
  /** With the newer git. */
  let options: { env: Record<string, string> };

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    options = { env: sandbox.shadow('git', `#!/bin/sh\nexec '${newer}' "$@"\n`) };
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  it('is asked for by name, and gets files', async () => {
    clone.write({ '.git/hooks/pre-push': FOREIGN });
    const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('says that lines stand behind our part of a hook file', async () => {
    expectDone(await clone.hooks(['install']));
    appendFileSync(clone.at('.git/hooks/pre-commit'), 'echo behind\n');
    const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({
        state: 'ok',
        hook: 'pre-commit',
        message: expect.stringContaining('by pre-push only: lines behind ours in'),
      }),
    );
  });

  it('gives its files back also where core.hooksPath was set since', async () => {
    clone.write({ '.git/hooks/pre-commit': FOREIGN });
    const before = worldOf(clone.path);
    expectDone(await clone.hooks(['install']));
    await clone.git('config', 'core.hooksPath', 'elsewhere');
    expectDone(await clone.hooks(['uninstall']));
    await clone.git('config', '--unset', 'core.hooksPath');
    const { '.git/config': _, ...rest } = worldOf(clone.path);
    const { '.git/config': __, ...wanted } = before;
    expect(rest).toEqual(wanted);
  });

  (knows ? describe : describe.skip)('of 2.54 and later', () => {
    const git = (tree: Clone, ...args: string[]) => tree.tryGit(args, options);

    it('has ours in its configuration, and a hook of before is not touched', async () => {
      clone.write({ '.git/hooks/pre-commit': FOREIGN });
      const { before, plan, result } = await plugIn(clone, options);
      expect(plan).toContain('+[hook "lazyspec-pre-push"]\n');
      expect(result.manager).toBe('git');
      const now = worldOf(clone.path);
      for (const path of Object.keys(before).filter((one) => one.startsWith('.git/hooks/'))) {
        expect(now[path]).toBe(before[path]);
      }
      await expectGuarded(clone, options);
      await unplug(clone, before, options);
    });

    it('says which hooks run after ours', async () => {
      clone.write({ '.git/hooks/pre-commit': '#!/bin/sh\n' });
      chmodSync(clone.at('.git/hooks/pre-commit'), 0o755);
      await plugIn(clone, options);
      await git(clone, 'config', 'hook.mine.event', 'pre-commit');
      await git(clone, 'config', 'hook.mine.command', 'true');
      const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'], options)).stdout);
      expect(findings).toContainEqual(
        expect.objectContaining({
          state: 'ok',
          message: expect.stringContaining('by pre-push only: mine, hook from hookdir'),
        }),
      );
    });

    it('runs commit-msg where trailer = true, and has it no longer than that', async () => {
      const off = clone.read('.lazyspec.toml');
      clone.write({ '.lazyspec.toml': `${off}[gate]\ntrailer = true\n` });
      await git(clone, 'commit', '--quiet', '--message', 'Trailers', '--', '.lazyspec.toml');
      const { before } = await plugIn(clone, options);
      expectDone(await clone.lease(['claim', 'RFC-001'], options));
      clone.write({ [RFC_1]: 'changed\n' });
      await git(clone, 'commit', '--quiet', '--message', 'Change', '--', RFC_1);
      const { stdout } = await git(clone, 'log', '-1', '--format=%B');
      expect(stdout).toContain('\n\nLazyspec-Agent: agent-');
      expectDone(await clone.lease(['release', 'RFC-001'], options));
      clone.write({ '.lazyspec.toml': off });
      expectDone(await clone.hooks(['install'], options));
      expect(clone.read('.git/config')).not.toContain('commit-msg');
      expect(clone.has('.git/lazyspec/hooks/commit-msg')).toBe(false);
      expect(clone.has('.git/lazyspec/hooks/pre-push')).toBe(true);
      clone.write({ '.lazyspec.toml': `${off}[gate]\ntrailer = true\n` });
      expectDone(await clone.hooks(['install'], options));
      rmSync(clone.at('.git/lazyspec/observed.json'), { force: true });
      const now = worldOf(clone.path)[RFC_1] ?? '';
      await unplug(clone, { ...before, [RFC_1]: now }, options);
    });

    it.each(['pre-push', 'pre-merge-commit'])('runs %s too', async (hook) => {
      await clone.git('commit', '--quiet', '--allow-empty', '--message', 'Side');
      await plugIn(clone, options);
      clone.write({ [RFC_1]: '# Mine\n' });
      await clone.git('checkout', '--quiet', '-b', 'side');
      await clone.git('-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '-am', 'Theirs');
      if (hook === 'pre-push') expectRefused(await git(clone, 'push', 'origin', 'side'), 'RFC-001');
      else {
        const ran = await git(clone, 'hook', 'run', 'pre-merge-commit');
        expect(ran).toMatchObject({ status: 0, stderr: '' });
      }
    });

    it('from a linked work tree, for all of them', async () => {
      const linked = new Clone(sandbox, join(sandbox.folder, `linked ${number}`));
      await clone.git('worktree', 'add', '--quiet', '--detach', linked.path);
      const before = worldOf(clone.path);
      expectDone(await linked.hooks(['install'], options));
      expect(clone.read('.git/config')).toContain('[hook "lazyspec-pre-commit"]');
      await expectGuarded(clone, options);
      await expectGuarded(linked, options);
      linked.write({ [RFC_1]: '# New\n' });
      await linked.git('-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '-am', 'New');
      expectRefused(await git(linked, 'push', 'origin', 'HEAD:refs/heads/x'), 'RFC-001');
      expectDone(await linked.hooks(['uninstall'], options));
      expect(worldOf(clone.path)).toEqual(before);
    });

    it('in a submodule, for the submodule alone', async () => {
      const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
      await clone.git(...add, sandbox.remote, 'inner');
      await clone.git('commit', '--quiet', '--message', 'Add the module');
      const inner = new Clone(sandbox, clone.at('inner'));
      const outside = worldOf(clone.path);
      const config = clone.read('.git/modules/inner/config');
      expectDone(await inner.hooks(['install'], options));
      expect(worldOf(clone.path)).toEqual(outside);
      await expectGuarded(inner, options);
      expectDone(await inner.hooks(['uninstall'], options));
      expect(clone.read('.git/modules/inner/config')).toBe(config);
    });

    it('goes on after the clone was moved', async () => {
      await plugIn(clone, options);
      const moved = new Clone(sandbox, join(sandbox.folder, `moved ${number}`));
      renameSync(clone.path, moved.path);
      await expectGuarded(moved, options);
    });

    it('refuses, and does not pass, once our part of the git folder is gone', async () => {
      await plugIn(clone, options);
      rmSync(clone.at('.git/lazyspec'), { recursive: true });
      clone.write({ 'README.md': '# New\n' });
      expect((await commitAll(clone, options)).status).not.toBe(0);
    });

    it('is new here: ours go from files to the configuration, and back with an old one', async () => {
      clone.write({ '.git/hooks/pre-commit': FOREIGN });
      const before = worldOf(clone.path);
      expectDone(await clone.hooks(['install']));
      const files = worldOf(clone.path);
      expectDone(await clone.hooks(['install'], options));
      expect(clone.read('.git/hooks/pre-commit')).toBe(FOREIGN);
      expect(existsSync(clone.at('.git/hooks/pre-push'))).toBe(false);
      await expectGuarded(clone, options);
      const isOld = !process.env.LAZYSPEC_NEWER_GIT;
      if (!isOld) {
        expectDone(await clone.hooks(['install']));
        expect({ ...worldOf(clone.path), '.git/lazyspec/installed.json': '' }).toEqual({
          ...files,
          '.git/lazyspec/installed.json': '',
        });
      }
      await unplug(clone, before, isOld ? options : {});
    });

    it('keeps hooks for all repositories elsewhere, which is none of our business', async () => {
      await sandbox.git(sandbox.folder, 'config', '--global', 'core.hooksPath', '/nowhere');
      const { before } = await plugIn(clone, options);
      await expectGuarded(clone, options);
      await unplug(clone, before, options);
      await sandbox.git(sandbox.folder, 'config', '--global', '--unset', 'core.hooksPath');
    });

    it('is writing its configuration: that is said, and nothing changes', async () => {
      writeFileSync(clone.at('.git/config.lock'), '');
      await expectFails(clone, ['install'], {
        ...options,
        status: 3,
        words: ['.git/config is locked', 'config.lock', 'Everything is as it was'],
      });
    });

    it('writes its configuration at the same time, and neither loses anything', async () => {
      const loop = 'for n in $(seq 60); do git config "race.n$n" "$n" || echo "$n" >>failed; done';
      const race = run('sh', ['-c', loop], { cwd: clone.path, env: { ...sandbox.env } });
      const ran = await clone.hooks(['install'], options);
      await race;
      const config = clone.read('.git/config');
      expect(config.includes('[hook "lazyspec-pre-push"]')).toBe(ran.status === 0);
      const failed = existsSync(clone.at('failed'))
        ? clone.read('failed').split('\n').length - 1
        : 0;
      expect(config.match(/^\tn\d+ = /gm)).toHaveLength(60 - failed);
    });

    it('has got more in our section since, and a value like it elsewhere: ours goes', async () => {
      const before = clone.read('.git/config');
      expectDone(await clone.hooks(['install'], options));
      await git(clone, 'config', 'hook.lazyspec-pre-commit.enabled', 'false');
      await git(clone, 'config', 'alias.x', 'log');
      expectDone(await clone.hooks(['install'], options));
      expect(clone.read('.git/config')).not.toContain('enabled');
      await expectGuarded(clone, options);
      await git(clone, 'config', 'hook.lazyspec-pre-commit.enabled', 'false');
      expectDone(await clone.hooks(['uninstall'], options));
      expect(clone.read('.git/config')).toBe(`${before}[alias]\n\tx = log\n`);
    });

    it('has a configuration without a last line end, which comes back so', async () => {
      const config = clone.read('.git/config').trimEnd();
      writeFileSync(clone.at('.git/config'), config);
      const { before } = await plugIn(clone, options);
      await expectGuarded(clone, options);
      await unplug(clone, before, options);
    });
  });
});
