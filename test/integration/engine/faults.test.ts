import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  leaseOf,
  plant,
  RFC_001,
  RFC_002,
  remoteLease,
  remoteRecord,
} from '../../helpers/leases.ts';
import { gitDaemon, gitHttp } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';

/** nodegit does not ask git what some of these make it answer wrongly. */
const GIT = { LAZYSPEC_BACKEND: 'git' };

/** A git in front of the real one, whose `push` does something else the first time. */
function faultyPush(sandbox: Sandbox, script: string, again = false): { PATH: string } {
  const once = join(sandbox.folder, `once-${Math.random().toString(36).slice(2)}`);
  return sandbox.shadow(
    'git',
    `#!/bin/sh
PATH='${sandbox.env.PATH}'
case " $* " in *" push "*)
  if ${again ? 'true' : `[ ! -e '${once}' ]`}; then : >'${once}'; ${script}; fi ;;
esac
exec git "$@"
`,
  );
}

describe('a push whose answer is lost', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('counts as applied where the remote has what was sent', async () => {
    const env = faultyPush(sandbox, 'git "$@" >/dev/null 2>&1; exit 1');
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env });
    expect(claim.status).toBe(0);
    expect(JSON.parse(claim.stdout).renewed).toBeUndefined();
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('is sent again where the remote has not got it', async () => {
    const env = faultyPush(sandbox, 'kill -9 $$');
    expect((await clone.lease(['claim', 'RFC-001'], { env })).status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('counts for release in the same way', async () => {
    await clone.lease(['claim', 'RFC-001']);
    const env = faultyPush(sandbox, 'git "$@" >/dev/null 2>&1; kill -9 $$');
    expect((await clone.lease(['release', 'RFC-001'], { env })).status).toBe(0);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('is indeterminate where the remote cannot be asked, and the same command ends well', async () => {
    const away = `git "$@" >/dev/null 2>&1; mv '${sandbox.remote}' '${sandbox.remote}.away'; exit 1`;
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], {
      env: faultyPush(sandbox, away),
    });
    expect(claim.status).toBe(4);
    expect(JSON.parse(claim.stdout).error.code).toBe('INDETERMINATE');
    renameSync(`${sandbox.remote}.away`, sandbox.remote);
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('is not sent for ever where it never arrives', async () => {
    const git = sandbox.countingGit();
    const env = faultyPush(sandbox, 'echo "fatal: who knows" >&2; exit 128', true);
    const path = `${env.PATH.split(':')[0]}:${git.env.PATH}`;
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env: { PATH: path } });
    expect(claim.status).toBe(1);
    const { error } = JSON.parse(claim.stdout);
    expect(error).toMatchObject({ code: 'REMOTE_REFUSED', details: ['fatal: who knows'] });
  });

  it('is no proof that nothing was sent, whatever the server says of its own connections', async () => {
    const hook = join(sandbox.remote, 'hooks', 'reference-transaction');
    const words = 'curl: (7) Failed to connect to ci: Connection refused';
    const script = `#!/bin/sh\n[ "$1" = committed ] || exit 0\necho "${words}" >&2\nkill -9 $PPID\n`;
    writeFileSync(hook, script);
    chmodSync(hook, 0o755);
    const claim = await clone.lease(['claim', 'RFC-001']);
    expect(claim.status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('is indeterminate where it was cut off, whatever becomes of the tries after it', async () => {
    const env = faultyPush(sandbox, 'kill -9 $$', true);
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env });
    expect(claim.status).toBe(4);
    expect(JSON.parse(claim.stdout).error.code).toBe('INDETERMINATE');
  });

  it('is indeterminate where git cannot tell what was fetched', async () => {
    const dead = `[ -e '${sandbox.folder}/pushed' ] && kill -9 $$`;
    const push = `git "$@" >/dev/null 2>&1; : >'${sandbox.folder}/pushed'; exit 1`;
    const env = sandbox.shadow(
      'git',
      `#!/bin/sh
PATH='${sandbox.env.PATH}'
case " $* " in *" push "*) ${push} ;; *" cat-file "*) ${dead} ;; esac
exec git "$@"
`,
    );
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env: { ...env, ...GIT } });
    expect(claim.status).toBe(4);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('loses to another who was faster, without touching their lease', async () => {
    const commit = await plant(sandbox, { ref: 'refs/hidden', content: leaseOf('agent-b') });
    const env = faultyPush(sandbox, `git -C '${sandbox.remote}' update-ref ${RFC_001} ${commit}`);
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env });
    expect(JSON.parse(claim.stdout).error).toMatchObject({
      code: 'HELD_BY_OTHER',
      holder: 'agent-b',
    });
    expect(await remoteLease(sandbox)).toBe(commit);
  });

  it('counts for a batch of which others have changed a part meanwhile', async () => {
    const release = `git -C '${sandbox.remote}' update-ref -d ${RFC_001}`;
    const env = faultyPush(sandbox, `git "$@" >/dev/null 2>&1; ${release}; exit 1`);
    const claim = await clone.lease(['claim', 'RFC-001', 'RFC-002', '--json'], { env });
    expect(claim.status).toBe(0);
    expect(JSON.parse(claim.stdout)).toMatchObject([{ id: 'RFC-001' }, { id: 'RFC-002' }]);
    expect(await remoteLease(sandbox)).toBe('');
    expect((await remoteRecord(sandbox, RFC_002)).agent).toBe('agent-a');
  });

  it('gives up as contended after max_push_retries', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nmax_push_retries = 2\n' });
    const lock = join(sandbox.remote, 'refs/lazyspec/leases/rfc/RFC-001.lock');
    await plant(sandbox, { content: leaseOf('agent-a') });
    writeFileSync(lock, '');
    const git = sandbox.countingGit();
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], { env: git.env });
    expect(claim.status).toBe(1);
    expect(JSON.parse(claim.stdout).error.code).toBe('CONTENDED');
    expect(git.calls().filter((call) => call === 'push')).toHaveLength(4); // a look at what is there, one try, two retries
    expect(existsSync(lock)).toBe(true);
  });
});

