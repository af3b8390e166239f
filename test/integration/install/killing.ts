/**
 * Install and uninstall, killed before each of their writes in turn: the hooks that were there still
 * run or git refuses, install reaches its end, and uninstall the beginning. With managers `npm test` kills
 * before every other one; $LAZYSPEC_FAULT_SHARE=1 before each.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Installed, ManagerPackage } from '../../helpers/managers.ts';
import { installManagers } from '../../helpers/managers.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import type { World } from './managers/plugged.ts';
import { expectDone, PROJECT, worldOf } from './managers/plugged.ts';

export interface Case {
  name: string;
  files: Record<string, string>;
  /** Has the manager make its hooks. */
  start?: string[];
  /** A hook that is run to see whether it still is what it was; slow with some managers. */
  hook?: 'pre-commit';
  env?: Record<string, string>;
  skipped?: boolean;
}

/** @param names of the managers that the cases need */
export function testKilled(cases: readonly Case[], names: ManagerPackage[]): void {
  let sandbox: Sandbox;
  let managers: Installed;
  let count: string;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([Sandbox.create(PROJECT), installManagers(...names)]);
    count = join(sandbox.folder, 'count');
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  /** Clones are put back with the links between their files. */
  function copy(from: string, to: string): void {
    rmSync(to, { recursive: true, force: true });
    expect(spawnSync('cp', ['-a', from, to]).status).toBe(0);
  }

  function killedAt(
    clone: Clone,
    { write, command, coarse }: { write: number; command: string; coarse: boolean },
    env: object,
  ): Promise<Ran> {
    writeFileSync(count, '');
    const preload = pathToFileURL(join(PACKAGE, 'test/helpers/killed-write.mjs')).href;
    return clone.hooks([command], {
      env: {
        ...env,
        NODE_OPTIONS: `--import ${preload}`,
        LAZYSPEC_KILL_AT: String(write),
        LAZYSPEC_KILL_COUNT: count,
        ...(coarse && { LAZYSPEC_KILL_COARSE: '1' }),
      },
    });
  }

  async function prepared({ name, files, start, env }: Case) {
    const clone = await sandbox.clone(name.replaceAll(/\W/g, '-'));
    managers.into(clone);
    clone.write(files);
    for (const path of Object.keys(files))
      if (/hooks\/p/.test(path)) chmodSync(clone.at(path), 0o755);
    const [program = 'true', ...args] = start ?? [];
    const path = start ? clone.at('node_modules/.bin', program) : program;
    await run(path, args, { cwd: clone.path, env: sandbox.env });
    const options = {
      env: env?.LAZYSPEC_GIT
        ? sandbox.shadow('git', `#!/bin/sh\nexec '${env.LAZYSPEC_GIT}' "$@"\n`)
        : {},
    };
    const begin = world(clone);
    copy(clone.path, `${clone.path} begin`);
    expectDone(await clone.hooks(['install'], options));
    const end = world(clone);
    copy(clone.path, `${clone.path} end`);
    return { clone, options, begin, end };
  }

  /** lefthook notes when the file that it was set up from was last changed. */
  function world(clone: Clone): World {
    const found = worldOf(clone.path);
    const sum = '.git/info/lefthook.checksum';
    return sum in found ? { ...found, [sum]: found[sum]?.replace(/ \d+ /, ' then ') ?? '' } : found;
  }

  for (const one of cases) {
    (one.skipped ? it.skip : it)(
      `with ${one.name}`,
      async () => {
        const { clone, options, begin, end } = await prepared(one);

        /** What was there before us still runs, or git refuses. */
        async function expectKept(): Promise<void> {
          if (!one.hook) return;
          const ran = await clone.tryGit(['hook', 'run', one.hook], options);
          if (ran.status === 0) expect(ran.stderr).toContain('foreign');
        }

        async function leadsTo(write: string, command: string, wanted: World): Promise<void> {
          const ran = await clone.hooks([command], options);
          expect({ ...ran, stdout: '' }).toMatchObject({ status: 0, stderr: '' });
          expect({ write, world: world(clone) }).toEqual({ write, world: wanted });
        }

        // The first writes are the same for all (our notes, the exclude file), and how we write.
        const coarse = one.name !== 'git';
        const step = coarse && process.env.LAZYSPEC_FAULT_SHARE !== '1' ? 2 : 1;
        let kills = 0;
        for (const [command, start, first] of [
          ['install', 'begin', coarse ? 3 : 1],
          ['uninstall', 'end', coarse ? 4 : 1],
        ] as const) {
          for (let write: number = first; ; write += step) {
            copy(`${clone.path} ${start}`, clone.path);
            const ran = await killedAt(clone, { write, command, coarse }, options.env);
            if (ran.status === 0) break;
            expect({ write, signal: ran.signal, stderr: ran.stderr }).toEqual({
              write,
              signal: 'SIGKILL',
              stderr: '',
            });
            kills++;
            copy(clone.path, `${clone.path} killed`);
            await expectKept();
            await leadsTo(`${command} ${write}`, 'install', end);
            copy(`${clone.path} killed`, clone.path);
            await leadsTo(`${command} ${write}`, 'uninstall', begin);
          }
        }
        expect(kills).toBeGreaterThan(6 / step);
      },
      600_000,
    );
  }
}
