import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gitDaemon, gitHttp } from '../../helpers/remotes.ts';
import { gitSsh, noSshd } from '../../helpers/remotes-ssh.ts';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import { claim, guardedClone, install } from '../hooks/guarded.ts';
import { everythingOf, examine, hookPath, scratchRefs, temporaryFolder } from './examined.ts';

const CHECKS = [
  ...['node-version', 'git-version', 'repository', 'configuration', 'types', 'agent', 'work-trees'],
  ...[
    'ref-store',
    'remote',
    'clock',
    'compare-and-swap',
    'hooks',
    'hooks',
    'hooks',
    'program-note',
  ],
  ...['governed-note', 'fires', 'fires', 'fires'],
];

/** Where nodegit cannot do it, git does. */
const WHATEVER = { LAZYSPEC_BACKEND: 'auto' };

describe('where all is well, doctor says so and leaves everything as it was', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    await sandbox.git(sandbox.remote, 'config', 'uploadpack.allowFilter', 'true');
  });
  afterAll(() => sandbox.dispose());

  async function isWell(
    clone: Clone,
    options: { cwd?: string; env?: Record<string, string>; wrong?: string[] } = {},
  ): Promise<void> {
    const { wrong = [], ...rest } = options;
    const { env: temporary, left } = temporaryFolder(clone);
    const env = { ...rest.env, ...temporary };
    const before = await everythingOf(clone);
    const refs = await sandbox.git(sandbox.remote, 'for-each-ref');
    const examined = await examine(clone, { ...rest, env });
    expect(examined.wrong).toEqual(wrong);
    expect(examined.stderr).toBe('');
    expect(examined.result.findings.map(({ check }) => check)).toEqual(CHECKS);
    expect(await everythingOf(clone)).toEqual(before);
    expect(await clone.git('worktree', 'prune', '--dry-run', '--verbose')).toBe('');
    expect(await sandbox.git(sandbox.remote, 'for-each-ref')).toBe(refs);
    expect(await scratchRefs(clone)).toEqual([]);
    expect(left()).toEqual([]);
  }

  /** Only a transport can be shallow or partial, not a path. */
  async function cloneOverFile(agent: string, ...args: string[]): Promise<Clone> {
    const clone = new Clone(sandbox, join(sandbox.folder, agent));
    const from = `file://${sandbox.remote}`;
    await sandbox.git(sandbox.folder, 'clone', '--quiet', ...args, from, clone.path);
    await install(clone);
    return clone;
  }

  it('in a clone, with changes, staged and not, and a stash', async () => {
    const clone = await guardedClone(sandbox, 'dirty');
    clone.write({ 'README.md': '# Stashed\n' });
    await clone.git('stash');
    clone.write({ 'README.md': '# Staged\n', 'new file': 'new\n' });
    await clone.git('add', 'README.md');
    clone.write({ 'README.md': '# Changed\n' });
    await isWell(clone);
  });

  it('from a subfolder', async () => {
    const clone = await guardedClone(sandbox, 'subfolder');
    await isWell(clone, { cwd: clone.at('docs/rfcs') });
  });

  it('where a hook goes on writing behind the commit', async () => {
    const clone = await guardedClone(sandbox, 'late');
    writeFileSync(
      `${hookPath(clone, 'pre-commit')}.before-lazyspec`,
      `#!/bin/sh
here=$PWD
{ for i in $(seq 5000); do : >"$here/docs/rfcs/late-$i" || exit; done; } >/dev/null 2>&1 </dev/null &
`,
      { mode: 0o755 },
    );
    await isWell(clone);
  });

  it('in a linked work tree', async () => {
    const main = await guardedClone(sandbox, 'main-tree');
    const linked = new Clone(sandbox, join(sandbox.folder, 'linked'));
    await main.git('worktree', 'add', '--quiet', '--detach', linked.path);
    await main.git('config', 'extensions.worktreeConfig', 'true');
    await linked.git('config', '--worktree', 'lazyspec.agentId', 'another');
    await isWell(linked);
    await isWell(main);
  });

  it('in a submodule', async () => {
    const outer = await sandbox.clone('outer');
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
    await outer.git(...add, sandbox.remote, 'the module');
    const inner = new Clone(sandbox, outer.at('the module'));
    await install(inner);
    await isWell(inner);
  });

  it('where the git directory is elsewhere', async () => {
    const separate = `--separate-git-dir=${join(sandbox.folder, 'elsewhere.git')}`;
    await isWell(await guardedClone(sandbox, 'separate', separate));
  });

  it('where the environment says where the git directory and the work tree are', async () => {
    const clone = await guardedClone(sandbox, 'apart');
    const env = { GIT_DIR: clone.at('.git'), GIT_WORK_TREE: clone.path };
    await isWell(clone, { env, cwd: clone.at('docs') });
  });

  it('under settings and attributes that would stop a commit, a merge or a push', async () => {
    const clone = await guardedClone(sandbox, 'settings');
    clone.write({ '.gitattributes': '*.md filter=broken merge=broken\n' });
    await clone.git('add', '.gitattributes');
    for (const [key, value] of [
      ...['commit.gpgSign', 'push.gpgSign', 'merge.verifySignatures', 'user.useConfigOnly'].map(
        (key) => [key, 'true'],
      ),
      ...[
        ['gpg.program', 'false'],
        ['core.editor', 'false'],
        ['merge.ff', 'only'],
      ],
      ...[
        ['filter.broken.smudge', 'false'],
        ['filter.broken.clean', 'cat'],
      ],
      ...[
        ['filter.broken.required', 'true'],
        ['merge.broken.driver', 'false'],
      ],
      ...[
        ['push.followTags', 'true'],
        ['protocol.file.allow', 'user'],
        ['gc.auto', '1'],
      ],
    ]) {
      await clone.git('config', key ?? '', value ?? '');
    }
    await clone.git('tag', '--annotate', '--message', 'Tag', 'a-tag', '--no-sign');
    await isWell(clone);
  });

  it('before the first commit', async () => {
    const clone = new Clone(sandbox, join(sandbox.folder, 'unborn'));
    await sandbox.git(sandbox.folder, 'init', '--quiet', clone.path);
    await clone.git('remote', 'add', 'origin', sandbox.remote);
    clone.write({ '.lazyspec.toml': '[coordination]\n' });
    await install(clone);
    await isWell(clone);
  });

  it('in a sparse checkout that leaves the documents out, and the configuration', async () => {
    const clone = await guardedClone(sandbox, 'sparse', '--sparse');
    await clone.git('sparse-checkout', 'set', '--no-cone', '/README.md');
    expect((await clone.hooks(['install'])).status).toBe(0);
    await isWell(clone);
  });

  it('in a shallow clone', async () => {
    await isWell(await cloneOverFile('shallow', '--depth=1'));
  });

  it('in a partial clone', async () => {
    await isWell(await cloneOverFile('partial', '--filter=blob:none'), { env: WHATEVER });
  });

  it('on a detached HEAD, in the middle of a merge', async () => {
    const clone = await guardedClone(sandbox, 'merging');
    await clone.git('switch', '--quiet', '--detach');
    await clone.git('commit', '--quiet', '--allow-empty', '--message', 'Other');
    await clone.git('merge', '--no-commit', '--no-ff', 'main', '--strategy=ours');
    await isWell(clone);
  });

  it('where hooks are in a folder of the work tree', async () => {
    const clone = await sandbox.clone('own-hooks');
    await clone.git('config', 'core.hooksPath', 'tools/git hooks');
    await install(clone);
    await isWell(clone);
  });

  it('where documents are in the root, in a repository with other names for objects', async () => {
    const clone = new Clone(sandbox, join(sandbox.folder, 'sha256'));
    const init = ['init', '--quiet', '--object-format=sha256', clone.path];
    await sandbox.git(sandbox.folder, ...init);
    const type = '[[types]]\nname = "rfc"\nplural = "rfcs"\ndir = "."\nprefix = "RFC"\n';
    clone.write({ '.lazyspec.toml': `${type}[coordination]\nremote = "."\n` });
    await install(clone);
    await isWell(clone, { env: WHATEVER });
  });

  it('where a document is a folder, and whoever asks holds a lease', async () => {
    const clone = await guardedClone(sandbox, 'folders');
    const type = ['name = "rfc"', 'plural = "rfcs"', 'dir = "docs/rfcs"', 'prefix = "RFC"'];
    const lines = ['[[types]]', ...type, 'subdirectory = true', '[coordination]', ''];
    clone.write({ '.lazyspec.toml': lines.join('\n') });
    await install(clone);
    await claim(clone, 'RFC-001');
    await isWell(clone);
  });

  const overSsh: [string, typeof gitSsh][] = noSshd ? [] : [['ssh', gitSsh]];
  it.each([['git://', gitDaemon], ['http', (served: Sandbox) => gitHttp(served)], ...overSsh])(
    'over %s',
    async (name, serve) => {
      const clone = await guardedClone(sandbox, `over-${name.slice(0, 3)}`);
      await clone.git('remote', 'set-url', 'origin', await serve(sandbox));
      await isWell(clone);
    },
  );
});

