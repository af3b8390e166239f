import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { becomes } from '../../helpers/behind.ts';
import { RFC_001, RFC_002, remoteLease } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, run, Sandbox } from '../../helpers/sandbox.ts';
import { claim, commitAll, expectPassed, guardedClone, push, RFC_1, RFC_2 } from './guarded.ts';

const ON = `${DOCUMENTS['.lazyspec.toml']}[comfort]\nrelease_after_push = ["main", "next/one"]\n`;

describe('with release_after_push = ["main", …]', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': ON });
    clone = await guardedClone(sandbox);
    await claim(clone, 'RFC-001', 'RFC-002');
  });
  afterEach(async () => {
    await becomes(async () => (await watchers()) === 0);
    await sandbox.dispose();
  });

  /** How many processes wait for the end of a push here, or look what has become of it. */
  async function watchers(): Promise<number> {
    const { stdout } = await run(
      'sh',
      [
        '-c',
        'for p in /proc/[0-9]*; do readlink "$p/cwd"; tr "\\0" " " <"$p/cmdline"; echo; done 2>/dev/null',
      ],
      {
        cwd: sandbox.folder,
        env: sandbox.env,
      },
    );
    const lines = stdout.split('\n');
    return lines.filter(
      (line, at) => line.includes('run after-push') && lines[at - 1]?.startsWith(sandbox.folder),
    ).length;
  }

  const over = () => becomes(async () => (await watchers()) === 0);
  const gone = (ref = RFC_001) => becomes(async () => (await remoteLease(sandbox, ref)) === '');

  let changes = 0;
  async function commitOf(...paths: string[]): Promise<void> {
    changes += 1;
    clone.write(Object.fromEntries(paths.map((path) => [path, `change ${changes}\n`])));
    expectPassed(await commitAll(clone));
  }

  /** Has the remote hold up pushes of branches, then take or refuse them. */
  function holdUp(status = 0) {
    const [come, go] = ['come', 'go'].map((name) => join(sandbox.folder, name)) as [string, string];
    writeFileSync(
      join(sandbox.remote, 'hooks', 'pre-receive'),
      `#!/bin/sh
grep -q refs/heads/ || exit 0
: >'${come}'
while [ ! -e '${go}' ]; do sleep 0.05; done
exit ${status}
`,
      { mode: 0o755 },
    );
    return { reached: () => becomes(() => existsSync(come)), letGo: () => writeFileSync(go, '') };
  }

  it('what a push has brought there is given back, and nothing else', async () => {
    await commitOf(RFC_1);
    const other = await remoteLease(sandbox, RFC_002);
    expectPassed(await push(clone));
    await gone();
    await over();
    expect(await remoteLease(sandbox, RFC_002)).toBe(other);
    expect((await clone.lease(['leases', '--local'])).stdout).not.toContain('RFC-001');
  });

  it('not before the remote has it', async () => {
    await commitOf(RFC_1);
    const { reached, letGo } = holdUp();
    const pushing = push(clone);
    await reached();
    await becomes(async () => (await watchers()) === 1);
    const held = await remoteLease(sandbox);
    expect(held).not.toBe('');
    letGo();
    expectPassed(await pushing);
    await gone();
  });

  it('what the remote refuses stays claimed', async () => {
    await commitOf(RFC_1);
    const held = await remoteLease(sandbox);
    const { letGo } = holdUp(1);
    letGo();
    expect((await push(clone)).status).toBe(1);
    await over();
    expect(await remoteLease(sandbox)).toBe(held);
  });

  it('what is pushed elsewhere stays claimed until it comes there, be it as a merge', async () => {
    await clone.git('checkout', '--quiet', '-b', 'topic');
    await commitOf(RFC_1);
    const held = await remoteLease(sandbox);
    expectPassed(await push(clone, ['origin', 'topic']));
    await over();
    expect(await remoteLease(sandbox)).toBe(held);
    await clone.git('checkout', '--quiet', 'main');
    await clone.git('merge', '--quiet', '--no-ff', '--no-edit', 'topic');
    expectPassed(await push(clone));
    await gone();
  });

  it('a new branch counts by what no other has', async () => {
    await clone.git('checkout', '--quiet', '-b', 'topic');
    await commitOf(RFC_1);
    expectPassed(await push(clone, ['origin', 'topic']));
    await commitOf(RFC_2);
    expectPassed(await push(clone, ['origin', 'topic:next/one']));
    await gone(RFC_002);
    await over();
    expect(await remoteLease(sandbox)).not.toBe('');
  });

  it('what is still being changed stays claimed', async () => {
    await commitOf(RFC_1, RFC_2);
    const held = await remoteLease(sandbox);
    clone.write({ [RFC_1]: 'more\n' });
    expectPassed(await push(clone));
    await gone(RFC_002);
    await over();
    expect(await remoteLease(sandbox)).toBe(held);
  });

  it('what is claimed again after the push stays claimed, and who reads to its end what git says waits for nothing', async () => {
    await commitOf(RFC_1);
    // The watcher sees the end of the push, and is then stopped at its next git until that is done.
    const go = join(sandbox.folder, 'claimed again');
    const slow = sandbox.shadow(
      'git',
      `#!/bin/sh
case " $* " in *" ls-remote "*) while [ ! -e '${go}' ]; do sleep 0.05; done ;; esac
PATH='${sandbox.env.PATH}' exec git "$@"
`,
    );
    const hook = clone.at('.git/hooks/pre-push');
    const text = await run('cat', [hook], { cwd: clone.path, env: sandbox.env });
    writeFileSync(hook, `#!/bin/sh\nPATH='${slow.PATH}'\n${text.stdout}`, { mode: 0o755 });
    expectPassed(await push(clone));
    await becomes(async () => (await watchers()) === 1);
    // In a later second than that in which the push ended.
    const end = Math.floor(Date.now() / 1000) + 1;
    await becomes(() => Date.now() / 1000 > end + 1);
    await claim(clone, 'RFC-001');
    const again = await remoteLease(sandbox);
    writeFileSync(go, '');
    await over();
    expect(await remoteLease(sandbox)).toBe(again);
  });

  it('a push to another remote gives nothing back', async () => {
    await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', 'fork.git');
    await clone.git('remote', 'add', 'fork', join(sandbox.folder, 'fork.git'));
    await commitOf(RFC_1);
    const held = await remoteLease(sandbox);
    expectPassed(await push(clone, ['fork', 'HEAD:refs/heads/main']));
    await over();
    expect(await remoteLease(sandbox)).toBe(held);
  });

  it('a push with nothing to give back, or without the key, has nobody wait for it', async () => {
    await commitOf('README.md');
    const { reached, letGo } = holdUp();
    const pushing = push(clone);
    await reached();
    expect(await watchers()).toBe(0);
    letGo();
    expectPassed(await pushing);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'] });
    await commitOf(RFC_1);
    const held = await remoteLease(sandbox);
    expectPassed(await push(clone));
    expect(await watchers()).toBe(0);
    expect(await remoteLease(sandbox)).toBe(held);
  });
});