describe('a git that answers wrongly or not at all', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  /** @param script what happens at each call of a command */
  function faulty(command: string, script: string): { PATH: string } {
    return sandbox.shadow(
      'git',
      `#!/bin/sh\nPATH='${sandbox.env.PATH}'\ncase " $* " in *" ${command} "*) ${script} ;; esac\nexec git "$@"\n`,
    );
  }

  it.each([
    ['is killed', 'kill -9 $$'],
    ['says nothing', 'exit 0'],
    ['says half of it', 'git "$@" | head -c 60; exit 0'],
    ['says something else', 'echo oops; exit 0'],
  ])(
    'opens no gate where it %s about the configuration in the index or HEAD',
    async (_, script) => {
      clone.remove('.lazyspec.toml');
      for (const asked of ['RFC-001', '--staged']) {
        const gate = await clone.lease(['gate', asked, '--json'], {
          env: faulty('cat-file', script),
        });
        expect(gate.status).toBe(3);
        expect(JSON.parse(gate.stdout).error.code).toBe('GIT_FAILED');
      }
    },
  );

  it('is not taken for no repository where it is killed or fails without a word', async () => {
    // Told how far to look, it is asked where we are; otherwise its configuration tells.
    const asked = { GIT_CEILING_DIRECTORIES: sandbox.folder };
    for (const script of ['git "$@"; exit 1', 'exit 128', 'kill -9 $$']) {
      for (const env of [{ ...faulty('rev-parse', script), ...asked }, faulty('config', script)]) {
        const gate = await clone.lease(['gate', 'RFC-001', '--json'], { env });
        expect(JSON.parse(gate.stdout).error.code).toBe('GIT_FAILED');
      }
    }
  });

  it('names no range wrong where it died over it', async () => {
    const env = faulty('rev-list', 'git "$@"; exit 1');
    const gate = await clone.lease(['gate', '--range', 'HEAD~0..HEAD', '--json'], { env });
    expect(JSON.parse(gate.stdout).error.code).toBe('GIT_FAILED');
  });

  it('cannot put a lease at a commit that is not ours', async () => {
    const other = await plant(sandbox, { ref: 'refs/heads/other', content: leaseOf('agent-b') });
    await clone.git('fetch', '--quiet');
    const env = faulty('fast-import', `git "$@" >/dev/null; echo ${other}; exit 0`);
    const claim = await clone.lease(['claim', 'RFC-001'], { env: { ...env, ...GIT } });
    expect(claim.status).toBe(3);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('is looked after where it wrote to this repository itself and then died', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = "."\n' });
    for (const script of ['git "$@"; exit 1', 'git "$@" >/dev/null 2>&1; kill -9 $$']) {
      const claim = await clone.lease(['claim', 'RFC-001', '--json'], {
        env: faulty('update-ref', script),
      });
      expect(claim).toMatchObject({ status: 0, stderr: '' });
    }
    expect(await clone.git('for-each-ref', RFC_001)).toContain(RFC_001);
  });

  it('is no look at the remote where it says of a fetch what a fetch does not say', async () => {
    await plant(sandbox, { content: leaseOf('agent-b') });
    const env = faulty('fetch', 'exec git --version');
    const show = await clone.lease(['show', 'RFC-001', '--json'], { env });
    expect(JSON.parse(show.stdout).error.code).toBe('GIT_FAILED');
  });

  it('gets back what it pruned over HTTP before it failed', async () => {
    await clone.git('remote', 'set-url', 'origin', await gitHttp(sandbox));
    await clone.lease(['claim', 'RFC-001']);
    const prune = `git update-ref -d ${RFC_001}; exit 1`;
    expect((await clone.lease(['show', 'RFC-001'], { env: faulty('fetch', prune) })).status).toBe(
      3,
    );
    expect(await clone.git('for-each-ref', RFC_001)).toContain(RFC_001);
  });

  it('opens no hook that skips starting Node', async () => {
    await clone.hooks(['install']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': 'Changed\n' });
    await clone.git('add', '--all');
    const { PATH } = faulty('diff-index', 'echo "fatal: no" >&2; exit 0');
    const hook = await run('sh', [clone.at('.git/hooks/pre-commit')], {
      cwd: clone.path,
      env: { ...sandbox.env, PATH },
    });
    expect(hook.status).not.toBe(0);
  });
});

describe('a copy that is old', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await Sandbox.create();
  });
  afterEach(() => sandbox.dispose());

  it('is no lost race: with no retries at all the command still ends well', async () => {
    const clone = await sandbox.clone('agent-a');
    clone.write({ '.lazyspec.toml': '[coordination]\nmax_push_retries = 0\n' });
    await clone.lease(['claim', 'RFC-001']);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    const claim = await clone.json(['claim', 'RFC-001']);
    expect(claim).toMatchObject({ id: 'RFC-001', agent: 'agent-a' });
  });
});

