/** What the programs load, and how large it is: a person waits for it in every commit. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../helpers/sandbox.ts';
import { HOOKS, LEASE, PACKAGE, run, Sandbox } from '../helpers/sandbox.ts';

/** Has a program tell which modules of Node's own it has loaded, by a file that is loaded first. */
const TELLING = `process.on('exit', () => require('node:fs').writeFileSync(process.env.TOLD,
  process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).join('\\n')));`;

describe('what is loaded', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await clone.lease(['claim', 'RFC-001']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n', 'telling.cjs': TELLING });
    await clone.git('add', 'docs');
  });
  afterAll(() => sandbox.dispose());

  async function runs(args: string[], env: Record<string, string>): Promise<void> {
    const ran = await run(process.execPath, args, {
      cwd: clone.path,
      env: { ...sandbox.env, ...env },
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
  }

  /** Files, by V8's own account. */
  async function files(...args: string[]): Promise<string[]> {
    const folder = mkdtempSync(join(sandbox.folder, 'coverage-'));
    await runs(args, { NODE_V8_COVERAGE: folder });
    const urls = readdirSync(folder).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return result.map(({ url }: { url: string }) => url);
    });
    return urls.filter((url: string) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  }

  /** Modules of Node's own that a program loads beside what Node itself needs. */
  async function builtins(...args: string[]): Promise<Set<string>> {
    const told = join(sandbox.folder, 'told');
    await runs(['--require', clone.at('telling.cjs'), ...args], { TOLD: told });
    return new Set(readFileSync(told, 'utf8').replaceAll('NativeModule ', '').split('\n'));
  }

  const bytes = (paths: readonly string[]) =>
    paths.reduce((sum, path) => sum + statSync(path).size, 0);

  it('by a governed commit is one file, and what git is checked with while it reads', async () => {
    const loaded = await files(HOOKS, 'run', 'pre-commit');
    const names = loaded.map((path) => basename(path));
    expect(names.slice(0, 2)).toEqual(['hooks.js', 'object-ids.js']);
    expect(names.length).toBeLessThanOrEqual(3); // with the bundler's own few lines
    expect(bytes(loaded)).toBeLessThan(225_000);
  });

  it('by a commit of nothing governed is no cryptography, and no promises of files', async () => {
    await clone.git('reset', '--quiet');
    const loaded = await builtins(HOOKS, 'run', 'pre-commit');
    expect(loaded).toContain('child_process');
    const dear = ['crypto', 'fs/promises', 'readline', 'worker_threads', 'http', 'zlib'];
    expect(dear.filter((name) => loaded.has(name))).toEqual([]);
  });

  it('by --help is the command line alone: no command, and nothing to start git with', async () => {
    const loaded = await files(LEASE, '--help');
    expect(bytes(loaded)).toBeLessThan(110_000);
    for (const path of loaded) expect(readFileSync(path, 'utf8')).not.toContain('for-each-ref');
    expect(await builtins(LEASE, '--help')).not.toContain('child_process');
  });

  it("by the other program's --help are no hook managers, and none of their formats", async () => {
    const loaded = await files(HOOKS, '--help');
    expect(bytes(loaded)).toBeLessThan(300_000);
    for (const path of loaded) expect(readFileSync(path, 'utf8')).not.toContain('lefthook.yml');
  });

  it('by a command is not what other commands need', async () => {
    const gate = await files(LEASE, 'gate', 'RFC-001');
    for (const path of gate)
      expect(readFileSync(path, 'utf8')).not.toContain('nothing was claimed');
    const names = gate.map((path) => basename(path));
    expect(names.filter((name) => /cosmiconfig|chalk|hooks-program/.test(name))).toEqual([]);
  });

  it.each([[['heartbeat', 'RFC-001']], [['gate', 'RFC-001']], [['show', 'RFC-001']], [['leases']]])(
    'by %j, whose text is no table, is nothing that knows how wide a character is',
    async (args) => {
      const loaded = await files(LEASE, ...args);
      for (const path of loaded) expect(readFileSync(path, 'utf8')).not.toContain('RGI_Emoji');
      expect(bytes(loaded)).toBeLessThan(385_000);
    },
  );

  it.each([
    [LEASE, ['--help']],
    [HOOKS, ['--help']],
    [LEASE, ['gate', 'RFC-001']],
  ])('is kept compiled in the cache of the user where Node can: %s %j', async (program, args) => {
    const cache = mkdtempSync(join(sandbox.folder, 'cache-'));
    const kept = () => readdirSync(cache, { recursive: true, encoding: 'utf8' });
    for (let times = 0; times < 2; times++) {
      await runs([program, ...args], { XDG_CACHE_HOME: cache });
      const isAble = 'enableCompileCache' in module;
      expect(kept().length > 0).toBe(isAble);
      expect(kept().every((path) => path.startsWith('lazyspec-hooks'))).toBe(true);
    }
    // Where it cannot be kept nothing is different.
    rmSync(cache, { recursive: true });
    writeFileSync(cache, '');
    await runs([program, ...args], { XDG_CACHE_HOME: cache });
  });

  it('altogether is less than 1.4 megabytes', () => {
    const dist = join(PACKAGE, 'dist');
    const all = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.m?js$/.test(path))
      .map((path) => join(dist, path));
    expect(bytes(all)).toBeLessThan(1_400_000);
  });
});
