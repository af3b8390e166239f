import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  install,
  push,
  RFC_1,
  RFC_2,
  release,
  sneak,
} from './guarded.ts';

describe('pushes from clones of every kind', () => {
  let sandbox: Sandbox;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const remote = ['config', 'uploadpack.allowFilter', 'true'];
    await sandbox.git(sandbox.remote, ...remote);
    await sandbox.git(sandbox.remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    const seed = await sandbox.clone('more-history');
    await sneak(seed, { [RFC_1]: '# Second version\n' });
    await sneak(seed, { [RFC_2]: '# Second version\n' });
    await seed.git('push', '--quiet', 'origin', 'HEAD');
  });
  afterAll(() => sandbox.dispose());

  async function refusedThenClaimed(clone: Clone, args: string[] = []): Promise<void> {
    const target = [...args, 'origin', `HEAD:refs/heads/branch-${++number}`];
    await sneak(clone, { 'README.md': `# ${number}\n` });
    expectPassed(await push(clone, [...args, 'origin', `HEAD:refs/heads/before-${number}`]));
    await sneak(clone, { [RFC_1]: `# ${number}\n` });
    expectRefused(await push(clone, target), 'RFC-001');
    await claim(clone, 'RFC-001');
    expectPassed(await push(clone, target));
    await release(clone, 'RFC-001');
  }

  /** Only a transport can be shallow or partial, not a path. */
  async function cloneOverFile(agent: string, ...args: string[]): Promise<Clone> {
    const clone = new Clone(sandbox, join(sandbox.folder, agent));
    const from = `file://${sandbox.remote}`;
    await sandbox.git(sandbox.folder, 'clone', '--quiet', ...args, from, clone.path);
    await clone.git('config', 'user.name', agent);
    await install(clone);
    return clone;
  }

  it('are judged in a linked work tree, and in the main one beside it', async () => {
    const main = await guardedClone(sandbox, 'main-tree');
    const linked = new Clone(sandbox, join(sandbox.folder, 'linked'));
    await main.git('worktree', 'add', '--quiet', '-b', 'side', linked.path);
    await refusedThenClaimed(linked);
    await refusedThenClaimed(main);
  });

  it('are judged from a subfolder', async () => {
    const clone = await guardedClone(sandbox, 'from-below');
    await sneak(clone, { [RFC_1]: '# New\n' });
    const ran = await clone.tryGit(['-C', 'docs/stories', 'push', '-q', 'origin', 'HEAD:x']);
    expect(ran.status).not.toBe(0);
    const below = ['-C', 'docs/stories', 'push', '-q', 'origin', 'HEAD:refs/heads/below'];
    expectRefused(await clone.tryGit(below), 'RFC-001');
  });

  it('are judged where the git directory is elsewhere', async () => {
    const separate = `--separate-git-dir=${join(sandbox.folder, 'elsewhere.git')}`;
    await refusedThenClaimed(await guardedClone(sandbox, 'separate', separate));
  });

  it('are judged in a submodule', async () => {
    const outer = await sandbox.clone('outer');
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
    await outer.git(...add, sandbox.remote, 'the module');
    const inner = new Clone(sandbox, outer.at('the module'));
    await install(inner);
    await refusedThenClaimed(inner);
  });

  it('are judged with a sparse checkout', async () => {
    const clone = await guardedClone(sandbox, 'sparse', '--sparse');
    const tree = await clone.git('rev-parse', 'HEAD^{tree}');
    await clone.git('rm', '--quiet', '--cached', '--sparse', RFC_1);
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(await clone.git('rev-parse', 'HEAD^{tree}')).toBe(tree);
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Delete');
    expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/sparse']), 'RFC-001');
  });

  it('are judged from the folder around a bare repository and its work trees', async () => {
    const folder = new Clone(sandbox, join(sandbox.folder, 'container'));
    await sandbox.git(sandbox.folder, 'clone', '-q', '--bare', sandbox.remote, folder.at('.bare'));
    folder.write({ '.git': 'gitdir: ./.bare\n' });
    await folder.git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    await folder.git('config', 'user.name', 'agent-bare');
    await folder.git('fetch', '--quiet', 'origin');
    const tree = new Clone(sandbox, folder.at('work'));
    await folder.git('worktree', 'add', '--quiet', '-b', 'work', tree.path, 'origin/main');
    await install(tree);
    await sneak(tree, { 'README.md': '# From a container\n' });
    for (const place of [folder, new Clone(sandbox, folder.at('.bare'))]) {
      expectPassed(await push(place, ['origin', 'work:refs/heads/container']));
      await sneak(tree, { [RFC_1]: `# ${place.path}\n` });
      const target = ['origin', 'work:refs/heads/container'];
      expectRefused(await push(place, target), 'RFC-001');
      await claim(tree, 'RFC-001');
      expectPassed(await push(place, target));
      await release(tree, 'RFC-001');
    }
  });

  it.each(['the tip', 'an older commit'])(
    'are judged in a history that was fetched by the id of a commit: %s',
    async (which) => {
      const clone = new Clone(sandbox, join(sandbox.folder, `by-id-${++number}`));
      await sandbox.git(sandbox.folder, 'init', '--quiet', clone.path);
      await clone.git('remote', 'add', 'origin', `file://${sandbox.remote}`);
      const from = which === 'the tip' ? 'main' : 'main~1';
      const oid = await sandbox.git(sandbox.remote, 'rev-parse', from);
      await clone.git('fetch', '--quiet', '--depth=1', 'origin', oid);
      await clone.git('checkout', '--quiet', '-b', 'main', oid);
      await install(clone);
      await refusedThenClaimed(clone);
    },
  );

  it('are judged in a shallow clone, by what is new alone', async () => {
    const clone = await cloneOverFile('shallow', '--depth=1');
    await refusedThenClaimed(clone);
    expect(await clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });

  it('are judged in a shallow clone whose tracking refs do not tell, by asking', async () => {
    const clone = await cloneOverFile('shallow-url', '--depth=1');
    const copy = join(sandbox.folder, 'copy.git');
    await sandbox.git(sandbox.folder, 'clone', '--quiet', '--bare', sandbox.remote, copy);
    for (const ref of ['HEAD', 'main']) {
      await clone.git('update-ref', '--no-deref', '-d', `refs/remotes/origin/${ref}`);
    }
    await sneak(clone, { 'README.md': '# Shallow\n' });
    expectPassed(await push(clone, [copy, 'HEAD:refs/heads/x']));
    await sneak(clone, { [RFC_2]: '# Shallow\n' });
    expectRefused(await push(clone, [copy, 'HEAD:refs/heads/y']), 'RFC-002');
  });

  it.each(['blob:none', 'tree:0'])('are judged in a partial clone (%s)', async (filter) => {
    const clone = await cloneOverFile(`partial-${++number}`, `--filter=${filter}`);
    await refusedThenClaimed(clone);
    await clone.git('mv', RFC_2, 'docs/rfcs/RFC-009-another.md');
    await sneak(clone, {});
    const target = ['origin', 'HEAD:refs/heads/renamed'];
    expectRefused(await push(clone, target), 'RFC-002', 'RFC-009');
  });

  it('do not make a partial clone fetch each commit that the remote has and it has not', async () => {
    const clone = await cloneOverFile('partial-unknown', '--filter=blob:none');
    const other = await sandbox.clone('other');
    const unknown: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      unknown.push(await sneak(other, { 'README.md': `# ${name}\n` }));
      await other.git('push', '--quiet', 'origin', `HEAD:refs/heads/other-${name}`);
    }
    const commit = await sneak(clone, { [RFC_1]: '# New\n' });
    const log = join(sandbox.folder, 'trace');
    const args = ['run', 'pre-push', 'origin', `file://${sandbox.remote}`];
    const input = `HEAD ${commit} refs/heads/other-a ${unknown[0]}\n`;
    expectRefused(await clone.hooks(args, { input, env: { GIT_TRACE: log } }), 'RFC-001');
    const started = readFileSync(log, 'utf8').match(/trace: built-in: git \S+/g) ?? [];
    // The branch that is overwritten, the leases, and all others before the refusal: not one by one.
    expect(started.filter((line) => line.endsWith(' fetch'))).toHaveLength(3);
  });

  it.each(['sha1', 'sha256'])(
    'are judged in a repository of %s, first commit and all',
    async (hash) => {
      const remote = join(sandbox.folder, `${hash}.git`);
      const clone = new Clone(sandbox, join(sandbox.folder, hash));
      const format = `--object-format=${hash}`;
      await sandbox.git(sandbox.folder, 'init', '--quiet', '--bare', format, remote);
      await sandbox.git(sandbox.folder, 'init', '--quiet', format, clone.path);
      await clone.git('remote', 'add', 'origin', remote);
      clone.write(DOCUMENTS);
      await install(clone);
      await sneak(clone, {});
      expectRefused(await push(clone), 'RFC-001', 'RFC-002', 'STORY-042');
      await claim(clone, 'STORY-042');
      expectPassed(await push(clone));
      await release(clone, 'STORY-042');
      await sneak(clone, { 'README.md': '# New\n' });
      expectPassed(await push(clone));
      await sneak(clone, { [RFC_1]: '# New\n' });
      expectRefused(await push(clone), 'RFC-001');
      await clone.git('tag', '--annotate', '--message', 'One', 'one');
      expectRefused(await push(clone, ['origin', 'one']), 'RFC-001');
    },
  );
});
