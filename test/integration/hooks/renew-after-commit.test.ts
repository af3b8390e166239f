import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { atTerminal, hasTerminals } from '../../helpers/at-terminal.ts';
import type { HeldNode } from '../../helpers/behind.ts';
import { becomes, heldNode } from '../../helpers/behind.ts';
import { plant, RFC_002, remoteLease, remoteRecord } from '../../helpers/leases.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { DOCUMENTS, run, Sandbox } from '../../helpers/sandbox.ts';
import { claim, commitAll, expectPassed, guardedClone, install, RFC_1, RFC_2 } from './guarded.ts';
import { writeProgramNote } from './shells.ts';

const ON = `${DOCUMENTS['.lazyspec.toml']}[comfort]\nrenew_after_commit = true\n`;
const HOOK = '.git/hooks/post-commit';

describe('with renew_after_commit = true', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let node: HeldNode;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': ON });
    clone = await guardedClone(sandbox);
    node = heldNode(sandbox.folder, 'post-commit');
    writeProgramNote(clone, { node: node.path });
  });
  afterEach(async () => {
    node.letGo();
    await becomes(() => node.ended().length === node.started().length);
    await sandbox.dispose();
  });

  let changes = 0;
  const change = (...paths: string[]) => {
    changes += 1;
    clone.write(Object.fromEntries(paths.map((path) => [path, `change ${changes}\n`])));
  };
  const started = () => node.started().filter((hook) => hook === 'post-commit').length;
  /** Waits until what so many commits have begun is over. */
  const settled = async (commits: number) => {
    node.letGo();
    await becomes(() => started() === commits);
    await becomes(() => node.ended().length === node.started().length);
  };

  /** After one more commit, which renews a lease: what came before it has been started by then. */
  async function expectStarted(commits: number): Promise<void> {
    await claim(clone, 'RFC-002');
    const claimed = await remoteLease(sandbox, RFC_002);
    change(RFC_2);
    expectPassed(await commitAll(clone));
    node.letGo();
    await becomes(async () => (await remoteLease(sandbox, RFC_002)) !== claimed);
    expect(started()).toBe(commits);
  }

  it('a commit of documents renews their leases, and nobody waits for that', async () => {
    await claim(clone, 'RFC-001', 'RFC-002');
    const [before, other] = await Promise.all([
      remoteLease(sandbox),
      remoteLease(sandbox, RFC_002),
    ]);
    change(RFC_1);
    await clone.git('add', '--all');
    // All that git was given is read to its end, and a descriptor that it was not asked about.
    const script = 'exec 3>&1; git commit --quiet --message Change';
    let made: Ran | undefined;
    run('sh', ['-c', script], { cwd: clone.path, env: sandbox.env }).then((ran) => {
      made = ran;
    });
    await becomes(() => started() === 1 && made !== undefined);
    expect(made).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(await remoteLease(sandbox)).toBe(before);
    await settled(1);
    expect(await remoteLease(sandbox)).not.toBe(before);
    expect(await remoteRecord(sandbox)).toMatchObject({ agent: 'agent-a' });
    expect(await remoteLease(sandbox, RFC_002)).toBe(other);
  });

  const withTerminal = hasTerminals() ? it : it.skip;

  withTerminal(
    'a terminal that goes with the commit does not take the renewal with it',
    async () => {
      await claim(clone, 'RFC-001');
      const before = await remoteLease(sandbox);
      change(RFC_1);
      // The terminal is gone before there is a session of its own.
      const slow = `sleep 0.3; PATH='${sandbox.env.PATH}' exec setsid "$@"`;
      const { PATH } = sandbox.shadow('setsid', `#!/bin/sh\n${slow}\n`);
      const command = `PATH='${PATH}' git commit -qam Change`;
      const made = await atTerminal(sandbox, clone.path, command, '\u0000', []);
      expect(made).toMatchObject({ status: 0 });
      await settled(1);
      expect(await remoteLease(sandbox)).not.toBe(before);
    },
  );

  it('what was renewed still passes without Node, and is not renewed again so soon', async () => {
    await claim(clone, 'RFC-001');
    node.letGo();
    change(RFC_1);
    expectPassed(await commitAll(clone));
    await settled(1);
    const renewed = await remoteLease(sandbox);
    change(RFC_1);
    expectPassed(await commitAll(clone));
    await settled(2);
    expect(node.started()).toEqual(['post-commit', 'post-commit']);
    expect(await remoteLease(sandbox)).toBe(renewed);
  });

  it.each([
    ['a commit that changes no document', ['README.md'], ['commit', '--all', '--message', 'x']],
    ['an empty commit', [], ['commit', '--allow-empty', '--message', 'x']],
  ])('%s starts no Node', async (_, paths, args) => {
    change(...paths);
    expectPassed(await clone.tryGit([args[0] ?? '', '--quiet', ...args.slice(1)]));
    await expectStarted(1);
  });

  it('commits that a rebase makes anew start no Node', async () => {
    change(RFC_1);
    await clone.git('commit', '--quiet', '--all', '--message', 'Change', '--no-verify');
    await settled(1);
    await clone.git('rebase', '--quiet', '--force-rebase', 'HEAD~1');
    await expectStarted(2);
  });

  it('what another holds is left alone, and the rest renewed', async () => {
    await claim(clone, 'RFC-001');
    await plant(sandbox, {
      ref: RFC_002,
      content: { agent: 'agent-b', acquired: 1, expires: 4e9, ttl: 60 },
    });
    const [mine, theirs] = await Promise.all([remoteLease(sandbox), remoteLease(sandbox, RFC_002)]);
    change(RFC_1, RFC_2);
    await clone.git('commit', '--quiet', '--all', '--message', 'Change', '--no-verify');
    await settled(1);
    expect(await remoteLease(sandbox)).not.toBe(mine);
    expect(await remoteLease(sandbox, RFC_002)).toBe(theirs);
  });

  it('a lease that was lost meanwhile is not taken back, and the commit has gone through', async () => {
    await claim(clone, 'RFC-001', 'RFC-002');
    change(RFC_1, RFC_2);
    expectPassed(await commitAll(clone));
    await becomes(() => started() === 1);
    const theirs = await plant(sandbox, {
      content: { agent: 'agent-b', acquired: 1, expires: 4e9, ttl: 60 },
    });
    const mine = await remoteLease(sandbox, RFC_002);
    await settled(1);
    expect(await remoteLease(sandbox)).toBe(theirs);
    expect(await remoteLease(sandbox, RFC_002)).not.toBe(mine);
  });

  it('a remote that is away does not matter', async () => {
    await claim(clone, 'RFC-001');
    change(RFC_1);
    expectPassed(await commitAll(clone));
    await becomes(() => started() === 1);
    await clone.git('remote', 'set-url', 'origin', `${sandbox.folder}/nowhere`);
    await settled(1);
    expect(await clone.git('status', '--porcelain')).toBe('');
  });

  it('LAZYSPEC_HOOKS=0 skips it', async () => {
    await claim(clone, 'RFC-001');
    change(RFC_1);
    expectPassed(await commitAll(clone, { env: { LAZYSPEC_HOOKS: '0' } }));
    expect(node.started()).toEqual([]);
  });

  it('the hook comes and goes with the key, and doctor tells where it is missing', async () => {
    expect(clone.has(HOOK)).toBe(true);
    clone.remove(HOOK);
    const told = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    expect(told.findings).toContainEqual(
      expect.objectContaining({ check: 'hooks', state: 'failed', hook: 'post-commit' }),
    );
    const theirs = '#!/bin/sh\n: >theirs\n';
    writeFileSync(clone.at(HOOK), theirs, { mode: 0o755 });
    await install(clone);
    change('README.md');
    expectPassed(await clone.tryGit(['commit', '--quiet', '--all', '--message', 'Theirs runs']));
    expect(clone.has('theirs')).toBe(true);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'] });
    await install(clone);
    expect(clone.read(HOOK)).toBe(theirs);
  });
});