describe('Ctrl-C', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  /** A script makes this file where the interruption is to come. */
  let here: string;
  const atThatPoint = (child: ChildProcess) => {
    const look = setInterval(() => {
      if (!existsSync(here)) return;
      clearInterval(look);
      child.kill('SIGINT');
    }, 50);
    child.on('exit', () => clearInterval(look));
  };

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    here = join(sandbox.folder, 'here');
  });
  afterEach(() => sandbox.dispose());

  it('during the write is indeterminate, and the same command ends well', async () => {
    const env = faultyPush(sandbox, `git "$@"; : >'${here}'; sleep 20`);
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], {
      env,
      started: atThatPoint,
    });
    expect(claim.status).toBe(4);
    expect(JSON.parse(claim.stdout).error.code).toBe('INDETERMINATE');
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
  });

  it('after the write, over a network, is indeterminate', async () => {
    await clone.git('remote', 'set-url', 'origin', await gitDaemon(sandbox));
    const hook = join(sandbox.remote, 'hooks', 'post-receive');
    writeFileSync(hook, `#!/bin/sh\n: >'${here}'\nsleep 5\n`);
    chmodSync(hook, 0o755);
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], {
      started: atThatPoint,
    });
    expect(claim.status).toBe(4);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it('before the server has answered changes nothing', async () => {
    const claim = await clone.lease(['claim', 'RFC-001', '--json'], {
      env: faultyPush(sandbox, `: >'${here}'; sleep 20`),
      started: atThatPoint,
    });
    expect(claim.status).toBe(130);
    expect(JSON.parse(claim.stdout).error.code).toBe('CANCELLED');
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('ends git with all that it has started', async () => {
    const note = join(sandbox.folder, 'survived');
    const env = faultyPush(sandbox, `(sleep 3; echo >'${note}') & : >'${here}'; wait`);
    await clone.lease(['claim', 'RFC-001'], {
      env,
      started: atThatPoint,
    });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(existsSync(note)).toBe(false);
  });

  it('before anything is sent leaves everything as it was', async () => {
    const env = sandbox.shadow(
      'git',
      `#!/bin/sh\nPATH='${sandbox.env.PATH}'\ncase " $* " in *" fetch "*) : >'${here}'; sleep 20 ;; esac\nexec git "$@"\n`,
    );
    const commit = await plant(sandbox, { content: leaseOf('agent-b') });
    const claim = await clone.lease(['claim', 'RFC-001', '--force', '--json'], {
      env,
      started: atThatPoint,
    });
    expect(claim.status).toBe(130);
    expect(JSON.parse(claim.stdout).error.code).toBe('CANCELLED');
    expect(await remoteLease(sandbox)).toBe(commit);
  });

  it.each([
    ['fetch', 3, 'no answer within 1 s'],
    ['push', 3, 'no answer in time'],
  ])(
    'a remote that hangs in a %s is given up at [coordination] timeout',
    async (act, status, words) => {
      clone.write({ '.lazyspec.toml': '[coordination]\ntimeout = "1s"\n' });
      const env = sandbox.shadow(
        'git',
        `#!/bin/sh\nPATH='${sandbox.env.PATH}'\ncase " $* " in *" ${act} "*) sleep 20 ;; esac\nexec git "$@"\n`,
      );
      const command = act === 'fetch' ? ['claim', 'RFC-001', '--force'] : ['claim', 'RFC-001'];
      const claim = await clone.lease(command, { env });
      expect(claim).toMatchObject({ status, stderr: expect.stringContaining(words) });
      expect(await remoteLease(sandbox)).toBe('');
    },
  );

  it('ends a remote that hangs at the deadline of the gate', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\n[gate]\ntimeout = "1s"\n' });
    const env = sandbox.shadow(
      'git',
      `#!/bin/sh\nPATH='${sandbox.env.PATH}'\ncase " $* " in *" fetch "*) sleep 20 ;; esac\nexec git "$@"\n`,
    );
    const gate = await clone.lease(['gate', 'RFC-001'], { env });
    expect(gate.status).toBe(3);
    expect(gate.stderr).toContain('no answer within 1 s');
  });
});
