/** Package managers that keep each version in a folder of its own, as an update leaves them. */
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, expectRefused, RFC_1 } from '../hooks/guarded.ts';

describe('the hooks survive an update', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;
  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`clone-${++number}`);
    clone.write({ '.git/info/exclude': 'node_modules\n.yarn\n' });
  });
  afterAll(() => sandbox.dispose());

  function put(folder: string): void {
    for (const part of ['dist', 'hooks', 'schemas', 'templates', 'package.json']) {
      cpSync(join(PACKAGE, part), clone.at(folder, part), { recursive: true });
    }
  }

  function link(from: string, to: string): void {
    rmSync(clone.at(from), { force: true });
    mkdirSync(dirname(clone.at(from)), { recursive: true });
    symlinkSync(clone.at(to), clone.at(from));
  }

  const MEMBER = 'packages/app/node_modules/lazyspec-hooks';

  it.each([
    [
      'of a pnpm workspace, where a member names the package',
      MEMBER,
      (version: string) =>
        `node_modules/.pnpm/lazyspec-hooks@${version}/node_modules/lazyspec-hooks`,
      'packages/app',
    ],
    [
      'of a store with other folders than we know',
      MEMBER,
      (version: string) => `node_modules/links/${version}/node_modules/lazyspec-hooks`,
      'packages/app',
    ],
    [
      'of a pnpm workspace, when started at its top by the path in the store',
      undefined,
      (version: string) =>
        `node_modules/.pnpm/lazyspec-hooks@${version}/node_modules/lazyspec-hooks`,
      '.',
    ],
    [
      'of a pnpm workspace, when started at its top by the path of the member',
      MEMBER,
      (version: string) =>
        `node_modules/.pnpm/lazyspec-hooks@${version}/node_modules/lazyspec-hooks`,
      '.',
    ],
    [
      "of bun's isolated installs",
      MEMBER,
      (version: string) =>
        `node_modules/.bun/lazyspec-hooks@${version}/node_modules/lazyspec-hooks`,
      'packages/app',
    ],
    [
      "of yarn's Plug'n'Play",
      undefined,
      (version: string) =>
        `.yarn/unplugged/lazyspec-hooks-npm-${version}-0a1b/node_modules/lazyspec-hooks`,
      '.',
    ],
  ])('%s', async (_, linked, versioned, cwd) => {
    const [first, second] = [versioned('1.2.3'), versioned('1.2.4')];
    put(first);
    if (linked) link(linked, first);
    mkdirSync(clone.at(cwd), { recursive: true });
    const program = clone.at(linked ?? first, 'dist/hooks.js');
    const ran = await run('node', [program, 'install', '--quiet'], {
      cwd: clone.at(cwd),
      env: sandbox.env,
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    put(second);
    rmSync(clone.at(first), { recursive: true });
    if (linked) link(linked, second);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(await clone.lease(['claim', 'RFC-001'])).toMatchObject({ status: 0 });
    expectPassed(await commitAll(clone));
    expect(await clone.lease(['release', 'RFC-001'])).toMatchObject({ status: 0 });
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm install'],
    ['yarn.lock', 'yarn install'],
    ['bun.lock', 'bun install'],
    ['package-lock.json', 'npm ci'],
    ['README.md', 'npm install'],
  ])('or the refusal names the package manager (%s)', async (lock, remedy) => {
    put('node_modules/lazyspec-hooks');
    const program = clone.at('node_modules/lazyspec-hooks/dist/hooks.js');
    await run('node', [program, 'install', '--quiet'], { cwd: clone.path, env: sandbox.env });
    rmSync(clone.at('node_modules'), { recursive: true });
    const dependency = '{ "devDependencies": { "lazyspec-hooks": "1" } }\n';
    clone.write({ [lock]: '\n', 'packages/app/package.json': dependency, [RFC_1]: '# New\n' });
    const refused = await commitAll(clone);
    expect(refused.stderr).toContain(`Install what package.json names: ${remedy}\n`);
    expect(refused.status).toBe(1);
  });
});