describe('doctor, read by a person,', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterAll(() => sandbox.dispose());

  it('has a line for each check, and a last one', async () => {
    const ran = await clone.hooks(['doctor']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const lines = ran.stdout.trimEnd().split('\n');
    const findings = lines.filter((line) => !line.startsWith(' '));
    expect(findings.slice(0, -2)).toEqual(
      CHECKS.map((check) => expect.stringMatching(new RegExp(`^ok      ${check}: .`))),
    );
    expect(lines.at(-1)).toBe('All is well.');
  });

  it('tells with --quiet only what is wrong, and what to do', async () => {
    expect(await clone.hooks(['doctor', '--quiet'])).toMatchObject({ status: 0, stdout: '' });
    await clone.git('config', 'user.name', '');
    const ran = await clone.hooks(['doctor', '--quiet']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(
      /^failed {2}agent: it is not known who is asking\n {8}Say so once: git config lazyspec\.agentId/,
    );
    expect(ran.stdout).not.toContain('ok ');
    expect((await clone.hooks(['doctor'])).stdout).toContain(
      'Not all is well: 1 failed, 1 warning.',
    );
    await clone.git('config', 'user.name', 'agent-a');
  });

  it('knows who is asking, and what said so', async () => {
    const agent = async (args: string[], env = {}) =>
      (await examine(clone, { args, env })).of('agent')?.message;
    expect(await agent([])).toBe('you are agent-a (git config user.name)');
    expect(await agent([], { CLAUDE_SESSION_ID: 's' })).toBe('you are s ($CLAUDE_SESSION_ID)');
    expect(await agent(['--agent-id', 'flag'])).toBe('you are flag (--agent-id)');
  });
});
