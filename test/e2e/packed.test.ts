/** What npm would publish, used as by somebody who installed it. */
import { readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../helpers/packed.ts';
import type { Clone, Ran } from '../helpers/sandbox.ts';
import { run, Sandbox } from '../helpers/sandbox.ts';

const RFC_1 = 'docs/rfcs/RFC-001-some-title.md';

describe('the packed program', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let packed: string[];

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const { tarball, paths } = await packedPackage();
    packed = paths;
    clone = await sandbox.clone('agent-a');
    writeFileSync(clone.at('package.json'), '{ "private": true, "type": "module" }\n');
    await npm(
      clone.path,
      ...['install', '--save-dev', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'],
      tarball,
    );
  });
  afterAll(() => sandbox.dispose());

  async function npm(cwd: string, ...args: string[]): Promise<Ran> {
    const ran = await run('npm', args, { cwd, env: sandbox.env });
    if (ran.status !== 0) throw new Error(`npm ${args[0]}: ${ran.stderr}`);
    return ran;
  }

  /** What a person types into a shell. */
  function type(line: string): Promise<Ran> {
    return run('sh', ['-c', line], { cwd: clone.path, env: sandbox.env });
  }

  it('has all that it needs in it, and nothing else', () => {
    const top = [...new Set(packed.map((path) => path.replace(/\/.*/, '')))].sort();
    expect(top).toEqual(
      expect.arrayContaining([
        ...['LICENSE', 'README.md', 'dist', 'hooks', 'package.json', 'schemas', 'templates'],
      ]),
    );
    expect(packed).toEqual(
      expect.arrayContaining(['dist/hooks.js', 'dist/lease.js', 'dist/index.js', 'hooks/hook.sh']),
    );
    expect(packed).toEqual(
      expect.arrayContaining(['dist/man/lazyspec-hooks.1', 'dist/man/lazyspec-lease.1']),
    );
    expect(packed).toEqual(
      expect.arrayContaining(['hooks/pre-commit', 'hooks/pre-merge-commit', 'hooks/pre-push']),
    );
    expect(packed).toEqual(
      expect.arrayContaining([
        ...['lazyspec.toml', 'agent.sh', 'claude-code/settings.json'].map(
          (name) => `templates/${name}`,
        ),
        'templates/claude-code/lazyspec-hooks.sh',
      ]),
    );
    expect(packed.filter((path) => /^(src|test|scripts|node_modules)\//.test(path))).toEqual([]);
    expect(packed.filter((path) => /\.test\.|\.map$|\.tsv$/.test(path))).toEqual([]);
  });

  it('has the types that its package.json promises', () => {
    expect(packed).toContain('dist/types/src/index.d.ts');
  });

  it('brings no other package along', () => {
    const installed = readdirSync(clone.at('node_modules')).filter((name) => name[0] !== '.');
    expect(installed).toEqual(['lazyspec-hooks']);
  });

  it('claims, commits and gives back, by commands as they are printed', async () => {
    const install = await type('npx lazyspec-hooks install');
    expect(install).toMatchObject({ status: 0, stderr: '' });
    expect(install.stdout).not.toContain('is not a dependency here');

    clone.write({ [RFC_1]: '# New\n' });
    const commit = `git commit --quiet --message Change ${RFC_1}`;
    const refused = await type(commit);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      'RFC-001: document is not claimed. Run `npx lazyspec-lease claim RFC-001` first.',
    );
    const pasted = /^ +claim it: +(.*)$/m.exec(refused.stderr)?.[1] ?? '';
    expect(pasted).toBe('npx lazyspec-lease claim RFC-001');

    expect(await type(pasted)).toMatchObject({ status: 0, stderr: '' });
    expect(await type(commit)).toMatchObject({ status: 0, stderr: '' });
    expect(await type('npx lazyspec-lease release RFC-001')).toMatchObject({
      status: 0,
      stdout: 'Released RFC-001\n',
    });
    expect(await type('npx lazyspec-hooks uninstall')).toMatchObject({ status: 0, stderr: '' });
  });

  it('is a library as well', async () => {
    writeFileSync(
      clone.at('program.js'),
      `import { claim, gate, LazyspecError } from 'lazyspec-hooks';
      const root = import.meta.dirname ?? process.cwd();
      const before = await gate({ root }, { documents: ['RFC-001'] });
      const [lease] = await claim({ root }, { documents: ['RFC-001'] });
      const after = await gate({ root }, { documents: ['RFC-001'] });
      const error = await claim({ root }, { documents: ['NOTHING-1'] }).catch((error) => error);
      console.log(JSON.stringify([before.ok, lease.id, after.ok, error instanceof LazyspecError, error.code]));
      `,
    );
    const ran = await run(process.execPath, ['program.js'], {
      cwd: clone.path,
      env: sandbox.env,
    });
    expect(ran.stderr).toBe('');
    expect(JSON.parse(ran.stdout)).toEqual([false, 'RFC-001', true, true, 'UNKNOWN_DOCUMENT']);
  });
});
