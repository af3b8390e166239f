import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { remoteLease } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, run, Sandbox } from '../../helpers/sandbox.ts';

describe('bad input', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  /** Runs a command that must fail, both ways, and checks that it says all it should. */
  async function failure(args: string[], env: Record<string, string> = {}, cwd = clone.path) {
    const text = await clone.lease(args, { env, cwd });
    expect(text.stderr).toMatch(/^lazyspec-lease: /);
    expect(text.stdout).toBe('');
    const json = await clone.lease(['--json', ...args], { env, cwd });
    const value = JSON.parse(json.stdout);
    expect(value.error.remedy).toBeTruthy();
    expect(json.status).toBe(text.status);
    expect(await remoteLease(sandbox, 'refs/lazyspec/')).toBe('');
    return { status: text.status, stderr: text.stderr, ...value.error };
  }

  it('outside of a repository', async () => {
    expect(await failure(['leases'], {}, sandbox.folder)).toMatchObject({
      status: 3,
      code: 'NOT_A_REPOSITORY',
    });
  });

  it('in a bare repository, and in a git directory', async () => {
    for (const folder of [sandbox.remote, clone.at('.git')]) {
      expect(await failure(['claim', 'RFC-001'], {}, folder)).toMatchObject({
        status: 3,
        code: 'NOT_A_REPOSITORY',
      });
    }
  });

  it('in a folder that does not exist', async () => {
    const ran = await clone.lease(['-C', 'nowhere', 'leases']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('there is no folder nowhere');
  });

  it('without git', async () => {
    const empty = join(sandbox.folder, 'empty');
    mkdirSync(empty);
    expect(await failure(['claim', 'RFC-001'], { PATH: empty })).toMatchObject({
      status: 3,
      code: 'GIT_MISSING',
    });
  });

  it('with a git that is too old', async () => {
    const old = sandbox.shadow(
      'git',
      '#!/bin/sh\ncase "$*" in *--version*) echo git version 2.20.1 ;; *) echo --path-format=absolute; exit 128 ;; esac\n',
    );
    expect(await failure(['claim', 'RFC-001'], old)).toMatchObject({
      status: 3,
      code: 'GIT_TOO_OLD',
    });
  });

  it('with no commits yet, claims all the same', async () => {
    const path = join(sandbox.folder, 'fresh');
    await sandbox.git(sandbox.folder, 'init', '--quiet', path);
    await sandbox.git(path, 'remote', 'add', 'origin', sandbox.remote);
    mkdirSync(join(path, 'docs/rfcs'), { recursive: true });
    writeFileSync(join(path, '.lazyspec.toml'), '[coordination]\n');
    const ran = await run(process.execPath, [LEASE, 'claim', 'RFC-009'], {
      cwd: path,
      env: sandbox.env,
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    await sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-009');
  });

  it('without the remote that is configured', async () => {
    await clone.git('remote', 'rename', 'origin', 'upstream');
    const error = await failure(['claim', 'RFC-001']);
    expect(error).toMatchObject({ status: 3, code: 'REMOTE_NOT_FOUND' });
    expect(error.message).toContain('upstream');
    expect(error.remedy).toContain('git remote add origin');
  });

  it.each([
    ['where no repository is', '/nowhere/at-all.git', 'REMOTE_NOT_FOUND'],
    ['where nothing listens', 'git://127.0.0.1:1/x.git', 'REMOTE_UNREACHABLE'],
    ['where nothing listens, over http', 'http://127.0.0.1:1/x.git', 'REMOTE_UNREACHABLE'],
    ['that would run a command', 'ext::sh -c "touch ran"', 'REMOTE_UNREACHABLE'],
  ])('with a remote %s', async (_, url, code) => {
    await clone.git('remote', 'set-url', 'origin', url);
    for (const args of [
      ['claim', 'RFC-001'],
      ['claim', 'RFC-001', '--force'],
      ['gate', 'RFC-001'],
    ]) {
      expect(await failure(args)).toMatchObject({ status: 3, code });
    }
    expect(await clone.git('ls-files', '--others')).toBe('');
  });

  it.each(['-oProxyCommand=touch ran', 'ext::touch ran', '../somewhere', 'https://x.invalid/y'])(
    'with %s as the name of the remote',
    async (remote) => {
      clone.write({ '.lazyspec.toml': `[coordination]\nremote = '${remote}'\n` });
      expect(await failure(['claim', 'RFC-001'])).toMatchObject({
        status: 2,
        code: 'CONFIG_INVALID',
      });
      expect(await clone.git('ls-files', '--others')).toBe('');
    },
  );

  it('with a server hook that says no', async () => {
    const hook = join(sandbox.remote, 'hooks', 'pre-receive');
    mkdirSync(join(sandbox.remote, 'hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "leases are frozen today" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const error = await failure(['claim', 'RFC-001']);
    expect(error).toMatchObject({ status: 1, code: 'REMOTE_REFUSED' });
    expect(error.stderr).toContain('leases are frozen today');
  });

  it('with malformed TOML, naming file and line', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = origin\n' });
    const error = await failure(['claim', 'RFC-001']);
    expect(error).toMatchObject({ status: 2, code: 'CONFIG_INVALID' });
    expect(error.stderr).toMatch(/\.lazyspec\.toml.*2/s);
  });

  it('with wrong types, naming every one', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = 5\ngrace_period = "2 minutes"\n' });
    const { stderr } = await failure(['claim', 'RFC-001']);
    expect(stderr).toContain('coordination.remote');
    expect(stderr).toContain('coordination.grace_period');
  });

  it('without [coordination]', async () => {
    clone.write({ '.lazyspec.toml': '' });
    const error = await failure(['claim', 'RFC-001']);
    expect(error).toMatchObject({ status: 2, code: 'COORDINATION_DISABLED' });
    expect(error.message).toBe(
      'coordination is not configured; add a [coordination] section to .lazyspec.toml',
    );
  });

  it.each(['UNKNOWN-001', 'README.md', './README.md', 'docs/rfcs/notes.md', '/etc/passwd', '../x'])(
    'with %s as a document',
    async (name) => {
      const error = await failure(['claim', name]);
      expect(error).toMatchObject({ status: 2, code: 'UNKNOWN_DOCUMENT' });
      expect(error.remedy).toContain('RFC, STORY');
    },
  );

  it.each(['RFC-..', 'RFC-001.lock', 'RFC-@{1}', 'RFC-0 1', 'RFC-1\u0007', ''])(
    'with %j as an id',
    async (name) => {
      expect((await failure(['claim', '--', name])).status).toBe(2);
    },
  );

  it('with two spellings of one id in the tree', async () => {
    clone.write({ 'docs/rfcs/RFC-1-twin.md': '# Twin\n' });
    const error = await failure(['claim', 'RFC-01']);
    expect(error.message).toContain('RFC-001');
    expect(error.message).toContain('RFC-1');
  });

  it('with nobody asking', async () => {
    await clone.git('config', 'user.name', '');
    const error = await failure(['claim', 'RFC-001', '--agent-id', ''], { CLAUDE_SESSION_ID: '' });
    expect(error).toMatchObject({ status: 2, code: 'AGENT_UNKNOWN' });
    expect(error.remedy).toContain('git config lazyspec.agentId');
  });

  it.each(['a\nb', 'x'.repeat(201)])('with a name that no lease could carry', async (name) => {
    expect(await failure(['claim', 'RFC-001', '--agent-id', name])).toMatchObject({
      status: 2,
      code: 'USAGE',
    });
  });

  it.each([
    [['clam', 'RFC-001'], 'claim'],
    [['claim', 'RFC-001', '--froce'], '--force'],
    [['claim'], 'claim RFC-001'],
    [['gate', '--staged', '--range', 'a..b'], 'exclude'],
    [['heartbeat', 'RFC-001', '--min-interval', '10d'], '240h'],
    [['claim', 'RFC-001', '--for', '0s'], 'at least one'],
    [['-C', 'nowhere', 'leases'], 'there is no folder nowhere'],
  ])('with the command line %j', async (args, hint) => {
    const error = await failure(args);
    expect(error).toMatchObject({ status: 2, code: 'USAGE' });
    expect(error.stderr).toContain(hint);
  });
});

describe('who is asking', () => {
  it('is the first of option, environment, and git configuration that is not empty', async () => {
    const sandbox = await Sandbox.create();
    try {
      const clone = await sandbox.clone('by-user-name');
      const claim = async (args: string[] = [], env: Record<string, string> = {}) =>
        (await clone.json(['claim', 'RFC-001', ...args], { env })).agent ??
        (await sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-001'));
      const free = () =>
        sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/lazyspec/leases/rfc/RFC-001');
      const all = { LAZYSPEC_AGENT_ID: 'by-env', CLAUDE_SESSION_ID: 'by-session' };
      expect(await claim()).toBe('by-user-name');
      await free();
      await clone.git('config', 'lazyspec.agentId', 'by-config');
      expect(await claim()).toBe('by-config');
      await free();
      expect(await claim([], { CLAUDE_SESSION_ID: 'by-session' })).toBe('by-session');
      await free();
      expect(await claim([], all)).toBe('by-env');
      await free();
      expect(await claim(['--agent-id', 'by-option'], all)).toBe('by-option');
      await free();
      expect(await claim(['--agent-id', ''], { ...all, LAZYSPEC_AGENT_ID: '' })).toBe('by-session');
    } finally {
      await sandbox.dispose();
    }
  });
});
