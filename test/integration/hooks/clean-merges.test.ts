import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Ran, RunOptions } from '../../helpers/sandbox.ts';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  expectPassed,
  expectRefused,
  guardedClone,
  RFC_1,
  RFC_2,
  release,
  STORY,
  sneak,
  startOver,
} from './guarded.ts';

const LINES = Array.from({ length: 20 }, (_, line) => `line ${line}\n`);
const changedAt = (line: number, text: string) =>
  LINES.map((old, number) => (number === line ? `${text}\n` : old)).join('');

describe('merges that git commits by itself', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({
      '.lazyspec.toml': '[coordination]\nremote = "origin"\n',
      [RFC_1]: LINES.join(''),
      [RFC_2]: '# Two\n',
      [STORY]: '# Story\n',
      'README.md': '# Project\n',
    });
    const other = await sandbox.clone('agent-b');
    const branches = {
      one: { [RFC_1]: changedAt(2, 'theirs') },
      two: { [RFC_2]: '# Theirs\n' },
      three: { [STORY]: '# Theirs\n', 'docs/rfcs/RFC-050-new.md': '# New\n' },
    };
    for (const [branch, files] of Object.entries(branches)) {
      await other.git('checkout', '--quiet', '-b', branch, 'origin/main');
      await sneak(other, files, branch);
    }
    await other.git('push', '--quiet', 'origin', '--all');
    // Whoever merges needs no claim of theirs: agent-b still holds it.
    await claim(other, 'RFC-002', 'STORY-042');
    clone = await guardedClone(sandbox);
  });
  afterEach(async () => {
    await clone.tryGit(['merge', '--abort']);
    await startOver(clone);
  });
  afterAll(() => sandbox.dispose());

  function merge(args: string[], options: RunOptions = {}, tree = clone): Promise<Ran> {
    return tree.tryGit(['merge', '--quiet', '--no-edit', ...args], options);
  }

  const mergesAtHead = () => clone.git('log', '-1', '--format=%P');

  /** agent-a's own half of the document that branch `one` changes as well. */
  async function oursInRfc1(): Promise<void> {
    await sneak(clone, { [RFC_1]: changedAt(17, 'ours') });
  }

  it('pass where each document comes from one side only', async () => {
    await oursInRfc1();
    expectPassed(await merge(['origin/two']));
    expect(await mergesAtHead()).toMatch(/^\w+ \w+$/);
    expect(clone.read(RFC_2)).toBe('# Theirs\n');
  });

  it('are refused where both sides are put together in one document, until it is claimed', async () => {
    await oursInRfc1();
    const refused = await merge(['origin/one']);
    expectRefused(refused, 'RFC-001');
    expect(await mergesAtHead()).toMatch(/^\w+$/);

    // git keeps the merge, to be concluded: then it is for pre-commit to judge.
    expectRefused(await clone.tryGit(['commit', '--quiet', '--no-edit']), 'RFC-001');
    await claim(clone, 'RFC-001');
    expectPassed(await clone.tryGit(['commit', '--quiet', '--no-edit']));
    expect(await mergesAtHead()).toMatch(/^\w+ \w+$/);

    await startOver(clone);
    await oursInRfc1();
    expectPassed(await merge(['origin/one']));
    await release(clone, 'RFC-001');
  });

  it('are judged against every parent of an octopus', async () => {
    await oursInRfc1();
    expectPassed(await merge(['origin/two', 'origin/three']));
    expect(await mergesAtHead()).toMatch(/^\w+ \w+ \w+$/);

    await startOver(clone);
    await oursInRfc1();
    expectRefused(await merge(['origin/two', 'origin/one', 'origin/three']), 'RFC-001');
  });

  it('pass with a document that is new on the other side', async () => {
    await sneak(clone, { 'README.md': '# Ours\n' });
    expectPassed(await merge(['origin/three']));
  });

  it('are judged where no fast-forward is wanted, and where git pull makes them', async () => {
    expectPassed(await merge(['--no-ff', 'origin/two']));
    expect(await mergesAtHead()).toMatch(/^\w+ \w+$/);
    await startOver(clone);
    await oursInRfc1();
    const pull = ['pull', '--quiet', '--no-edit', '--no-rebase', 'origin', 'one'];
    expectRefused(await clone.tryGit(pull), 'RFC-001');
  });

  it('are judged from a subfolder, and in a linked work tree', async () => {
    await oursInRfc1();
    expectRefused(await clone.tryGit(['-C', 'docs', 'merge', '-q', 'origin/one']), 'RFC-001');
    await clone.git('merge', '--abort');

    const linked = new Clone(sandbox, join(sandbox.folder, 'linked tree'));
    await clone.git('worktree', 'add', '--quiet', '--detach', linked.path);
    expectRefused(await merge(['origin/one'], {}, linked), 'RFC-001');
    await linked.git('merge', '--abort');
    expectPassed(await merge(['origin/two'], {}, linked));
    await clone.git('worktree', 'remove', '--force', linked.path);
  });

  it('are judged with what the merge brings as configuration', async () => {
    await clone.git('checkout', '--quiet', '-b', 'configures');
    const config = '[coordination]\n[[types]]\nname = "note"\ndir = "notes"\nprefix = "NOTE"\n';
    await sneak(clone, { '.lazyspec.toml': config, 'notes/NOTE-1.md': LINES.join('') });
    const base = await clone.git('rev-parse', 'HEAD');
    await sneak(clone, { 'notes/NOTE-1.md': changedAt(2, 'theirs') });
    await clone.git('checkout', '--quiet', '-b', 'ours', base);
    await sneak(clone, { 'notes/NOTE-1.md': changedAt(17, 'ours') });
    expectRefused(await merge(['configures']), 'NOTE-1');
    await clone.git('merge', '--abort');
    await clone.git('checkout', '--quiet', 'main');
  });

  describe('by what git says of the other parents', () => {
    /** The hook as git would run it, in an index in which both sides of RFC-001 are together. */
    async function hookWith(heads: Record<string, string>): Promise<Ran> {
      return clone.hooks(['run', 'pre-merge-commit'], { env: heads });
    }
    const of = async (revision: string) => {
      return { [`GITHEAD_${await clone.git('rev-parse', revision)}`]: revision };
    };

    beforeAll(() => startOver(clone));

    it('are judged against HEAD alone where it says nothing', async () => {
      await clone.git('merge', '--quiet', '--squash', 'origin/two');
      expectRefused(await hookWith({}), 'RFC-002');
      expectPassed(await hookWith(await of('origin/two')));
    });

    it('do not believe in parents that are not here, no commits, or no parents any more', async () => {
      const before = await clone.git('rev-parse', 'HEAD');
      await sneak(clone, { [RFC_2]: '# Changed\n' });
      clone.write({ [RFC_2]: '# Two\n' }); // as in the commit before: a change of ours
      await clone.git('add', '--all');
      expectRefused(await hookWith({ [`GITHEAD_${before}`]: 'left over' }), 'RFC-002');
      expectRefused(await hookWith({ [`GITHEAD_${'1'.repeat(40)}`]: 'elsewhere' }), 'RFC-002');
      expectRefused(await hookWith({ GITHEAD_12: 'short', 'GITHEAD_-x': 'odd' }), 'RFC-002');
      expectRefused(await hookWith(await of(`HEAD:${RFC_1}`)), 'RFC-002');
      expectRefused(await hookWith({ GITHEAD_HEAD: 'no id' }), 'RFC-002');
    });
  });
});
