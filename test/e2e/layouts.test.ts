/**
 * The packed program as each package manager lays it out: `install --save` once, and in a fresh
 * clone the package manager's own install is enough to have commits refused.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../helpers/packed.ts';
import type { Clone, Ran } from '../helpers/sandbox.ts';
import { DOCUMENTS, run, Sandbox } from '../helpers/sandbox.ts';
import { expectGuarded } from '../integration/install/managers/plugged.ts';

interface Layout {
  name: string;
  /** What is installed from the registry to have the package manager. */
  tool?: string;
  /** The package manager, below the folder that it is installed in. */
  program?: string;
  /** Runs a program that the project depends on. */
  exec: string[];
  files?: Record<string, string>;
  /** The folder of the package that depends on us. */
  at?: string;
  /** The script that install runs in the fresh clone. */
  script?: 'prepare' | 'postinstall';
}

const BERRY: Omit<Layout, 'name'> = {
  tool: '@yarnpkg/cli-dist@4.18.1',
  program: 'node_modules/@yarnpkg/cli-dist/bin/yarn.js',
  exec: ['run'],
  script: 'postinstall',
};
const BERRY_FILES = { 'yarn.lock': '' };
const bun = `bun-${process.platform}-${process.arch}`;

const LAYOUTS: Layout[] = [
  { name: 'npm', exec: ['exec', '--'] },
  {
    name: 'npm, a package of a workspace',
    exec: ['exec', '--'],
    files: { 'package.json': '{ "private": true, "workspaces": ["packages/*"] }\n' },
    at: 'packages/one',
  },
  { name: 'pnpm', tool: 'pnpm@9.8.0', program: 'node_modules/pnpm/bin/pnpm.cjs', exec: ['exec'] },
  {
    name: 'pnpm, a package of a workspace',
    tool: 'pnpm@9.8.0',
    program: 'node_modules/pnpm/bin/pnpm.cjs',
    exec: ['exec'],
    files: {
      'package.json': '{ "private": true }\n',
      'pnpm-workspace.yaml': 'packages: ["packages/*"]\n',
    },
    at: 'packages/one',
  },
  { name: 'yarn 1', tool: 'yarn@1.22.22', program: 'node_modules/yarn/bin/yarn.js', exec: ['run'] },
  {
    name: 'yarn 4, node_modules',
    ...BERRY,
    files: { ...BERRY_FILES, '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n' },
  },
  {
    name: 'yarn 4, plug and play',
    ...BERRY,
    files: { ...BERRY_FILES, '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\n' },
  },
  {
    name: 'bun',
    tool: `@oven/${bun}@1.4.5`,
    program: `node_modules/@oven/${bun}/bin/bun`,
    exec: ['x', '--no-install'],
  },
];

