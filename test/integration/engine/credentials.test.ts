/** Servers that want a password: what supplies one silently is used, and nothing opens a window. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProxy } from '../../helpers/proxy.ts';
import { gitHttp } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

let sandbox: Sandbox;
let clone: Clone;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  clone.write({ '.lazyspec.toml': '[coordination]\ntimeout = "4s"\n' });
  await clone.git('remote', 'set-url', 'origin', await withPassword(await gitHttp(sandbox)));
});
afterEach(() => sandbox.dispose());

/** The server, which now asks for ada's token. @returns its address */
function withPassword(url: string): Promise<string> {
  const wanted = `Basic ${Buffer.from('ada:token').toString('base64')}`;
  const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="specs"' } };
  return httpProxy(sandbox, url, ({ headers }) =>
    headers.authorization === wanted ? undefined : challenge,
  );
}

function program(name: string, body: string): string {
  const path = join(sandbox.folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const SUPPLIES = 'case $1 in User*) echo ada ;; *) echo token ;; esac';

describe('a remote that wants a password', () => {
  it('gets the token that a GIT_ASKPASS program supplies silently', async () => {
    const GIT_ASKPASS = program('askpass', SUPPLIES);
    const ran = await clone.lease(['claim', 'RFC-001'], { env: { GIT_ASKPASS } });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
  });

  it('gets the token of a credential helper', async () => {
    const helper = program('helper', '[ "$1" = get ] && printf "username=ada\\npassword=token\\n"');
    await clone.git('config', 'credential.helper', `!'${helper}'`);
    expect(await clone.lease(['claim', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['SSH_ASKPASS', 'ssh-askpass'],
    ['GIT_ASKPASS', 'ksshaskpass'],
  ])('opens no window by $%s (%s), and blames the credentials', async (variable, name) => {
    const opened = join(sandbox.folder, 'opened');
    const askpass = program(name, `touch '${opened}'; exit 1`);
    const ran = await clone.lease(['claim', 'RFC-001'], { env: { [variable]: askpass } });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' asks for a user name and password");
    expect(existsSync(opened)).toBe(false);
  });

  it('opens no window by core.askPass', async () => {
    const opened = join(sandbox.folder, 'opened');
    await clone.git('config', 'core.askPass', program('ssh-askpass', `touch '${opened}'`));
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(3);
    expect(existsSync(opened)).toBe(false);
  });

  it('tells Git Credential Manager not to ask, unless the user has decided', async () => {
    const seen = join(sandbox.folder, 'seen');
    const helper = program('helper', `echo "$GCM_INTERACTIVE" >>'${seen}'`);
    await clone.git('config', 'credential.helper', `!'${helper}'`);
    await clone.lease(['claim', 'RFC-001']);
    await clone.lease(['claim', 'RFC-001'], { env: { GCM_INTERACTIVE: 'auto' } });
    const values = readFileSync(seen, 'utf8').trim().split('\n');
    expect([...new Set(values)]).toEqual(['never', 'auto']);
  });

  it('blames the credentials where a GIT_ASKPASS program was cancelled', async () => {
    const GIT_ASKPASS = program('askpass', 'exit 1');
    const ran = await clone.lease(['claim', 'RFC-001'], { env: { GIT_ASKPASS } });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain("'origin' asks for a user name and password");
    expect(ran.stderr).not.toContain('network');
  });

  it.each([
    ['a GIT_ASKPASS program', 'GIT_ASKPASS'],
    ['a credential helper', undefined],
  ])('says that it waits for %s that hangs, and blames it in the end', async (_name, variable) => {
    const hanging = program('hanging', 'sleep 60');
    if (variable === undefined) await clone.git('config', 'credential.helper', `!'${hanging}'`);
    const env = variable === undefined ? {} : { [variable]: hanging };
    const ran = await clone.lease(['claim', 'RFC-001'], { env });
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain(`waiting for '${hanging}' to supply credentials`);
    expect(ran.stderr).toContain(
      "'origin' asks for credentials, and nothing supplied them in time",
    );
    expect(ran.stderr).toContain(`'${hanging}' supplied no credentials`);
    expect(ran.stderr).not.toContain('network');
  });
});
