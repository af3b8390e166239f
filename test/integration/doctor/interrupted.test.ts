import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { guardedClone } from '../hooks/guarded.ts';
import { everythingOf, examine, hookPath, scratchRefs, temporaryFolder } from './examined.ts';

describe('doctor, interrupted', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let marker: string;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await guardedClone(sandbox, `agent-${++number}`);
    marker = join(sandbox.folder, `reached-${number}`);
  });
  afterEach(() => rmSync(serverHook(), { force: true }));
  afterAll(() => sandbox.dispose());

  const serverHook = () => join(sandbox.remote, 'hooks', 'pre-receive');

  /** Says that it was reached, and then takes its time. */
  const slow = () => `#!/bin/sh\ntouch '${marker}'\nsleep 20\n`;

  async function signalled(signal: NodeJS.Signals, env: Record<string, string>): Promise<Ran> {
    return clone.hooks(['doctor'], {
      env,
      started: async (child) => {
        for (let i = 0; i < 1_000 && !existsSync(marker); i++) await sleep(20);
        child.kill(signal);
      },
    });
  }

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s in the middle of the proof, leaves nothing behind',
    async (signal) => {
      writeFileSync(`${hookPath(clone, 'pre-commit')}.before-lazyspec`, slow(), { mode: 0o755 });
      const { env, left } = temporaryFolder(clone);
      const before = await everythingOf(clone);
      const ran = await signalled(signal, env);
      expect(existsSync(marker)).toBe(true);
      expect(ran).toMatchObject({ status: signal === 'SIGINT' ? 130 : 143, stdout: '' });
      expect(await everythingOf(clone)).toEqual(before);
      expect(left()).toEqual([]);
    },
  );

  it('while the remote takes its time, leaves no scratch ref on it', async () => {
    // The first ref is made; the next change of it takes long.
    const script = `#!/bin/sh\nread old _\ncase $old in *[1-9a-f]*) ;; *) exit 0 ;; esac\n[ -e '${marker}' ] && exit 0\ntouch '${marker}'\nsleep 20\n`;
    writeFileSync(serverHook(), script, { mode: 0o755 });
    const ran = await signalled('SIGINT', {});
    expect(existsSync(marker)).toBe(true);
    expect(ran).toMatchObject({ status: 130, stdout: '' });
    expect(await scratchRefs(clone)).toEqual([]);
  });

  it('looks again where a swap that was cut off is applied while it clears away', async () => {
    const moved = join(sandbox.folder, 'moved');
    // The first removal finds that the ref has just moved.
    const script = `#!/bin/sh
read old new ref
case $new in
  *[1-9a-f]*) case $old in *[1-9a-f]*) touch '${marker}'; sleep 20 ;; esac ;;
  *) [ -e '${moved}' ] || env -u GIT_QUARANTINE_PATH git update-ref "$ref" HEAD; touch '${moved}' ;;
esac
`;
    writeFileSync(serverHook(), script, { mode: 0o755 });
    const ran = await signalled('SIGINT', {});
    expect(existsSync(moved)).toBe(true);
    expect(ran).toMatchObject({ status: 130, stdout: '' });
    expect(await scratchRefs(clone)).toEqual([]);
  });

  it('by SIGKILL, is cleared away by a later run once an hour is over', async () => {
    writeFileSync(`${hookPath(clone, 'pre-commit')}.before-lazyspec`, slow(), { mode: 0o755 });
    const { env, left } = temporaryFolder(clone);
    const before = await everythingOf(clone);
    await signalled('SIGKILL', env);
    const [name = ''] = left();
    expect(readdirSync(clone.at('.git/worktrees'))).toEqual([name]);
    writeFileSync(`${hookPath(clone, 'pre-commit')}.before-lazyspec`, '#!/bin/sh\n');

    // It may be running still.
    expect((await examine(clone, { env })).of('leftovers')).toBeUndefined();
    expect(left()).toEqual([name]);

    // As git leaves it where it was killed while making it.
    await clone.git('worktree', 'lock', join(sandbox.folder, name, name));
    const longAgo = Date.now() / 1000 - 3700;
    utimesSync(clone.at('.git/worktrees', name), longAgo, longAgo);
    const examined = await examine(clone, { env });
    expect(examined.of('leftovers')?.message).toBe(
      'removed 1 scratch work trees that earlier runs had left',
    );
    expect(examined.wrong).toEqual([]);
    expect(left()).toEqual([]);
    const after = await everythingOf(clone);
    const kept = Object.keys(before).find((path) => path.endsWith('before-lazyspec')) ?? '';
    expect(after).toEqual({ ...before, [kept]: after[kept] });
  });
});
