/** A real sshd for the sandbox's remote, on loopback, with keys of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, untilListening } from './remotes.ts';
import type { Sandbox } from './sandbox.ts';
import { run } from './sandbox.ts';

/** Debian keeps sshd where only root's PATH looks; sshd wants to be started by its whole path. */
const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const sshd = programAt('sshd');

/** Why there can be no sshd here; undefined where there can. */
export const noSshd = whyNot();

/** Says on stderr, once in a test file, that what needs an sshd is left out. */
export function tellWithoutSshd(what: string): void {
  if (noSshd) process.stderr.write(`skipped: ${what} over ssh: ${noSshd}\n`);
}

/**
 * `git-receive-pack` and `git-upload-pack` behind an sshd that lets in whoever runs the tests,
 * with the sandbox's home. @returns the remote's address
 */
export async function gitSsh(sandbox: Sandbox): Promise<string> {
  const folder = join(sandbox.folder, 'ssh');
  mkdirSync(folder, { mode: 0o700 });
  const key = await sshKey(sandbox, folder, 'user');
  const port = await startSshd(sandbox, folder, { authorizedKeys: `${key}.pub` });
  // ssh takes its home from the list of users, whatever $HOME says.
  await sandbox.git(sandbox.folder, 'config', '--global', 'core.sshCommand', sshWith(folder, key));
  return `ssh://${userInfo().username}@127.0.0.1:${port}${encodeURI(sandbox.remote)}`;
}

/** A new pair of keys. @returns where the private one is; the public one is beside it, in `.pub` */
export async function sshKey(sandbox: Sandbox, folder: string, name: string): Promise<string> {
  const key = join(folder, name);
  await insist('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key], sandbox);
  return key;
}

/** An sshd on loopback, stopped with the sandbox. @returns its port */
export async function startSshd(
  sandbox: Sandbox,
  folder: string,
  { authorizedKeys, home = sandbox.home }: { authorizedKeys: string; home?: string },
): Promise<number> {
  const host = await sshKey(sandbox, folder, 'host');
  const port = await freePort();
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey "${host}"`,
    `AuthorizedKeysFile "${authorizedKeys}"`,
    'PidFile none',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no', // the folder for temporary files is everybody's
    'MaxStartups 1000', // or a crowd of pushes is turned away at random
    `SetEnv "HOME=${home}" "PATH=${sandbox.env.PATH}" GIT_CONFIG_NOSYSTEM=1`,
    '',
  ];
  writeFileSync(join(folder, 'sshd_config'), settings.join('\n'));
  const child = spawn(sshd ?? '', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    env: sandbox.env,
    stdio: 'ignore',
    detached: true,
  });
  sandbox.onDispose(() => {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  });
  await untilListening(port);
  return port;
}

/**
 * Has the pushes with one key share a connection: most of the time of a push is making one. Each is
 * a session of its own to the server all the same.
 */
export function sshShared(sandbox: Sandbox, folder: string, key: string): string {
  const command = sshWith(folder, key);
  const shared = ['ControlMaster auto', 'ControlPersist 600', `ControlPath "${key}.shared"`, ''];
  appendFileSync(`${key}.config`, shared.join('\n'));
  sandbox.onDispose(() => {
    spawnSync('ssh', ['-F', `${key}.config`, '-O', 'exit', '127.0.0.1'], { stdio: 'ignore' });
  });
  return command;
}

/** The command for `core.sshCommand` that uses one key, and no setting or agent of the developer. */
export function sshWith(folder: string, key: string): string {
  const settings = [
    `IdentityFile "${key}"`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile "${join(folder, 'known_hosts')}"`,
    'StrictHostKeyChecking accept-new',
    'LogLevel ERROR',
    '',
  ];
  writeFileSync(`${key}.config`, settings.join('\n'));
  return `ssh -F '${key}.config'`;
}

function whyNot(): string | undefined {
  if (!sshd) return 'there is no sshd';
  const client = ['ssh', 'ssh-keygen'].find((name) => !programAt(name));
  if (client) return `there is no ${client}`;
  if (process.getuid?.() !== 0) return undefined;
  try {
    // What its service does before it starts; without this folder root's sshd gives up.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    return undefined;
  } catch (error) {
    return `root's sshd needs /run/sshd: ${(error as Error).message}`;
  }
}

/** Where a program is that may be in none of the user's folders. */
export function programAt(name: string): string | undefined {
  return PLACES.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function insist(program: string, args: readonly string[], sandbox: Sandbox): Promise<void> {
  const ran = await run(program, args, { cwd: sandbox.folder, env: sandbox.env });
  if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr}`);
}
