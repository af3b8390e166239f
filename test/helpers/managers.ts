/** Hook managers as they are published, and clones in which they are dependencies. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clone } from './sandbox.ts';
import { PACKAGE, run } from './sandbox.ts';

/** What is tried, and what docs/managers.md is true of. */
export const VERSIONS = {
  '@j178/prek': '0.5.3',
  husky: '9.1.7',
  lefthook: '2.2.2',
  'lint-staged': '16.4.0',
  'simple-git-hooks': '2.14.0',
};

export type ManagerPackage = keyof typeof VERSIONS;

export interface Installed {
  /** Makes them, and this package, dependencies of a clone. */
  into(clone: Clone): void;
  dispose(): void;
}

/** Installs managers from the registry; with no names, this package alone. */
export async function installManagers(...names: ManagerPackage[]): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec managers-'));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  if (names.length > 0) {
    const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    const wanted = names.map((name) => `${name}@${VERSIONS[name]}`);
    const npm = await run('npm', ['install', ...quick, ...wanted], {
      cwd: folder,
      env: process.env,
    });
    if (npm.status !== 0) throw new Error(npm.stderr);
  }
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(PACKAGE, join(modules, 'lazyspec-hooks'));
  for (const program of ['hooks', 'lease']) {
    symlinkSync(
      `../lazyspec-hooks/dist/${program}.js`,
      join(modules, '.bin', `lazyspec-${program}`),
    );
  }
  return {
    into(clone) {
      mkdirSync(clone.at('node_modules'));
      for (const name of readdirSync(modules)) {
        symlinkSync(join(modules, name), clone.at('node_modules', name));
      }
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Whether a program is on PATH. */
export async function isThere(program: string): Promise<boolean> {
  const cwd = tmpdir();
  const ran = await run('sh', ['-c', `command -v ${program}`], { cwd, env: process.env });
  return ran.status === 0;
}

/** PATH with the dependencies of a clone in front. */
export function withBin(clone: Clone): { PATH: string } {
  return { PATH: [clone.at('node_modules/.bin'), clone.sandbox.env.PATH].join(delimiter) };
}
