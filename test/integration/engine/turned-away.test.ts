/** Servers that turn a claim away, over real connections: the message names the reason. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpAnswering } from '../../contract/worlds.ts';
import { noSshd, sshKey, sshWith, startSshd, tellWithoutSshd } from '../../helpers/remotes-ssh.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

let sandbox: Sandbox;
let clone: Clone;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  clone.write({ '.lazyspec.toml': '[coordination]\n' });
});
afterEach(() => sandbox.dispose());

async function claimFrom(url: string) {
  await clone.git('remote', 'set-url', 'origin', url);
  return clone.lease(['claim', 'RFC-001']);
}

/** A server whose pushes are answered by a text; fetches are served. */
async function overSsh(said: string): Promise<{ url: string; folder: string }> {
  const folder = join(sandbox.folder, 'ssh');
  mkdirSync(folder, { mode: 0o700 });
  const key = await sshKey(sandbox, folder, 'user');
  const script = join(folder, 'serve');
  writeFileSync(join(folder, 'said'), said);
  const refuse = `git-receive-pack*) cat '${folder}/said' >&2; exit 1 ;;`;
  writeFileSync(
    script,
    `case $SSH_ORIGINAL_COMMAND in ${refuse} esac\neval "$SSH_ORIGINAL_COMMAND"\n`,
  );
  const authorizedKeys = join(folder, 'keys');
  const key64 = readFileSync(`${key}.pub`, 'utf8');
  writeFileSync(authorizedKeys, `command="sh '${script}'" ${key64}`);
  const port = await startSshd(sandbox, folder, { authorizedKeys });
  await sandbox.git(sandbox.folder, 'config', '--global', 'core.sshCommand', sshWith(folder, key));
  const url = `ssh://${userInfo().username}@127.0.0.1:${port}${encodeURI(sandbox.remote)}`;
  return { url, folder };
}

tellWithoutSshd('claims that are turned away');
(noSshd ? describe.skip : describe)('a claim over ssh', () => {
  it('that a read-only key may not push says so, and not that the network is at fault', async () => {
    const said = 'ERROR: The key you are authenticating with has been marked as read only.\n';
    const { url } = await overSsh(said);
    const ran = await claimFrom(url);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' gives this key read access only");
    expect(ran.stderr).toContain('marked as read only');
    expect(ran.stderr).not.toContain('network');
  });

  it('to an archived repository says that it is archived', async () => {
    const { url } = await overSsh('ERROR: This repository was archived so it is read-only.\n');
    const ran = await claimFrom(url);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' is archived and takes no changes");
  });

  it('that ends for a reason we do not know shows the words of the server', async () => {
    const { url } = await overSsh('Come back when the moon is full.\n');
    const ran = await claimFrom(url);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' ended the connection");
    expect(ran.stderr).toContain('Come back when the moon is full.');
  });

  it('to a host whose key has changed warns of that, and does not advise to load a key', async () => {
    const { url, folder } = await overSsh('');
    const port = new URL(url).port;
    const other = readFileSync(`${await sshKey(sandbox, folder, 'other')}.pub`, 'utf8');
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${other}`);
    const ran = await claimFrom(url);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' has another host key than before");
    expect(ran.stderr).toContain('ssh-keygen -R');
    expect(ran.stderr).not.toContain('ssh-add');
  });
});

describe('a claim over http', () => {
  const plain = { 'content-type': 'text/plain' };

  it.each([
    [403, 'This repository was archived so it is read-only.', 'is archived'],
    [403, "The 'o' organization has enabled or enforced SAML SSO.", 'single sign-on (SSO)'],
    [429, 'slow down', 'rate limit'],
    [503, 'under maintenance', 'its server is in trouble'],
  ])('that is answered by %i and "%s" says so', async (status, body, expected) => {
    const ran = await claimFrom(await httpAnswering(sandbox, status, plain, `${body}\n`));
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).not.toContain('Check the network');
  });
});
