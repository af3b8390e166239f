/** A plain sshd: a key of its own for each account, whose line says who it is. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { noSshd, sshKey, sshShared, startSshd } from '../remotes-ssh.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Kind } from './server.ts';
import { ACCOUNTS, forEachAccount, guard } from './server.ts';

export const plainSsh: Kind = {
  title: 'ssh',
  ...(noSshd && { missing: noSshd }),
  async start(sandbox: Sandbox, hook: string) {
    const folder = join(sandbox.folder, 'ssh');
    mkdirSync(folder, { mode: 0o700 });
    await guard(sandbox, { repository: sandbox.remote, hook, identity: 'LAZYSPEC_PUSHER' });
    const lines: string[] = [];
    for (const account of ACCOUNTS) {
      const key = readFileSync(`${await sshKey(sandbox, folder, account)}.pub`, 'utf8');
      // What the client asks for is a word for git-shell, which takes no settings from it.
      const command = `LAZYSPEC_PUSHER=${account} exec git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"`;
      lines.push(`restrict,command="${command}" ${key}`);
    }
    const authorizedKeys = join(folder, 'authorized_keys');
    writeFileSync(authorizedKeys, lines.join(''));
    const port = await startSshd(sandbox, folder, { authorizedKeys });
    const address = `ssh://${userInfo().username}@127.0.0.1:${port}${encodeURI(sandbox.remote)}`;
    return {
      repository: sandbox.remote,
      settings: forEachAccount((account) => ({
        'remote.origin.url': address,
        'core.sshCommand': sshShared(sandbox, folder, join(folder, account)),
      })),
    };
  },
};
