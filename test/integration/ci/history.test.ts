import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import { commitBy, OTHER_FILE, RFC_FILE, ZEROS } from './committed.ts';

describe('a gate over commits', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('worker');
  });
  afterEach(() => sandbox.dispose());

  const push = (line: string, ...args: string[]) =>
    clone.lease(['gate', '--push', ...args], { input: `${line}\n` });

  describe('in a shallow clone', () => {
    async function shallow(depth: number): Promise<Clone> {
      await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/topic');
      const url = `file://${sandbox.remote}`;
      const path = `shallow-${depth}`;
      const args = ['--depth', `${depth}`, '--branch', 'topic', '--no-single-branch', url, path];
      await sandbox.git(sandbox.folder, 'clone', '--quiet', ...args);
      return new Clone(sandbox, join(sandbox.folder, path));
    }

    it('refuses a range that begins beyond what was fetched, and says how to mend it', async () => {
      const from = await clone.git('rev-parse', 'HEAD');
      await commitBy(clone, 'Alice', [RFC_FILE]);
      await commitBy(clone, 'Alice', ['README.md']);
      const cut = await shallow(1);
      for (const range of [`${from}..HEAD`, 'HEAD~2..HEAD']) {
        const gate = await cut.lease(['gate', '--range', range]);
        expect(gate.status).toBe(2);
        expect(gate.stderr).toContain('shallow');
        expect(gate.stderr).toContain('fetch-depth: 0');
        expect(gate.stderr).toContain('GIT_DEPTH: 0');
      }
    });

    it('refuses a range that ends where the history is cut off', async () => {
      await commitBy(clone, 'Alice', ['README.md']);
      await commitBy(clone, 'Alice', ['README.md']);
      const cut = await shallow(1);
      const gate = await cut.lease(['gate', '--range', 'origin/main..HEAD']);
      expect(gate.status).toBe(2);
      expect(gate.stderr).toContain('does not have the parents');
      await cut.git('fetch', '--quiet', '--unshallow');
      expect((await cut.lease(['gate', '--range', 'origin/main..HEAD'])).status).toBe(0);
    });

    it('judges what it has all of', async () => {
      await commitBy(clone, 'Alice', ['README.md']);
      await commitBy(clone, 'Alice', [RFC_FILE]);
      const cut = await shallow(2);
      const { documents } = await cut.json(['gate', '--range', 'HEAD~1..HEAD']);
      expect(documents).toMatchObject([{ id: 'RFC-001', paths: [RFC_FILE], agents: ['Alice'] }]);
    });
  });

  describe('of a branch that is new', () => {
    it.each([['--range'], ['--push']])('asks with %s what was accepted before', async (how) => {
      const head = await commitBy(clone, 'Alice', [RFC_FILE]);
      const line = `refs/heads/topic ${head} refs/heads/topic ${ZEROS}`;
      const args = how === '--range' ? ['--range', `${ZEROS}..${head}`] : ['--push'];
      await clone.git('remote', 'set-head', 'origin', '--delete');
      const input = `${line}\n`;
      const unknown = await clone.lease(['gate', ...args], { input });
      expect(unknown.status).toBe(2);
      expect(unknown.stderr).toContain('--base origin/main');
      const { documents } = await clone.json(['gate', ...args, '--base', 'origin/main'], { input });
      expect(documents).toMatchObject([{ id: 'RFC-001', commits: [head] }]);
      const wrong = await clone.lease(['gate', ...args, '--base', 'origin/nothing'], { input });
      expect(wrong.status).toBe(2);
      expect(wrong.stderr).toContain('origin/nothing');
    });

    it('begins where the default branch of the remote is, if this clone knows it', async () => {
      const head = await commitBy(clone, 'Alice', [RFC_FILE]);
      const { stdout } = await push(`refs/heads/topic ${head} refs/heads/topic ${ZEROS}`, '--json');
      expect(JSON.parse(stdout).documents).toMatchObject([{ id: 'RFC-001', commits: [head] }]);
    });

    it('judges all commits of a first push, of which nothing was accepted', async () => {
      const head = await clone.git('rev-parse', 'HEAD');
      const line = `refs/heads/main ${head} refs/heads/main ${ZEROS}`;
      for (const base of [[], ['--base', 'origin/main']]) {
        const { stdout } = await push(line, '--json', ...base);
        const { documents } = JSON.parse(stdout);
        expect(documents.map(({ id }: { id: string }) => id)).toEqual([
          ...['RFC-001', 'RFC-002', 'STORY-042'],
        ]);
      }
    });
  });

  describe('of refs that were pushed', () => {
    it('judges what is new in each, also where another branch of the remote has it', async () => {
      const old = await clone.git('rev-parse', 'HEAD');
      const head = await commitBy(clone, 'Alice', [RFC_FILE]);
      await clone.git('push', '--quiet', 'origin', 'HEAD:topic', 'HEAD:main');
      const main = `refs/heads/main ${head} refs/heads/main ${old}`;
      expect((await push(main)).status).toBe(1);
      // What one ref had already is new to the other.
      const topic = `refs/heads/topic ${head} refs/heads/topic ${head}`;
      expect((await push(topic)).status).toBe(0);
      expect((await push(`${topic}\n${main}`)).status).toBe(1);
      await clone.lease(['--agent-id', 'Alice', 'claim', 'RFC-001']);
      expect((await push(`${topic}\n${main}`)).status).toBe(0);
    });

    it('passes over refs that are deleted, and over leases', async () => {
      const head = await clone.git('rev-parse', 'HEAD');
      const gone = `(delete) ${ZEROS} refs/heads/topic ${head}`;
      const lease = `${head} ${head} refs/lazyspec/leases/rfc/RFC-001 ${ZEROS}`;
      expect(await push(`${gone}\n${lease}`)).toMatchObject({ status: 0 });
    });

    it('judges a branch that was rewritten from its base on, and says so', async () => {
      const gone = '1'.repeat(40);
      const head = await commitBy(clone, 'Alice', [RFC_FILE]);
      const topic = `refs/heads/topic ${head} refs/heads/topic ${gone}`;
      const gate = await push(topic, '--base', 'origin/main');
      expect(gate.status).toBe(1);
      expect(gate.stderr).toContain('judged from origin/main on');
      // Of main itself that would be nothing at all.
      await clone.git('push', '--quiet', 'origin', 'HEAD:main');
      const main = `refs/heads/main ${head} refs/heads/main ${gone}`;
      const refused = await push(main, '--base', 'origin/main');
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(gone);
    });

    it.each([
      ['nothing', ''],
      ['nonsense', 'main'],
    ])('does not pass because stdin says %s', async (_, input) => {
      const gate = await clone.lease(['gate', '--push'], { input });
      expect(gate.status).toBe(2);
      expect(gate.stderr).toContain('which refs');
    });

    it('does not pass for a commit that is not here', async () => {
      const line = `refs/heads/main ${'1'.repeat(40)} refs/heads/main ${ZEROS}`;
      expect((await push(line)).status).toBe(2);
    });

    it('judges what a tag brings', async () => {
      await commitBy(clone, 'Alice', [OTHER_FILE]);
      await clone.git('tag', '--annotate', '--message', 'v1', 'v1');
      const tag = await clone.git('rev-parse', 'v1');
      const { stdout } = await push(`refs/tags/v1 ${tag} refs/tags/v1 ${ZEROS}`, '--json');
      expect(JSON.parse(stdout).documents).toMatchObject([{ id: 'RFC-002' }]);
    });
  });

  it('is by the rules of what the commits start from', async () => {
    const begun = await clone.git('rev-parse', 'HEAD');
    const gone = await commitBy(clone, 'Alice', [RFC_FILE]);
    clone.write({ '.lazyspec.toml': '' });
    await commitBy(clone, 'Alice', [OTHER_FILE]);
    const line = `refs/heads/main HEAD refs/heads/main ${begun}`.replace('HEAD', gone);
    expect((await push(line)).status).toBe(1);
    const whole = await clone.json(['gate', '--range', `${begun}..HEAD`]);
    expect(whole.documents).toMatchObject([{ id: 'RFC-001' }, { id: 'RFC-002' }]);
  });

  it('leaves out another project that is added below a folder, and finds what a merge sets back', async () => {
    const begun = await clone.git('rev-parse', 'HEAD');
    const tree = await clone.git('rev-parse', 'HEAD:docs');
    const lib = await clone.git('commit-tree', tree, '-m', 'Lib');
    const { stdout } = await clone.tryGit(['mktree'], { input: `040000 tree ${tree}\tdocs\n` });
    const foreign = await clone.git('commit-tree', stdout.trim(), '-p', lib, '-m', 'Lib again');
    const args = ['-s', 'ours', '--quiet', '--no-edit', '--allow-unrelated-histories', foreign];
    await clone.git('merge', ...args);
    await clone.git('read-tree', '--prefix=lib/', foreign);
    await clone.git('commit', '--quiet', '--amend', '--no-edit');
    expect(await clone.json(['gate', '--range', `${begun}..HEAD`])).toMatchObject({
      documents: [],
    });

    await commitBy(clone, 'Bob', [OTHER_FILE]);
    await clone.git('branch', 'theirs');
    await clone.git('checkout', '--quiet', '-b', 'side', begun);
    await commitBy(clone, 'Alice', ['README.md']);
    await clone.git('merge', '--quiet', '--no-edit', '-s', 'ours', 'theirs');
    const range = ['gate', '--range', 'theirs..HEAD'];
    expect((await clone.json(range)).documents).toMatchObject([{ id: 'RFC-002' }]);
    const [before, after] = await Promise.all([
      clone.git('rev-parse', 'theirs'),
      clone.git('rev-parse', begun),
    ]);
    const forced = await push(`refs/heads/x ${after} refs/heads/x ${before}`, '--json');
    expect(JSON.parse(forced.stdout).documents).toMatchObject([{ id: 'RFC-002' }]);
  });

  it('passes where what the commits start from gates nothing, and asks no remote', async () => {
    clone.write({ '.lazyspec.toml': '' });
    const begun = await commitBy(clone, 'Alice', []);
    clone.write({ '.lazyspec.toml': '[coordination]\n' });
    const head = await commitBy(clone, 'Alice', [RFC_FILE]);
    const git = sandbox.countingGit();
    const line = `refs/heads/main ${head} refs/heads/main ${begun}`;
    const range = ['gate', '--range', `${begun}..HEAD`];
    expect((await clone.lease(range, { env: git.env })).status).toBe(0);
    expect(
      (await clone.lease(['gate', '--push'], { env: git.env, input: `${line}\n` })).status,
    ).toBe(0);
    expect(git.calls()).not.toContain('fetch');
  });
});
