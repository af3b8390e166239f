/** Who pushes is what the server found out: nothing that a client says changes it. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sshKey, sshWith } from '../../helpers/remotes-ssh.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { KINDS, tellMissing } from '../../helpers/servers/kinds.ts';
import type { Kind, Server } from '../../helpers/servers/server.ts';
import { ACCOUNTS, cloneAs } from '../../helpers/servers/server.ts';

const NAMES = ['GL_USER', 'GL_USERNAME', 'REMOTE_USER', 'LAZYSPEC_PUSHER'];
const TELLING = `#!/bin/sh\nenv | grep -E '^(${NAMES.join('|')})='\nexit 1\n`;
const SET_BY: Record<string, string> = {
  gitolite: 'GL_USER',
  ssh: 'LAZYSPEC_PUSHER',
  http: 'REMOTE_USER',
};

tellMissing('who pushes', ...KINDS);

describe.each(KINDS.map((kind) => [kind.title, kind] as const))('over %s', (title, kind: Kind) => {
  const test = kind.missing ? it.skip : it;
  let sandbox: Sandbox;
  let server: Server;

  beforeAll(async () => {
    if (kind.missing) return;
    sandbox = await Sandbox.create();
    const hook = join(sandbox.folder, 'hook');
    writeFileSync(hook, TELLING);
    chmodSync(hook, 0o755);
    server = await kind.start(sandbox, hook);
  });
  afterAll(() => sandbox?.dispose());

  const others = (account: string) => ACCOUNTS.find((one) => one !== account) ?? '';
  /** What the hook found in its environment. */
  async function told(clone: Clone, args: string[], env: Record<string, string> = {}) {
    const ran = await clone.tryGit([...args, 'origin', 'HEAD:refs/heads/new'], { env });
    expect(ran.status).not.toBe(0);
    return [...ran.stderr.matchAll(/^remote: (\w+=.*?) *$/gm)].map(([, line]) => line);
  }

  test.each(ACCOUNTS)('the hook is told that %s pushes', async (account) => {
    const clone = await cloneAs(sandbox, server, account, `plain ${account}`);
    expect(await told(clone, ['push'])).toEqual([`${SET_BY[title]}=${account}`]);
  });

  test.each(ACCOUNTS)('%s cannot come by another name', async (account) => {
    const clone = await cloneAs(sandbox, server, account, `false ${account}`);
    const env = Object.fromEntries(NAMES.map((name) => [name, others(account)]));
    const ssh = await clone.tryGit(['config', 'core.sshCommand']);
    if (ssh.status === 0) {
      const sent = NAMES.map((name) => ` -o SendEnv=${name}`).join('');
      await clone.git('config', 'core.sshCommand', `${ssh.stdout.trim()}${sent}`);
    }
    for (const name of NAMES) {
      await clone.git('config', '--add', 'http.extraHeader', `${name}: ${others(account)}`);
      const dashed = name.replace('_', '-');
      await clone.git('config', '--add', 'http.extraHeader', `${dashed}: ${others(account)}`);
    }
    expect(await told(clone, ['push'], env)).toEqual([`${SET_BY[title]}=${account}`]);

    // As a command of its own choice on the server's side; over http there is none.
    const command = `--receive-pack=${SET_BY[title]}=${others(account)} git-receive-pack`;
    const expected = title === 'http' ? [`REMOTE_USER=${account}`] : [];
    expect(await told(clone, ['push', command], env)).toEqual(expected);
  });

  test('who has no account is not let in', async () => {
    const clone = await cloneAs(sandbox, server, 'alice', 'nobody');
    const address = new URL(await clone.git('config', 'remote.origin.url'));
    if (title === 'http') {
      address.username = '';
      address.password = '';
      await clone.git('config', 'remote.origin.url', address.href);
    } else {
      const key = await sshKey(sandbox, sandbox.folder, 'nobody-key');
      await clone.git('config', 'core.sshCommand', sshWith(sandbox.folder, key));
    }
    const env = { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
    const ran = await clone.tryGit(['ls-remote', 'origin'], { env });
    expect(ran.status).not.toBe(0);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/could not read Username|Permission denied|password/);
  });
});
