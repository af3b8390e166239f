import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { becomes } from '../../helpers/behind.ts';
import { plant, remoteLease } from '../../helpers/leases.ts';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { worldOf } from '../install/managers/plugged.ts';
import {
  claim,
  commitAll,
  expectPassed,
  guardedClone,
  install,
  RFC_1,
  RFC_2,
  release,
  STORY,
  sneak,
} from './guarded.ts';
import { countNode } from './shells.ts';

const ON = `${DOCUMENTS['.lazyspec.toml']}[comfort]\nread_only = true\n`;

/** Commits files past the hook, also such as are read-only. */
function written(clone: Clone, files: Record<string, string>): Promise<string> {
  for (const path of Object.keys(files)) rmSync(clone.at(path), { force: true });
  return sneak(clone, files);
}

describe('with read_only = true the files of documents', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': ON });
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  const mode = (path: string, at = clone) => statSync(at.at(path)).mode & 0o777;
  const writable = (at = clone) =>
    [RFC_1, RFC_2, STORY, 'README.md'].filter((path) => (mode(path, at) & 0o222) !== 0);

  it('are read-only but for what is claimed, and git sees no change in that', async () => {
    expect(writable()).toEqual(['README.md']);
    expect(mode(RFC_1)).toBe(0o444);
    await claim(clone, 'RFC-001', 'STORY-042');
    expect(writable()).toEqual([RFC_1, STORY, 'README.md']);
    expect(mode(RFC_1)).toBe(0o644);
    await release(clone, 'RFC-001');
    expect(writable()).toEqual([STORY, 'README.md']);
    expect(await clone.git('diff-files')).toBe('');
  });

  it('are read-only again once the lease turns out to be lost', async () => {
    await claim(clone, 'RFC-001');
    const theirs = { agent: 'agent-b', acquired: 1, expires: 4e9, ttl: 60 };
    await plant(sandbox, { content: theirs });
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(1);
    expect(writable()).toEqual(['README.md']);
  });

  it('are so after a checkout, a merge, a pull and a new commit, which write them anew', async () => {
    await written(clone, { [RFC_1]: 'one\n', 'docs/rfcs/RFC-050-new.md': 'new\n' });
    await clone.git('checkout', '--quiet', 'HEAD~1');
    expect(writable()).toEqual(['README.md']);
    await clone.git('checkout', '--quiet', 'main');
    expect(writable()).toEqual(['README.md']);
    expect(mode('docs/rfcs/RFC-050-new.md')).toBe(0o444);
    await clone.git('checkout', '--quiet', 'HEAD~1', '--', RFC_1);
    expect(writable()).toEqual(['README.md']);
    await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
    const theirs = await sandbox.clone('theirs');
    await written(theirs, { [RFC_2]: 'theirs\n' });
    await theirs.git('push', '--quiet', 'origin', 'HEAD');
    await clone.git('pull', '--quiet', '--ff-only');
    expect(clone.read(RFC_2)).toBe('theirs\n');
    expect(writable()).toEqual(['README.md']);
    // A new document under the lease of another: what is not claimed itself cannot be written.
    await claim(clone, 'RFC-001');
    clone.write({ 'docs/rfcs/RFC-060-new.md': 'new\n' });
    expectPassed(await commitAll(clone));
    await becomes(() => mode('docs/rfcs/RFC-060-new.md') === 0o444);
    expect(writable()).toEqual([RFC_1, 'README.md']);
  });

  it('are so in a new work tree, by what is claimed there', async () => {
    await claim(clone, 'RFC-001');
    await clone.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    const linked = new Clone(sandbox, `${sandbox.folder}/linked`);
    expect(writable(linked)).toEqual([RFC_1, 'README.md']); // the same agent holds it
    const claimed = await linked.lease(['--agent-id', 'agent-b', 'claim', 'RFC-002']);
    expect(claimed.status).toBe(0);
    expect(writable(linked)).toEqual([RFC_2, 'README.md']);
    // Seen by the hook as agent-a, whose lease is not from here; what was claimed here stays writable.
    rmSync(linked.at(STORY));
    await linked.git('checkout', '--quiet', '--', STORY);
    expect(writable(linked)).toEqual([RFC_1, RFC_2, 'README.md']);
    expect(writable()).toEqual([RFC_1, 'README.md']);
  });

  it('are left as they are while another process sets them, and its lock as well', async () => {
    const lock = clone.at('.git/lazyspec/lock-read-only-.git');
    const owner = `${process.pid}-${Date.now()}-other`;
    mkdirSync(lock);
    writeFileSync(`${lock}/${owner}`, '');
    const ran = await clone.lease(['claim', 'RFC-001']);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('may be read-only') });
    expect(writable()).toEqual(['README.md']);
    expect(readdirSync(lock)).toEqual([owner]);
    rmSync(lock, { recursive: true });
    await claim(clone, 'RFC-001');
    expect(writable()).toEqual([RFC_1, 'README.md']);
  });

  it('start no Node where a checkout or merge writes none of them', async () => {
    await clone.git('branch', 'before');
    await written(clone, { 'other.md': 'other\n' });
    await clone.git('checkout', '--quiet', 'before');
    const { starts } = countNode(clone);
    await clone.git('checkout', '--quiet', 'main');
    await clone.git('checkout', '--quiet', '--', 'README.md');
    await clone.git('checkout', '--quiet', 'before');
    await clone.git('merge', '--quiet', 'main');
    expect(starts()).toBe(0);
    clone.write({ 'README.md': 'changed\n' });
    expectPassed(await commitAll(clone));
    expect(starts()).toBe(0);
    rmSync(clone.at(RFC_1));
    await clone.git('checkout', '--quiet', '--force');
    expect(starts()).toBe(1);
    expect(writable()).toEqual(['README.md']);
  });

  it('are changed only inside the work tree: no link is followed, and no other name', async () => {
    const outside = `${sandbox.folder}/outside`;
    mkdirSync(outside);
    for (const name of ['RFC-001-x.md', 'RFC-070-x.md', 'RFC-071-x.md']) {
      writeFileSync(`${outside}/${name}`, 'theirs\n');
    }
    const open = () =>
      ['RFC-001-x.md', 'RFC-070-x.md', 'RFC-071-x.md'].map(
        (name) => statSync(`${outside}/${name}`).mode & 0o777,
      );
    await written(clone, {
      'docs/rfcs/RFC-070-x.md': 'mine\n',
      'docs/rfcs/RFC-071-x.md': 'mine\n',
      'docs/rfcs/deep/RFC-001-x.md': 'mine\n',
    });
    for (const name of ['RFC-070-x.md', 'RFC-071-x.md', 'deep']) {
      rmSync(clone.at('docs/rfcs', name), { recursive: true });
    }
    symlinkSync(`${outside}/RFC-070-x.md`, clone.at('docs/rfcs/RFC-070-x.md'));
    linkSync(`${outside}/RFC-071-x.md`, clone.at('docs/rfcs/RFC-071-x.md'));
    symlinkSync(outside, clone.at('docs/rfcs/deep'));
    await claim(clone, 'STORY-042');
    expect(open()).toEqual([0o644, 0o644, 0o644]);
    for (const name of ['RFC-001-x.md', 'RFC-070-x.md', 'RFC-071-x.md']) {
      chmodSync(`${outside}/${name}`, 0o444);
    }
    await claim(clone, 'RFC-001', 'RFC-070', 'RFC-071');
    expect(open()).toEqual([0o444, 0o444, 0o444]);
  });

  it('can be written again once the key is off, with the next command or install', async () => {
    chmodSync(clone.at('README.md'), 0o444);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'] });
    await claim(clone, 'RFC-001');
    expect(writable()).toEqual([RFC_1, RFC_2, STORY]);
    clone.write({ '.lazyspec.toml': ON });
    await install(clone);
    expect(writable()).toEqual([RFC_1]);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'] });
    await install(clone);
    expect(writable()).toEqual([RFC_1, RFC_2, STORY]);
    for (const hook of ['post-commit', 'post-checkout', 'post-merge']) {
      expect(clone.has(`.git/hooks/${hook}`)).toBe(false);
    }
  });

  it('are all as they were after uninstall, in every work tree, whatever the configuration', async () => {
    const other = await sandbox.clone('agent-b');
    chmodSync(other.at(RFC_2), 0o444); // by hand, and so not ours to give back
    chmodSync(other.at(STORY), 0o640);
    const before = worldOf(other.path);
    await install(other);
    expect(mode(STORY, other)).toBe(0o440);
    await other.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    const linked = new Clone(sandbox, `${sandbox.folder}/linked`);
    expect(writable(linked)).toEqual(['README.md']);
    const config = other.read('.lazyspec.toml');
    other.write({ '.lazyspec.toml': '[coordination' });
    expect((await other.hooks(['uninstall'])).status).toBe(0);
    other.write({ '.lazyspec.toml': config });
    expect(writable(linked)).toEqual([RFC_1, RFC_2, STORY, 'README.md']);
    await other.git('worktree', 'remove', '--force', linked.path);
    expect(worldOf(other.path)).toEqual(before);
  });

  it('change nothing for the commit, nor for doctor', async () => {
    const lease = await remoteLease(sandbox);
    const told = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
    const fires = told.findings.filter(({ check }: { check: string }) => check === 'fires');
    expect(fires.map(({ state }: { state: string }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(await remoteLease(sandbox)).toBe(lease);
    expect(writable()).toEqual(['README.md']);
  });
});
