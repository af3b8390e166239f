/** gitolite, in a home of its own behind an sshd of its own. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { noSshd, programAt, sshKey, sshShared, sshWith, startSshd } from '../remotes-ssh.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Kind } from './server.ts';
import { ACCOUNTS, ADMINISTRATOR, forEachAccount, must } from './server.ts';

const noGitolite = programAt('gitolite') ? undefined : 'there is no gitolite';
const missing = noGitolite ?? noSshd;

export const gitolite: Kind = {
  title: 'gitolite',
  ...(missing && { missing }),
  async start(sandbox: Sandbox, hook: string) {
    // Not in the sandbox's folder: gitolite cannot bear a home with a space in its name.
    const home = mkdtempSync(join(tmpdir(), 'lazyspec-gitolite-'));
    sandbox.onDispose(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
    const folder = join(home, 'keys');
    mkdirSync(folder, { mode: 0o700 });
    const admin = await sshKey(sandbox, folder, 'admin');
    for (const account of ACCOUNTS) await sshKey(sandbox, folder, account);

    const env = { ...sandbox.env, HOME: home, USER: userInfo().username };
    await must('gitolite', ['setup', '-pk', `${admin}.pub`], { cwd: home, env });
    allowSettings(join(home, '.gitolite.rc'));
    const authorizedKeys = join(home, '.ssh', 'authorized_keys');
    const port = await startSshd(sandbox, folder, { authorizedKeys, home });
    const address = `ssh://${userInfo().username}@127.0.0.1:${port}`;
    await letIn(sandbox, `${address}/gitolite-admin`, folder);

    const repository = join(home, 'repositories', 'specs.git');
    symlinkSync(hook, join(home, '.gitolite', 'hooks', 'common', 'pre-receive'));
    await must('gitolite', ['setup', '--hooks-only'], { cwd: home, env });
    await sandbox.git(repository, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    await sandbox.git(repository, 'fetch', '--quiet', sandbox.remote, '+refs/*:refs/*');
    return {
      repository,
      settings: forEachAccount((account) => ({
        'remote.origin.url': `${address}/specs`,
        'core.sshCommand': sshShared(sandbox, folder, join(folder, account)),
      })),
    };
  },
};

/** What its administrator does: commits keys and rules to gitolite's own repository, and pushes. */
async function letIn(sandbox: Sandbox, address: string, folder: string): Promise<void> {
  const clone = join(sandbox.folder, 'gitolite-admin');
  const ssh = sshWith(folder, join(folder, 'admin'));
  await sandbox.git(sandbox.folder, '-c', `core.sshCommand=${ssh}`, 'clone', address, clone);
  for (const account of ACCOUNTS) {
    copyFileSync(join(folder, `${account}.pub`), join(clone, 'keydir', `${account}.pub`));
  }
  writeFileSync(
    join(clone, 'conf', 'gitolite.conf'),
    `repo gitolite-admin
    RW+ = admin

repo specs
    RW+ = ${ACCOUNTS.join(' ')}
    config lazyspec.identity = GL_USER
    config lazyspec.administrator = ${ADMINISTRATOR}
`,
  );
  await sandbox.git(clone, 'add', '--all');
  await sandbox.git(clone, 'commit', '--quiet', '--message', 'Let them in');
  await sandbox.git(clone, '-c', `core.sshCommand=${ssh}`, 'push', '--quiet', 'origin', 'HEAD');
}

/** Without it, `config` lines in gitolite.conf are refused. */
function allowSettings(rc: string): void {
  const written = readFileSync(rc, 'utf8');
  const allowed = written.replace(/(GIT_CONFIG_KEYS +=> +)''/, "$1'lazyspec\\..*'");
  if (allowed === written) throw new Error(`${rc} has no empty GIT_CONFIG_KEYS`);
  writeFileSync(rc, allowed);
}
