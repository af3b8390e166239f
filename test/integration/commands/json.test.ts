import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { schemaErrors } from '../../helpers/schemas.ts';

describe('--json', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  it.each([
    ['claim', ['claim', 'RFC-001']],
    ['claim', ['claim', 'RFC-001']],
    ['claim', ['claim', 'RFC-001', 'STORY-042']],
    ['heartbeat', ['heartbeat', 'RFC-001', '--min-interval', '1h']],
    ['heartbeat', ['heartbeat', 'RFC-001', '--min-interval', '1h']],
    ['heartbeat', ['heartbeat', '--all']],
    ['leases', ['leases']],
    ['show', ['show', 'RFC-001']],
    ['show', ['show', 'RFC-002']],
    ['gate', ['gate', 'RFC-001']],
    ['gate', ['gate', 'RFC-002']],
    ['gate', ['gate']],
    ['release', ['release', 'RFC-001']],
    ['release', ['release', '--all']],
    ['explain', ['explain']],
    ['explain', ['explain', 'held-by-other']],
    ['completion', ['completion', 'bash']],
    ['error', ['explain', 'NONE_SUCH']],
    ['error', ['release', 'RFC-001']],
    ['error', ['clam']],
    ['error', []],
  ])('prints one value of the published shape: %s for %j', async (definition, args) => {
    const { stdout } = await clone.lease([...args, '--json']);
    expect(schemaErrors(definition, JSON.parse(stdout))).toEqual([]);
  });

  it.each([
    ['install', ['install', '--dry-run']],
    ['install', ['install']],
    ['doctor', ['doctor']],
    ['uninstall', ['uninstall', '--dry-run']],
    ['uninstall', ['uninstall']],
    ['doctor', ['doctor']],
    ['run', ['run', 'pre-commit']],
    ['error', ['run', 'no-such-hook']],
    ['error', ['install', '--manager', 'nonsense']],
    ['error', []],
  ])(
    'prints one value of the published shape: %s for lazyspec-hooks %j',
    async (definition, args) => {
      const { stdout } = await clone.hooks(['--json', ...args]);
      expect(schemaErrors(definition, JSON.parse(stdout))).toEqual([]);
    },
  );

  it('holds the words of the server, too', async () => {
    await clone.git('remote', 'set-url', 'origin', '/nowhere/at/all');
    const { error } = await clone.json(['claim', 'RFC-001']);
    expect(error.details.join()).toContain('does not appear to be a git repository');
    await clone.git('remote', 'set-url', 'origin', sandbox.remote);
  });
});

describe('lazyspec-hooks run', () => {
  it.each([
    [['-C', '.', 'run', 'pre-commit']],
    [['run', '--quiet', 'pre-commit']],
    [['run', 'pre-commit', '-C', '.']],
  ])('gates with options before or after the hook, too: %j', async (args) => {
    const sandbox = await Sandbox.create();
    try {
      const clone = await sandbox.clone('agent-a');
      clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n' });
      await clone.git('add', '--all');
      expect(await clone.hooks(args)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('RFC-001: document is not claimed'),
      });
    } finally {
      await sandbox.dispose();
    }
  });

  it('is skipped once by LAZYSPEC_HOOKS=0, whoever calls it', async () => {
    const sandbox = await Sandbox.create();
    try {
      const clone = await sandbox.clone('agent-a');
      clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n' });
      await clone.git('add', '--all');
      const env = { LAZYSPEC_HOOKS: '0' };
      expect((await clone.hooks(['run', 'pre-commit'], { env })).status).toBe(0);
    } finally {
      await sandbox.dispose();
    }
  });

  it('says which hooks there are, where there is no such one', async () => {
    const ran = await run(process.execPath, [HOOKS, 'run', 'post-rewrite'], {
      cwd: process.cwd(),
      env: process.env,
    });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("lazyspec-hooks has no 'post-rewrite' hook");
    expect(ran.stderr).toContain(
      'Hooks: pre-commit, pre-merge-commit, pre-push, commit-msg, post-commit, post-checkout, post-merge; ',
    );
  });

  it.each(['pre-commit', 'pre-merge-commit', 'pre-push'])(
    'loads nothing that only a typed command line needs (%s)',
    async (hook) => {
      const sandbox = await Sandbox.create();
      try {
        const clone = await sandbox.clone('agent-a');
        const coverage = join(sandbox.folder, 'loaded');
        const env = { NODE_V8_COVERAGE: coverage };
        const args = ['run', hook, 'origin', '-odd'];
        await clone.hooks(hook === 'pre-push' ? args : args.slice(0, 2), { env });
        const loaded = readdirSync(coverage)
          .flatMap((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')).result)
          .map(({ url }: { url: string }) => url)
          .filter((url) => url.startsWith('file:'));
        const code = loaded.map((url) => readFileSync(new URL(url), 'utf8')).join('');
        expect(code).toContain('pre-merge-commit');
        const chunks = join(PACKAGE, 'dist', 'chunks');
        const all = readdirSync(chunks).map((name) => readFileSync(join(chunks, name), 'utf8'));
        // Of commander, cosmiconfig and chalk.
        for (const word of ['CommanderError', 'YAMLException', 'ansi16m']) {
          expect([word, all.some((one) => one.includes(word))]).toEqual([word, true]);
          expect([word, code.includes(word)]).toEqual([word, false]);
        }
      } finally {
        await sandbox.dispose();
      }
    },
  );
});