describe('the packed program, laid out by', () => {
  let sandbox: Sandbox;
  let tarball: string;
  /** A later version. */
  let later: string;
  const failed = new Map<string, string>();

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    ({ tarball } = await packedPackage());
    later = await laterVersion();
    const tools = [...new Set(LAYOUTS.flatMap(({ tool }) => tool ?? []))];
    await Promise.all(
      tools.map(async (tool) => {
        const folder = toolFolder(tool);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'package.json'), '{}');
        const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
        const ran = await run('npm', [...args, tool], { cwd: folder, env: process.env });
        if (ran.status !== 0) failed.set(tool, ran.stderr);
      }),
    );
  });
  afterAll(() => sandbox.dispose());

  function toolFolder(tool: string): string {
    return join(sandbox.folder, 'tools', tool.replaceAll(/\W/g, '-'));
  }

  async function laterVersion(): Promise<string> {
    const folder = join(sandbox.folder, 'later');
    mkdirSync(folder);
    await run('tar', ['-xzf', tarball, '-C', folder], { cwd: folder, env: sandbox.env });
    const manifest = join(folder, 'package', 'package.json');
    const { scripts: _, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
    writeFileSync(manifest, JSON.stringify({ ...rest, version: '99.0.0' }));
    const ran = await run('npm', ['pack', '--json', './package'], {
      cwd: folder,
      env: sandbox.env,
    });
    return join(folder, JSON.parse(ran.stdout)[0].filename);
  }

  /** Runs the package manager in a folder of a clone. */
  async function manage({ tool, program }: Layout, cwd: string, ...args: string[]): Promise<Ran> {
    const path = tool && program ? join(toolFolder(tool), program) : 'npm';
    const isScript = /\.c?js$/.test(path);
    const ran = await run(isScript ? process.execPath : path, isScript ? [path, ...args] : args, {
      cwd,
      env: {
        ...sandbox.env,
        // Scripts call yarn by its name.
        PATH: [dirname(path), sandbox.env.PATH].join(delimiter),
        YARN_ENABLE_GLOBAL_CACHE: 'false',
        YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
      },
    });
    expect({ status: ran.status, out: ran.stdout + ran.stderr }).toEqual({
      status: 0,
      out: expect.anything(),
    });
    return ran;
  }

  it.each(LAYOUTS)(
    '$name',
    async (layout) => {
      const { name, at = '.', exec, files = {}, script = 'prepare', tool } = layout;
      if (tool && failed.has(tool)) {
        // A registry need not have the programs of every platform.
        process.stderr.write(`skipped: ${name}: ${failed.get(tool)?.split('\n')[0]}\n`);
        return;
      }
      const project = { name: 'one', version: '1.0.0', private: true };
      const manifest = { ...project, devDependencies: { 'lazyspec-hooks': `file:${tarball}` } };
      const remote = await Sandbox.create({
        ...DOCUMENTS,
        '.gitignore': 'node_modules\n.yarn\n.pnp.*\n',
        ...files,
        [join(at, 'package.json')]: `${JSON.stringify(manifest, null, 2)}\n`,
      });
      sandbox.onDispose(() => remote.dispose());

      const author = await remote.clone('author');
      await manage(layout, author.path, 'install');
      await manage(layout, author.at(at), ...exec, 'lazyspec-hooks', 'install');
      await expectGuarded(author);
      // After an upgrade the hooks find the new version, though nobody has run install.
      const upgraded = { ...project, devDependencies: { 'lazyspec-hooks': `file:${later}` } };
      author.write({ [join(at, 'package.json')]: `${JSON.stringify(upgraded, null, 2)}\n` });
      await manage(layout, author.path, 'install');
      await expectGuarded(author);
      await manage(layout, author.at(at), ...exec, 'lazyspec-hooks', 'install', '--save');
      const { scripts } = JSON.parse(readFileSync(author.at(at, 'package.json'), 'utf8'));
      expect(scripts).toEqual({ [script]: 'lazyspec-hooks install --quiet || true' });
      await expectGuarded(author);
      await author.git('add', '--all');
      await author.git('commit', '--quiet', '--message', 'Have hooks');
      await author.git('push', '--quiet', 'origin', 'HEAD');

      const fresh: Clone = await remote.clone('fresh');
      expect(existsSync(fresh.at('.git/hooks/pre-commit'))).toBe(false);
      await manage(layout, fresh.path, 'install');
      await expectGuarded(fresh);
    },
    180_000,
  );

  it('npm below the top alone, and the command is the same from wherever install is run', async () => {
    const clone = await sandbox.clone('below');
    clone.write({ '.gitignore': 'node_modules\n', 'one/package.json': '{}\n' });
    const args = ['install', '--save-dev', '--offline', '--no-audit', tarball];
    expect(await run('npm', args, { cwd: clone.at('one'), env: sandbox.env })).toMatchObject({
      status: 0,
    });
    const below = clone.at('one/node_modules/lazyspec-hooks/dist/hooks.js');
    const install = async (cwd: string) => {
      const call = [below, 'install', '--manager', 'lefthook', '--force', '--json'];
      const ran = await run(process.execPath, call, { cwd, env: sandbox.env });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      return JSON.parse(ran.stdout);
    };
    expect((await install(clone.path)).changes).not.toEqual([]);
    expect(clone.read('.lefthook/pre-commit/lazyspec-hooks.sh')).toContain(
      'h=one/node_modules/lazyspec-hooks/hooks/pre-commit;',
    );
    expect((await install(clone.at('one'))).changes).toEqual([]);
  });

  it('npx, with nothing installed: what is in its cache may go, and then nothing passes', async () => {
    const clone = await sandbox.clone('by-npx');
    const args = ['exec', '--yes', '--offline', `--package=${tarball}`, '--'];
    const call = ['lazyspec-hooks', 'install'];
    const ran = await run('npm', [...args, ...call], { cwd: clone.path, env: sandbox.env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('npm install --global lazyspec-hooks');
    await expectGuarded(clone);

    rmSync(join(sandbox.home, '.npm', '_npx'), { recursive: true });
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# New\n' });
    await clone.git('add', '--all');
    const commit = ['commit', '--quiet', '--message', 'Change'];
    const refused = await clone.tryGit(commit);
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('the program was not found, so this commit is refused');

    const prefix = join(sandbox.folder, 'for-all');
    const install = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', tarball];
    await run('npm', install, { cwd: sandbox.folder, env: sandbox.env });
    const PATH = [join(prefix, 'bin'), sandbox.env.PATH].join(delimiter);
    const judged = await clone.tryGit(commit, { env: { PATH } });
    expect(judged.stderr).toContain('RFC-001: document is not claimed');
  });

  it('npm for the whole machine, in a repository without a package.json', async () => {
    const prefix = join(sandbox.folder, 'global');
    const args = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', tarball];
    const npm = await run('npm', args, { cwd: sandbox.folder, env: sandbox.env });
    expect(npm).toMatchObject({ status: 0 });
    const clone = await sandbox.clone('agent-a');
    const program = join(prefix, 'bin', 'lazyspec-hooks');
    const ran = await run(program, ['install'], { cwd: clone.path, env: sandbox.env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    await expectGuarded(clone);

    // A manager's command finds the copies that install has made.
    for (const call of ['uninstall', 'install --manager lefthook --force']) {
      const done = await run(program, call.split(' '), { cwd: clone.path, env: sandbox.env });
      expect(done).toMatchObject({ status: 0 });
    }
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# New\n' });
    await clone.git('add', '--all');
    const script = ['.lefthook/pre-commit/lazyspec-hooks.sh'];
    const judged = await run('sh', script, { cwd: clone.path, env: sandbox.env });
    expect(judged).toMatchObject({ status: 1 });
    expect(judged.stderr).toContain('RFC-001: document is not claimed');
  });
});
