import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isRunning, pushingGit, toldByKernel, toldByPs } from '../../../src/git/pushing-git.ts';

const isLinux = process.platform === 'linux';
const hasPs = spawnSync('ps', ['-p', String(process.pid)]).status === 0;

describe('the git above a hook', () => {
  (isLinux && hasPs ? it : it.skip)('is told alike by the kernel and by ps', () => {
    for (const pid of [process.pid, process.ppid]) {
      const { name, parent } = toldByKernel(pid) ?? {};
      expect(toldByPs(pid)).toMatchObject({ pid, parent });
      // ps may know a longer name.
      expect(toldByPs(pid)?.name.slice(0, 15)).toBe(name);
    }
  });

  it('is the nearest one, with a shell between', async () => {
    const script = 'sleep 60 & echo $!; wait';
    const git = spawn('git', ['-c', `alias.hold=!${script}`, 'hold'], { stdio: 'pipe' });
    const [line] = await once(git.stdout, 'data');
    const found = pushingGit(Number(String(line)));
    expect(found).toMatchObject({ pid: git.pid });
    expect(found && isRunning(found)).toBe(true);
    process.kill(Number(String(line)));
    await once(git, 'exit');
    expect(found && isRunning(found)).toBe(false);
  });

  it('is none where there is none', () => {
    expect(pushingGit(process.pid)).toBeUndefined();
    expect(isRunning({ pid: process.pid, began: 'long ago' })).toBe(false);
  });
});
