import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';

describe('the main job', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    await clone.hooks(['install']);
  });
  afterAll(() => sandbox.dispose());

  it('refuses a commit of an unclaimed document, and tells what to do', async () => {
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n' });
    const commit = await clone.tryGit(['commit', '--all', '--message', 'Change']);
    expect(commit.status).toBe(1);
    expect(commit.stderr).toContain('RFC-001: document is not claimed.');
    expect(commit.stderr).toContain('lazyspec-lease claim RFC-001');
    expect(commit.stderr).toContain('docs/rfcs/RFC-001-some-title.md');
  });

  it('lets the commit through once the document is claimed', async () => {
    const claim = await clone.lease(['claim', 'RFC-001']);
    expect(claim.stderr).toBe('');
    expect(claim.stdout).toMatch(
      /^Claimed RFC-001 \(agent=agent-a, expires=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)\n$/,
    );
    const commit = await clone.tryGit(['commit', '--all', '--message', 'Change']);
    expect(commit).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses the same document to everybody else, and names the holder', async () => {
    const other = await sandbox.clone('agent-b');
    await other.hooks(['install']);
    other.write({ 'docs/rfcs/RFC-001-some-title.md': '# Mine\n' });
    const commit = await other.tryGit(['commit', '--all', '--message', 'Mine']);
    expect(commit.status).toBe(1);
    expect(commit.stderr).toContain("RFC-001: document is not claimed by you (held by 'agent-a')");
  });

  it('gives the document back', async () => {
    expect(await clone.lease(['release', 'RFC-001'])).toMatchObject({
      status: 0,
      stdout: 'Released RFC-001\n',
      stderr: '',
    });
    const refs = await sandbox.git(sandbox.remote, 'for-each-ref', 'refs/lazyspec');
    expect(refs).toBe('');
  });
});
