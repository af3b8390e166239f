import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { now } from '../../helpers/leases.ts';
import { programAt } from '../../helpers/remotes-ssh.ts';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commit,
  commitAll,
  configure,
  configureMore,
  expectPassed,
  expectRefused,
  putLease,
  RFC_1,
  RFC_2,
  STORY,
  startOver,
} from './guarded.ts';
import { countNode, describeShells, installUnder } from './shells.ts';

const REF = 'refs/lazyspec/leases/rfc/RFC-001';

describeShells('what is claimed passes without Node', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let starts: () => number;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  beforeEach(async () => {
    await installUnder(shell, clone);
    ({ starts } = countNode(clone));
    await claim(clone, 'RFC-001', 'RFC-002');
    expect(await changed()).toBe(0);
  });
  afterEach(async () => {
    await startOver(clone);
    for (const name of notes()) rmSync(clone.at('.git/lazyspec', name));
    await sandbox.git(sandbox.remote, 'update-ref', '-d', REF);
  });
  afterAll(() => sandbox.dispose());

  const notes = () => readdirSync(clone.at('.git/lazyspec')).filter((name) => /^passed/.test(name));

  /** Commits a change to documents, which has to pass. @returns how often Node was started */
  async function changed(paths = [RFC_1], env: Record<string, string> = {}): Promise<number> {
    clone.write(Object.fromEntries(paths.map((path) => [path, `# ${++number}\n`])));
    await clone.git('add', '--all');
    expectPassed(await commit(clone, [], { env }));
    return starts();
  }

  /** Commits a change to a document, which has to be refused. */
  async function refused(env: Record<string, string> = {}, path = RFC_1): Promise<string> {
    clone.write({ [path]: `# ${++number}\n` });
    await clone.git('add', '--all');
    const ran = await commit(clone, [], { env });
    expectRefused(ran, path === RFC_1 ? 'RFC-001' : 'STORY-042');
    expect(starts()).toBe(1);
    return ran.stderr;
  }

  it('and the remote is asked all the same, over one connection', async () => {
    const asked = join(sandbox.folder, 'asked');
    const script = join(sandbox.folder, 'upload-pack');
    writeFileSync(script, `#!/bin/sh\necho >>'${asked}'\nexec git-upload-pack "$@"\n`);
    chmodSync(script, 0o755);
    await clone.git('config', 'remote.origin.uploadpack', `'${script}'`);
    expect(await changed()).toBe(1); // git's configuration is not what it was
    rmSync(asked);
    expect(await changed()).toBe(0);
    expect(readFileSync(asked, 'utf8')).toBe('\n');
    await clone.git('config', '--unset', 'remote.origin.uploadpack');
  });

  it('and the remote tells no more than these leases, however many refs it has', async () => {
    const trace = join(sandbox.folder, 'trace');
    expect(await changed([RFC_1], { GIT_TRACE_PACKET: trace })).toBe(0);
    const told = /upload-pack> [0-9a-f]{40} (\S+)/g;
    const refs = [...readFileSync(trace, 'utf8').matchAll(told)].map(([, ref]) => ref);
    expect(refs).toEqual([REF]);
  });

  it('for several documents, each under its own lease, and for any of them', async () => {
    expect(await changed([RFC_1, RFC_2])).toBe(0);
    expect(await changed([RFC_2])).toBe(0);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', REF.replace('001', '002'));
    expect(await changed([RFC_1])).toBe(0);
    clone.write({ [RFC_1]: '# Both\n', [RFC_2]: '# Both\n' });
    expectRefused(await commitAll(clone), 'RFC-002');
  });

  it('not where the lease is gone from the remote', async () => {
    await sandbox.git(sandbox.remote, 'update-ref', '-d', REF);
    expect(await refused()).toContain('RFC-001: document is not claimed');
  });

  it('not where somebody else has taken it', async () => {
    const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-001', other);
    expect(await refused()).toContain("held by 'agent-b'");
  });

  it('not where it has expired meanwhile', async () => {
    const brief = { agent: 'agent-a', acquired: now(), expires: now() + 4, ttl: 4 };
    await putLease(sandbox, 'rfc/RFC-001', brief);
    expect(await changed()).toBe(1);
    expect(await changed()).toBe(0);
    await sleep((brief.expires - now() + 1) * 1000);
    expect(await refused()).toContain('your lease expired');
  });

  it('also where it was renewed here, and once more by Node where that was elsewhere', async () => {
    expect(await clone.lease(['heartbeat', 'RFC-001'])).toMatchObject({ status: 0 });
    expect(await changed()).toBe(0);
    expect(await clone.lease(['heartbeat', '--all'])).toMatchObject({ status: 0 });
    expect(await changed([RFC_1, RFC_2])).toBe(0);
    expect(await clone.lease(['claim', 'RFC-002', '--for', '5m'])).toMatchObject({ status: 0 });
    expect(await changed([RFC_1, RFC_2])).toBe(0);
    const again = { agent: 'agent-a', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-001', again);
    expect(await changed()).toBe(1);
    expect(await changed()).toBe(0);
  });

  it.each(['LAZYSPEC_AGENT_ID', 'CLAUDE_SESSION_ID'])(
    'not for another agent by %s',
    async (name) => {
      expect(await refused({ [name]: 'agent-b' })).toContain("held by 'agent-a'");
      // Nor the other way round.
      expect(await changed([RFC_1], { [name]: 'agent-a' })).toBe(1);
      expect(await changed([RFC_1], { [name]: 'agent-a' })).toBe(0);
      expect(await changed()).toBe(1);
    },
  );

  it("not where git's configuration has changed: it says who commits, and where the remote is", async () => {
    await clone.git('config', 'lazyspec.agentId', 'agent-b');
    expect(await refused()).toContain("held by 'agent-a'");
    await clone.git('config', '--unset', 'lazyspec.agentId');
    const elsewhere = join(sandbox.folder, 'elsewhere.git');
    await sandbox.git(sandbox.folder, 'clone', '--quiet', '--bare', sandbox.remote, elsewhere);
    await clone.git('remote', 'set-url', 'origin', elsewhere);
    expect(await refused()).toContain('RFC-001: document is not claimed');
    await clone.git('remote', 'set-url', 'origin', sandbox.remote);
  });

  it('not where the configuration of the project has changed', async () => {
    await configureMore(clone, '\n[gate]\ncreate = "own"\n');
    expect(await changed()).toBe(1);
  });

  it('not by a lease that the file has no more to do with, however often it is tried', async () => {
    const type = '\n[[types]]\nname = "proposal"\ndir = "docs/rfcs"\nprefix = "RFC"\n';
    await configureMore(clone, type);
    for (const file of ['# Once\n', '# Twice\n']) {
      clone.write({ [RFC_1]: file });
      expectRefused(await commitAll(clone), 'RFC-001');
      expect(starts()).toBe(1);
    }
    // Nor is what was noted before put beside what is claimed now.
    await claim(clone, 'RFC-002');
    expectRefused(await commit(clone), 'RFC-001');
  });

  it('of several claims, one after the other', async () => {
    for (const name of notes()) rmSync(clone.at('.git/lazyspec', name));
    await claim(clone, 'RFC-001');
    await claim(clone, 'RFC-002');
    expect(await changed([RFC_1, RFC_2])).toBe(0);
  });

  it('of those claimed last, where there are more files than the hook is to read', async () => {
    const files = (id: string) =>
      Array.from({ length: 60 }, (_, n) => [`docs/rfcs/${id}-many/${n}.md`, '# Many\n']);
    clone.write(Object.fromEntries([...files('RFC-070'), ...files('RFC-071')]));
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Many');
    for (const id of ['RFC-070', 'RFC-071']) {
      await claim(clone, id);
      expect(await changed([`docs/rfcs/${id}-many/7.md`])).toBe(0);
    }
    expect(await changed(['docs/rfcs/RFC-070-many/7.md'])).toBe(1);
    expect(await clone.lease(['release', 'RFC-070', 'RFC-071'])).toMatchObject({ status: 0 });
  });

  it('not by a claim in the name of another', async () => {
    await clone.lease(['release', 'RFC-001']);
    await clone.lease(['claim', 'RFC-001', '--agent-id', 'agent-b']);
    expect(await refused()).toContain("held by 'agent-b'");
    expect(await clone.lease(['release', 'RFC-001', '--agent-id', 'agent-b'])).toMatchObject({
      status: 0,
    });
  });

  it('not where nothing was noted, and again from then on', async () => {
    for (const name of notes()) rmSync(clone.at('.git/lazyspec', name));
    expect(await changed()).toBe(1);
    expect(await changed()).toBe(0);
  });

  it('not for another document, another file, or a file that comes, goes or is renamed', async () => {
    await refused({}, STORY);
    await startOver(clone);
    expect(await changed([RFC_1, 'docs/rfcs/RFC-001-some-title/figure.md'])).toBe(1);
    await clone.git('rm', '--quiet', RFC_1);
    expectPassed(await commit(clone));
    expect(starts()).toBe(1);
    await startOver(clone);
    renameSync(clone.at(RFC_1), clone.at('docs/rfcs/RFC-001-renamed.md'));
    expectPassed(await commitAll(clone));
    expect(starts()).toBe(1);
  });

  it('not for what another holds, though anybody may have created it', async () => {
    await configureMore(clone, '\n[gate]\ncreate = "off"\n');
    const other = { agent: 'agent-b', acquired: now(), expires: now() + 600, ttl: 600 };
    await putLease(sandbox, 'rfc/RFC-060', other);
    const path = 'docs/rfcs/RFC-060-new.md';
    expect(await changed([path])).toBe(1);
    clone.write({ [path]: '# Changed\n' });
    expectRefused(await commitAll(clone), 'RFC-060');
    await sandbox.git(sandbox.remote, 'update-ref', '-d', REF.replace('001', '060'));
  });

  it('not where the remote does not answer', async () => {
    const away = `${sandbox.remote}.away`;
    renameSync(sandbox.remote, away);
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    renameSync(away, sandbox.remote);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("'origin'");
  });

  it('not in a merge that is being concluded', async () => {
    writeFileSync(clone.at('.git/MERGE_HEAD'), `${await clone.git('rev-parse', 'HEAD~1')}\n`);
    expect(await changed()).toBe(1);
  });

  /** A PATH with what the hook needs, and these. */
  function only(...more: string[]): { PATH: string } {
    const folder = mkdtempSync(join(sandbox.folder, 'only-'));
    for (const name of ['git', 'cmp', 'date', ...more]) {
      symlinkSync(programAt(name) ?? name, join(folder, name));
    }
    return { PATH: folder };
  }

  // busybox has one of its own.
  const itWithoutTimeout = shell.name === 'busybox' ? it.skip : it;
  itWithoutTimeout('not where there is nothing to end a git that never ends', async () => {
    expect(await changed([RFC_1], only('timeout'))).toBe(0);
    expect(await changed([RFC_1], only('perl'))).toBe(0); // as on macOS
    expect(await changed([RFC_1], only())).toBe(1);
  });

  it.each(['timeout', 'perl'])(
    'not where the remote never answers, which %s ends',
    async (name) => {
      const script = join(sandbox.folder, 'upload-pack');
      const answers = '#!/bin/sh\nexec git-upload-pack "$@"\n';
      writeFileSync(script, answers);
      chmodSync(script, 0o755);
      await clone.git('config', 'remote.origin.uploadpack', `'${script}'`);
      await configureMore(clone, '\n[gate]\ntimeout = "1s"\n');
      expect(await changed()).toBe(1);
      expect(await changed([RFC_1], only(name))).toBe(0);
      writeFileSync(script, `#!/bin/sh\nexec '${programAt('sleep')}' 20\n`);
      const said = await refusedUnheard(only(name));
      await clone.git('config', '--unset', 'remote.origin.uploadpack');
      expect(said).toContain("'origin' cannot be reached");
    },
  );

  async function refusedUnheard(env: Record<string, string>): Promise<string> {
    clone.write({ [RFC_1]: `# ${++number}\n` });
    await clone.git('add', '--all');
    const start = performance.now();
    const ran = await commit(clone, [], { env });
    expect(ran.status).toBe(1);
    // A second for the hook, one for Node, and what it takes to start and end them.
    expect(performance.now() - start).toBeLessThan(10_000);
    return ran.stderr;
  }

  it("whatever has become of this clone's copies", async () => {
    await clone.git('pack-refs', '--all');
    expect(await changed()).toBe(0);
    await clone.git('update-ref', '-d', REF);
    expect(await changed()).toBe(0);
  });

  it('where the leases are in this clone itself', async () => {
    await configure(clone, '[coordination]\nremote = "."\n');
    await clone.git('update-ref', '-d', REF);
    await claim(clone, 'RFC-001');
    // Only a commit sees that HEAD has another configuration.
    expect(await changed()).toBe(1);
    expect(await changed()).toBe(0);
    await clone.git('update-ref', '-d', REF);
    expect(await refused()).toContain('RFC-001: document is not claimed');
  });

  it('not while doctor looks whether the hook judges', async () => {
    expect(await changed([RFC_1], { LAZYSPEC_PROBE: join(sandbox.folder, 'probe') })).toBe(1);
  });

  it('not by what another work tree has been let do', async () => {
    const other = new Clone(sandbox, join(sandbox.folder, `tree ${++number}`));
    await clone.git('worktree', 'add', '--quiet', '--detach', other.path);
    const env = { LAZYSPEC_AGENT_ID: 'agent-b' };
    other.write({ [RFC_1]: '# Elsewhere\n' });
    await other.git('add', '--all');
    expectRefused(await commit(other, [], { env }), 'RFC-001');
    expectPassed(await commit(other));
    starts();
    // Each has its own note.
    expect(await changed()).toBe(0);
    expect(notes()).toHaveLength(2);
    await clone.git('worktree', 'remove', '--force', other.path);
  });

  it('not where git is told by a variable how to reach the remote, and that is written nowhere', async () => {
    const env = { GIT_SSH_COMMAND: 'ssh -o SendEnv=secret' };
    expect(await changed([RFC_1], env)).toBe(1);
    expect(await changed([RFC_1], env)).toBe(1);
    const text = notes().map((name) => clone.read(join('.git/lazyspec', name)));
    expect(text.join()).not.toContain('secret');
  });

  it('nor is anything left of it once it is uninstalled', async () => {
    expect(notes()).toHaveLength(1);
    expect(await clone.hooks(['uninstall'])).toMatchObject({ status: 0 });
    expect(notes()).toEqual([]);
  });
});
