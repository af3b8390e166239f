import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { withLock } from '../../../src/state/lock.ts';
import { PACKAGE } from '../../helpers/package.ts';

describe('withLock', () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  let folder: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    lock = join(folder, 'notes', 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A lock of somebody else, who took it so many milliseconds ago. */
  function held(pid: number, ago: number): string {
    const owner = `${pid}-${Date.now() - ago}-abc`;
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, owner), '');
    return owner;
  }

  it('does one thing at a time, and leaves nothing behind', async () => {
    let inside = 0;
    const act = async () => {
      expect(++inside).toBe(1);
      await sleep(5);
      inside--;
    };
    const all = await Promise.all(Array.from({ length: 8 }, () => withLock(lock, act)));
    expect(all).toEqual(Array(8).fill(true));
    expect(readdirSync(join(folder, 'notes'))).toEqual([]);
  });

  it('is released where what is done fails', async () => {
    const failing = withLock(lock, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(readdirSync(join(folder, 'notes'))).toEqual([]);
  });

  it('does nothing while another process holds the lock, and leaves the lock alone', async () => {
    const owner = held(process.pid, 30_000);
    let isDone = false;
    const act = async () => {
      isDone = true;
    };
    expect(await withLock(lock, act, 100)).toBe(false);
    expect(isDone).toBe(false);
    expect(readdirSync(lock)).toEqual([owner]);
  });

  it.each([
    ['a process that was killed', dead, 0],
    ['a process id that was given to another since', process.pid, 61_000],
  ])('takes over at once what was left by %s', async (_, pid, ago) => {
    held(pid, ago);
    let inside: string[] = [];
    const act = async () => {
      inside = readdirSync(lock);
    };
    expect(await withLock(lock, act, 0)).toBe(true);
    expect(inside).toEqual([expect.stringMatching(`^${process.pid}-`)]);
    expect(readdirSync(join(folder, 'notes'))).toEqual([]);
  });

  it('takes an empty lock, whose owner was killed while it released it', async () => {
    mkdirSync(lock, { recursive: true });
    expect(await withLock(lock, async () => {}, 0)).toBe(true);
    expect(readdirSync(join(folder, 'notes'))).toEqual([]);
  });

  it('does not remove the lock of a process that has taken it over', async () => {
    let other = '';
    await withLock(lock, async () => {
      rmSync(lock, { recursive: true });
      other = held(process.pid, 0);
    });
    expect(readdirSync(lock)).toEqual([other]);
  });

  it('fails at once where no lock can be made', async () => {
    writeFileSync(join(folder, 'notes'), '');
    await expect(withLock(lock, async () => {})).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  it('keeps processes apart that are killed all the time', async () => {
    const program = join(folder, 'program.cjs');
    await build({
      stdin: { contents: CRITICAL, resolveDir: PACKAGE, loader: 'ts' },
      ...{ bundle: true, platform: 'node', format: 'cjs', outfile: program, logLevel: 'error' },
    });
    mkdirSync(join(folder, 'inside'));
    let said = '';
    const isOver = () => said.includes('two') || said.split('one').length > 40;
    const worker = async () => {
      while (!isOver()) {
        const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 2] });
        child.stdout?.on('data', (chunk) => {
          said += chunk;
        });
        child.stdout?.once('data', () => {
          setTimeout(() => child.kill('SIGKILL'), Math.random() * 100);
        });
        await once(child, 'close');
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(said).not.toContain('two');
  });
});

/** Says whether another process that still runs is inside as well; no lock decides that. */
const CRITICAL = `
import { readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from './src/state/lock.ts';

const folder = process.argv[2];
const isRunning = (pid) => {
  try {
    // A killed process that is not yet reaped runs no longer.
    return !/^State:\\s+[ZX]/m.test(readFileSync('/proc/' + pid + '/status', 'utf8'));
  } catch {
    return false;
  }
};
async function main() {
  for (;;) {
    await withLock(folder + '/notes/lock', async () => {
      const mine = folder + '/inside/' + process.pid;
      writeFileSync(mine, '');
      await sleep(1);
      const others = readdirSync(folder + '/inside').filter((pid) => pid !== String(process.pid));
      writeSync(1, others.some(isRunning) ? 'two ' : 'one ');
      for (const pid of others) rmSync(folder + '/inside/' + pid, { force: true });
      rmSync(mine, { force: true });
    });
  }
}
void main();
`;
