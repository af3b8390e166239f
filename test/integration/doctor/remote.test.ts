import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { now, plant } from '../../helpers/leases.ts';
import { freePort } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { guardedClone } from '../hooks/guarded.ts';
import { examine, scratchRefs } from './examined.ts';

describe('doctor asks the remote, and', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  function serverHook(name: string, script: string): void {
    writeFileSync(join(sandbox.remote, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  it.each(['pre-receive', 'update'])('says that a %s hook there refuses our refs', async (name) => {
    serverHook(name, 'echo "branches only" >&2; exit 1');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['compare-and-swap failed']);
    expect(of('compare-and-swap')).toMatchObject({
      message: expect.stringMatching(/^'origin' refused a new ref below refs\/lazyspec: /),
      remedy: expect.stringContaining('allow refs/lazyspec/*'),
      details: expect.arrayContaining([expect.stringContaining('branches only')]),
    });
    expect(await scratchRefs(clone)).toEqual([]);
  });

  it('says that a scratch ref may not be removed, and how to remove it', async () => {
    serverHook('update', 'case $3 in *[1-9a-f]*) exit 0 ;; esac; echo "no removals" >&2; exit 1');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['compare-and-swap failed', 'leftovers warning']);
    expect(of('compare-and-swap')?.message).toContain('refused the removal of a ref');
    const [left = ''] = await scratchRefs(clone);
    expect(of('leftovers')?.message).toContain(left);
    serverHook('update', 'exit 0');
    const [git = '', ...args] = of('leftovers')?.remedy?.split(' ') ?? [];
    expect(git).toBe('git');
    await clone.git(...args);
    expect(await scratchRefs(clone)).toEqual([]);
  });

  it('says that it cannot be reached, and still proves that the hooks refuse', async () => {
    const url = `git://127.0.0.1:${await freePort()}/remote.git`;
    await clone.git('remote', 'set-url', 'origin', url);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['remote failed', 'clock warning', 'compare-and-swap warning']);
    expect(of('remote')).toMatchObject({
      message: "'origin' cannot be reached",
      remedy: expect.stringContaining('Check the network'),
    });
    expect(of('compare-and-swap')?.message).toBe("not checked: 'origin' did not answer");
  });

  it('says that there is no such remote', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = "elsewhere"\n' });
    await clone.hooks(['install', '--quiet']);
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['remote failed', 'clock warning', 'compare-and-swap warning']);
    expect(of('remote')?.message).toContain("has no remote 'elsewhere' (it has origin)");
    expect(of('remote')?.remedy).not.toContain('Did you mean');
  });

  it.each(['orgin', 'Origin', 'origins'])(
    'names the likely remote for %s, as claim and install do',
    async (remote) => {
      clone.write({ '.lazyspec.toml': `[coordination]\nremote = "${remote}"\n` });
      const meant = 'Did you mean remote = "origin" in [coordination]?';
      expect((await clone.hooks(['install'])).stdout).toContain(
        `this clone has no remote '${remote}' (it has origin). ${meant}`,
      );
      expect((await clone.lease(['claim', 'RFC-001'])).stderr).toContain(meant);
      expect((await examine(clone)).of('remote')).toMatchObject({
        state: 'failed',
        remedy: expect.stringContaining(meant),
      });
    },
  );

  it('says that it can be read and not written', async () => {
    await sandbox.git(sandbox.remote, 'config', 'daemon.receivepack', 'false');
    await clone.git('config', 'remote.origin.receivepack', 'no-such-program');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['compare-and-swap failed']);
    expect(of('remote')?.state).toBe('ok');
    expect(of('compare-and-swap')?.message).toContain(
      "writing fails: 'origin' ended the connection",
    );
  });

  it('removes scratch refs that are older than an hour, and leaves those of others', async () => {
    const old = 'refs/lazyspec/probe/old';
    const young = 'refs/lazyspec/probe/young';
    await plant(sandbox, { ref: old, content: 'old', committed: now() - 3700 });
    await plant(sandbox, { ref: young, content: 'young', committed: now() - 3500 });
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual([]);
    expect(of('leftovers')?.message).toBe('removed 1 scratch refs that earlier runs had left');
    expect(await scratchRefs(clone)).toEqual([young]); // on the remote; no copy is kept here
  });

  it('does all that in this repository itself, where leases are kept there', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = "."\n' });
    await clone.hooks(['install', '--quiet']);
    await clone.git('update-ref', 'refs/lazyspec/probe/young', 'HEAD');
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['remote warning']);
    expect(of('compare-and-swap')?.message).toContain("'.' takes leases");
    expect(await scratchRefs(clone)).toEqual(['refs/lazyspec/probe/young']);
  });

  it('warns of leases in this clone only if it has a remote, and install does', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = "."\n' });
    const message =
      "leases are kept in this clone only: clones that share 'origin' do not see them";
    expect((await clone.hooks(['install'])).stdout).toContain(message);
    const { of } = await examine(clone);
    expect(of('remote')).toMatchObject({
      state: 'warning',
      message,
      remedy: expect.stringContaining('remote = "origin"'),
    });
    await clone.git('remote', 'remove', 'origin');
    expect((await clone.hooks(['install'])).stdout).not.toContain('leases are kept');
    expect((await examine(clone)).wrong).toEqual([]);
  });

  it('says whose clock may be wrong', async () => {
    const content = { agent: 'agent-b', acquired: now(), expires: now() + 9000, host: 'laptop' };
    await plant(sandbox, { content, committed: now() + 2 * 3600 });
    const { wrong, of } = await examine(clone);
    expect(wrong).toEqual(['clock warning']);
    expect(of('clock')?.message).toMatch(
      /^this clock or agent-b's on laptop is wrong by about (2 h|1 h 59 min):/,
    );
    await plant(sandbox, { content, committed: now() + 60 });
    expect((await examine(clone)).wrong).toEqual([]);
  });
});
