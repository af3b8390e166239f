/** `git http-backend` behind lighttpd, which asks for a name and a password. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, untilListening } from '../remotes.ts';
import { programAt } from '../remotes-ssh.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Kind } from './server.ts';
import { ACCOUNTS, forEachAccount, guard, must } from './server.ts';

const lighttpd = programAt('lighttpd');
const missing = ['lighttpd', 'openssl'].find((program) => !programAt(program));
const password = (account: string) => `of ${account}`;

export const http: Kind = {
  title: 'http',
  ...(missing && { missing: `there is no ${missing}` }),
  async start(sandbox: Sandbox, hook: string) {
    const folder = join(sandbox.folder, 'http');
    mkdirSync(folder);
    await guard(sandbox, { repository: sandbox.remote, hook, identity: 'REMOTE_USER' });
    const users = join(folder, 'users');
    const lines: string[] = [];
    for (const account of ACCOUNTS) {
      const args = ['passwd', '-6', password(account)];
      lines.push(`${account}:${await must('openssl', args, { cwd: folder, env: sandbox.env })}`);
    }
    writeFileSync(users, lines.join(''));
    const port = await freePort();
    const configuration = join(folder, 'lighttpd.conf');
    writeFileSync(configuration, await settings(sandbox, { folder, users, port }));
    const child = spawn(lighttpd ?? '', ['-D', '-f', configuration], {
      env: sandbox.env,
      stdio: 'ignore',
      detached: true,
    });
    sandbox.onDispose(() => {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    });
    await untilListening(port);
    return {
      repository: sandbox.remote,
      settings: forEachAccount((account) => ({
        'remote.origin.url': `http://${account}:${encodeURI(password(account))}@127.0.0.1:${port}/git/remote.git`,
      })),
    };
  },
};

async function settings(
  sandbox: Sandbox,
  { folder, users, port }: { folder: string; users: string; port: number },
): Promise<string> {
  const core = await sandbox.git(sandbox.folder, '--exec-path');
  return `
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}"
server.upload-dirs = ("${folder}")
server.errorlog = "${join(folder, 'errors')}"
server.modules = ("mod_auth", "mod_authn_file", "mod_alias", "mod_setenv", "mod_cgi")

auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "${users}"
auth.require = ("/git/" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))

alias.url = ("/git/" => "${core}/git-http-backend/")
$HTTP["url"] =~ "^/git/" {
  cgi.assign = ("" => "")
  setenv.set-environment = (
    "GIT_PROJECT_ROOT" => "${sandbox.folder}",
    "GIT_HTTP_EXPORT_ALL" => "1",
    "HOME" => "${sandbox.home}",
    "PATH" => "${sandbox.env.PATH}",
  )
}
`;
}
