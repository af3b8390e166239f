import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001 } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

const RFC_002 = 'refs/lazyspec/leases/rfc/RFC-002';

describe('gate', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  it('passes and asks git nothing where there is no [coordination]', async () => {
    clone.write({ '.lazyspec.toml': '' });
    for (const args of [['gate', 'RFC-001'], ['gate']]) {
      const git = sandbox.countingGit();
      expect((await clone.lease(args, { env: git.env })).status).toBe(0);
      expect(git.calls()).toEqual([]);
    }
  });

  it('passes a document that I hold', async () => {
    await clone.lease(['claim', 'RFC-001']);
    const result = await clone.json(['gate', 'RFC-001']);
    expect(result).toMatchObject({ ok: true, documents: [{ id: 'RFC-001', verdict: 'pass' }] });
  });

  it('is silent about files that are no documents', async () => {
    const words = [
      'README.md',
      'new.js',
      'Makefile',
      'yarn.lock',
      '.gitignore',
      'a b',
      'RFC-new.md',
    ];
    for (const name of [...words, './README.md', 'src/main.c', clone.at('README.md')]) {
      expect([name, (await clone.lease(['gate', name])).status]).toEqual([name, 0]);
    }
    expect((await clone.lease(['gate', 'README.md', 'RFC-001'])).status).toBe(1);
  });

  it('takes a word in the shape of an id for an id, unless there is such a file', async () => {
    for (const name of ['UNKNOWN-001', 'RCF-1', 'RCF-001-title', 'RFC-001.lock', '']) {
      expect([name, (await clone.lease(['gate', '--', name])).status]).toEqual([name, 2]);
    }
    clone.write({ 'UNKNOWN-001': 'a file' });
    expect((await clone.lease(['gate', 'UNKNOWN-001'])).status).toBe(0);
    expect((await clone.lease(['gate', 'UNKNOWN-001'], { cwd: clone.at('docs') })).status).toBe(2);
  });

  it('judges a word that would be the file of a document here, there or not', async () => {
    const type = 'name = "adr"\ndir = "adr"\nprefix = "ADR"\nmatch = "{n:04}-{title}.md"';
    clone.write({ '.lazyspec.toml': `[[types]]\n${type}\n[coordination]\n`, 'adr/README.md': '' });
    const here = { cwd: clone.at('adr') };
    expect((await clone.lease(['gate', '0001-new.md'], here)).status).toBe(1);
    expect((await clone.lease(['claim', '0001-new.md'], here)).status).toBe(0);
    expect((await clone.lease(['gate', '0001-new.md'], here)).status).toBe(0);
    expect((await clone.lease(['gate', '0001-new.md'])).status).toBe(0);
  });

  it('judges a path through a symbolic link as commits do: as git tracks the file', async () => {
    mkdirSync(clone.at('spec'));
    clone.write({ 'spec/RFC-009.md': 'x' });
    symlinkSync('docs/rfcs', clone.at('linked'));
    symlinkSync('../../spec', clone.at('docs/stories/more'));
    symlinkSync('../../README.md', clone.at('docs/rfcs/RFC-005-link.md'));
    const status = async (name: string) => (await clone.lease(['gate', name])).status;
    expect(await status('linked/RFC-001-some-title.md')).toBe(1);
    expect(await status('linked/RFC-004-new/text.md')).toBe(1);
    expect(await status('docs/stories/more/RFC-009.md')).toBe(0);
    // Of a link that is a file, git tracks the link.
    expect(await status('docs/rfcs/RFC-005-link.md')).toBe(1);
    const claim = await clone.lease(['claim', 'docs/stories/more/RFC-009.md']);
    expect(claim).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no [[types]] entry governs spec/RFC-009.md'),
    });
  });

  it('passes files of a submodule, which are in no commit here', async () => {
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
    await clone.git(...add, sandbox.remote, 'docs/rfcs/module');
    const path = 'docs/rfcs/module/docs/rfcs/RFC-001-some-title.md';
    expect((await clone.lease(['gate', path])).status).toBe(0);
    expect((await clone.lease(['claim', path])).status).toBe(2);
    expect((await clone.lease(['gate', 'docs/rfcs/RFC-001-some-title.md'])).status).toBe(1);
  });

  it('refuses a document without a lease, with the command that claims it', async () => {
    const gate = await clone.lease(['gate', 'RFC-001']);
    expect(gate.status).toBe(1);
    expect(gate.stderr).toMatch(
      /RFC-001: document is not claimed\. Run `.*lazyspec-lease claim RFC-001` first\./,
    );
  });

  it("refuses a document that another holds, with the holder's name", async () => {
    await plant(sandbox, { content: leaseOf('agent-b') });
    const { stderr, status } = await clone.lease(['gate', 'docs/rfcs/RFC-001-some-title.md']);
    expect(status).toBe(1);
    expect(stderr).toContain("document is not claimed by you (held by 'agent-b')");
  });

  it('refuses a lease of mine that has run out', async () => {
    await plant(sandbox, { content: leaseOf('agent-a', 3700), committed: now() - 3700 });
    const gate = await clone.lease(['gate', 'RFC-001']);
    expect(gate.status).toBe(1);
    expect(gate.stderr).toContain('lazyspec-lease heartbeat RFC-001');
    expect((await clone.json(['gate', 'RFC-001'])).documents[0].verdict).toBe('LEASE_EXPIRED');
  });

  it('is not fooled by a stale local copy of a lease that is gone', async () => {
    await clone.lease(['claim', 'RFC-001']);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    expect(await clone.git('for-each-ref', '--format=%(refname)', RFC_001)).toBe(RFC_001);
    expect((await clone.json(['gate', 'RFC-001'])).documents[0].verdict).toBe('NOT_CLAIMED');
  });

  it('reports all refusals together', async () => {
    await plant(sandbox, { content: leaseOf('agent-b') });
    await plant(sandbox, { ref: RFC_002, content: '{}' });
    const result = await clone.json(['gate', 'RFC-001', 'RFC-002', 'STORY-042']);
    expect(result.ok).toBe(false);
    expect(result.documents).toMatchObject([
      { id: 'RFC-001', verdict: 'HELD_BY_OTHER', holder: 'agent-b' },
      { id: 'RFC-002', verdict: 'MALFORMED_LEASE' },
      { id: 'STORY-042', verdict: 'NOT_CLAIMED' },
    ]);
  });

  it('makes one connection for any number of documents', async () => {
    const git = sandbox.countingGit();
    await clone.lease(['gate', 'RFC-001', 'RFC-002', 'STORY-042'], { env: git.env });
    expect(git.calls().filter((call) => call === 'fetch' || call === 'push')).toEqual(['fetch']);
  });

  it('refuses where the remote cannot be reached, with exit status 3', async () => {
    await clone.lease(['claim', 'RFC-001']);
    await clone.git('remote', 'set-url', 'origin', 'git://127.0.0.1:1/none.git');
    const gate = await clone.lease(['gate', 'RFC-001', '--json']);
    expect(gate.status).toBe(3);
    expect(JSON.parse(gate.stdout).error.code).toBe('REMOTE_UNREACHABLE');
  });

  it('passes on the cached view with offline = "allow-held", for what I hold only', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\n[gate]\noffline = "allow-held"\n' });
    await clone.lease(['claim', 'RFC-001']);
    await clone.git('remote', 'set-url', 'origin', 'git://127.0.0.1:1/none.git');
    const held = await clone.lease(['gate', 'RFC-001']);
    expect(held).toMatchObject({ status: 0, stderr: expect.stringContaining('warning:') });
    expect((await clone.lease(['gate', 'RFC-002'])).status).toBe(3);
  });

  describe('without a document', () => {
    it('passes with any live lease of mine', async () => {
      await clone.lease(['claim', 'STORY-042']);
      expect((await clone.lease(['gate'])).status).toBe(0);
    });

    it.each([
      ['none at all', async () => {}],
      ["only others' leases", (s: Sandbox) => plant(s, { content: leaseOf('agent-b') })],
      ['only expired ones', (s: Sandbox) => plant(s, { content: leaseOf('agent-a', 9000) })],
    ])('refuses with %s', async (_, prepare) => {
      await prepare(sandbox);
      const gate = await clone.lease(['gate']);
      expect(gate.status).toBe(1);
      expect(gate.stderr).toMatch(/no active lease\. Run `.*lazyspec-lease claim <id>` first\./);
    });

    it('falls back to the cached view with a warning where the fetch fails', async () => {
      await clone.lease(['claim', 'STORY-042']);
      await clone.git('remote', 'set-url', 'origin', 'git://127.0.0.1:1/none.git');
      const gate = await clone.lease(['gate']);
      expect(gate).toMatchObject({ status: 0, stderr: expect.stringContaining('warning:') });
      renameSync(sandbox.remote, `${sandbox.remote}.away`);
      await clone.git('update-ref', '-d', 'refs/lazyspec/leases/story/STORY-042');
      expect((await clone.lease(['gate'])).status).toBe(1);
    });
  });

  describe('over a range of commits', () => {
    it('judges what the commits change', async () => {
      clone.write({ 'docs/rfcs/RFC-001-some-title.md': 'changed', 'README.md': 'changed' });
      await clone.git('commit', '--quiet', '--all', '--message', 'Change');
      const result = await clone.json(['gate', '--range', 'origin/main..HEAD']);
      expect(result.documents).toMatchObject([
        { id: 'RFC-001', verdict: 'NOT_CLAIMED', paths: ['docs/rfcs/RFC-001-some-title.md'] },
      ]);
      await clone.lease(['claim', 'RFC-001']);
      expect((await clone.lease(['gate', '--range', 'origin/main..HEAD'])).status).toBe(0);
    });

    it('takes a rename to another id for no creation, wherever it is asked from', async () => {
      await clone.lease(['claim', 'RFC-001']);
      await clone.git('checkout', '--quiet', '-b', 'renaming');
      await clone.git('mv', 'docs/rfcs/RFC-001-some-title.md', 'docs/rfcs/RFC-009-title.md');
      await clone.git('commit', '--quiet', '--message', 'Rename');
      for (const branch of ['renaming', 'main']) {
        await clone.git('checkout', '--quiet', branch);
        const { documents } = await clone.json(['gate', '--range', 'origin/main..renaming']);
        expect(documents).toMatchObject([
          { id: 'RFC-001', verdict: 'pass' },
          { id: 'RFC-009', verdict: 'NOT_CLAIMED' },
        ]);
      }
    });

    it('takes a document that was created and then edited for a created one, once', async () => {
      await clone.lease(['claim', 'STORY-042']);
      const path = 'docs/rfcs/RFC-050-new.md';
      for (const content of ['one', 'two']) {
        clone.write({ [path]: content });
        await clone.git('add', '--all');
        await clone.git('commit', '--quiet', '--message', content);
      }
      const { ok, documents } = await clone.json(['gate', '--range', 'origin/main..HEAD']);
      expect(ok).toBe(true);
      expect(documents).toMatchObject([{ id: 'RFC-050', created: true, paths: [path] }]);
    });

    it.each([
      ...['nonsense', '..', '--all', 'origin/main..no-such-branch'],
      // These git would read as something else.
      ...['origin/main...HEAD', 'origin/main..HEAD..HEAD'],
    ])('refuses %s as a range', async (range) => {
      const gate = await clone.lease(['gate', `--range=${range}`]);
      expect(gate.status).toBe(2);
      expect(gate.stderr).toContain('is not a range of commits');
    });
  });
});
