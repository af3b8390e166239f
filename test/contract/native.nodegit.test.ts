/** What the store on nodegit does itself, and what it leaves to git. */
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodegitStore } from '../../src/git/nodegit.ts';
import type { Nodegit } from '../../src/git/nodegit-binding.ts';
import { plumbingStore } from '../../src/git/plumbing.ts';
import type { RefStore } from '../../src/git/ref-store.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { chosenStore, countingGit, nodegit } from './native.ts';
import { contentOf, lease } from './ref-store-suite.ts';
import { commitOf, leaseRefs, RFC_1, RFC_2 } from './worlds.ts';

/** nodegit, but for how it treats blobs. */
function withBlob(blob: Partial<Nodegit['Blob']>): Nodegit {
  const { Repository, Reference, Commit, Tree, Treebuilder, Blob } = nodegit();
  const { lookup, createFromBuffer } = Blob;
  return {
    ...{ Repository, Reference, Commit, Tree, Treebuilder },
    Blob: { lookup, createFromBuffer, ...blob },
  };
}

describe('the ref store on nodegit', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let store: RefStore;
  let plumbing: RefStore;
  /** The git commands that the store has started. */
  let calls: string[];

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    const counting = countingGit(clone.path, sandbox.env);
    const chosen = await chosenStore(clone.path, sandbox.env, counting.git);
    expect(chosen).toMatchObject({ backend: 'nodegit 0.27.0', why: 'it is installed' });
    store = chosen.store;
    plumbing = plumbingStore(counting.git);
    calls = counting.calls;
    calls.length = 0;
  });
  afterEach(() => sandbox.dispose());

  async function stored(ref: string, content: string): Promise<string> {
    const oid = await commitOf(clone, content);
    await clone.git('update-ref', ref, oid);
    return oid;
  }

  it('reads, lists, writes and moves without git', async () => {
    const first = await stored(RFC_1, 'one');
    const [next = ''] = await store.write([lease('two')]);
    expect(await store.swap([{ ref: RFC_1, expected: first, next }])).toEqual({ kind: 'applied' });
    expect(await store.swap([{ ref: RFC_1, expected: first, next }])).toEqual({ kind: 'stale' });
    expect((await store.read([RFC_1, RFC_2])).map(contentOf)).toEqual(['two']);
    expect((await store.list('refs/lazyspec/leases/')).map(contentOf)).toEqual(['two']);
    expect(calls).toEqual([]);
    expect(await leaseRefs(sandbox, clone.path)).toEqual({ [RFC_1]: next });
  });

  it('has git create, delete, and change several at once', async () => {
    const [one = '', two = ''] = await store.write([lease('one'), lease('two')]);
    const steps = [
      [{ ref: RFC_1, expected: undefined, next: one }],
      [
        { ref: RFC_1, expected: one, next: two },
        { ref: RFC_2, expected: undefined, next: one },
      ],
      [{ ref: RFC_1, expected: two, next: undefined }],
    ];
    for (const changes of steps) expect(await store.swap(changes)).toEqual({ kind: 'applied' });
    expect(calls).toEqual(['update-ref', 'update-ref', 'update-ref']);
    expect(await leaseRefs(sandbox, clone.path)).toEqual({ [RFC_2]: one });
  });

  it('writes the very commits that git writes, after 2038 too', async () => {
    const commits = [
      lease('{}\n'),
      { author: 'a <b>\nparent c', time: 5_000_000_000, message: '仕様 😀\n', content: '' },
    ];
    const oids = await store.write(commits);
    expect(calls).toEqual([]);
    expect(oids).toEqual(await plumbing.write(commits));
    await clone.git('update-ref', RFC_1, oids[1] ?? '');
    expect(await store.read([RFC_1])).toMatchObject([{ committed: 5_000_000_000 }]);
    expect(await clone.git('fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('sees what was packed anew within a second, at the same length and place on the disk', async () => {
    const [one, two] = [await stored(RFC_1, 'one'), await commitOf(clone, 'two')];
    await clone.git('pack-refs', '--all');
    expect((await store.read([RFC_1])).map(contentOf)).toEqual(['one']);
    // As a file system that gives freed inodes out again may have it; libgit2 looks at no more.
    const path = clone.at('.git', 'packed-refs');
    const { atime, mtime } = statSync(path);
    writeFileSync(path, readFileSync(path, 'utf8').replace(one, two));
    utimesSync(path, atime, mtime);
    expect((await store.read([RFC_1])).map(contentOf)).toEqual(['two']);
    expect((await store.list('refs/lazyspec/leases/')).map(contentOf)).toEqual(['two']);
    const late = { ref: RFC_1, expected: one, next: two };
    expect(await store.swap([late])).toEqual({ kind: 'stale' });
    expect(calls).toEqual([]);
  });

  it('leaves to git what is packed, and what would fill the memory: it is not even opened', async () => {
    const real = nodegit();
    const opened: string[] = [];
    const lookup: Nodegit['Blob']['lookup'] = (repository, id) => {
      opened.push(id);
      return real.Blob.lookup(repository, id);
    };
    const watched = nodegitStore({
      nodegit: withBlob({ lookup }),
      commonDir: clone.at('.git'),
      plumbing,
    });
    await stored(RFC_1, 'packed');
    await clone.git('gc', '--quiet');
    await stored(RFC_2, 'x'.repeat(20_000_000));
    expect((await watched.list('refs/lazyspec/leases/')).map(contentOf)).toEqual([
      'packed',
      'its lease.json is 20000000 bytes',
    ]);
    expect(opened).toEqual([]);
    await stored(RFC_1, 'loose');
    expect((await watched.read([RFC_1])).map(contentOf)).toEqual(['loose']);
    expect(opened).toHaveLength(1);
  });

  it.each([
    ['a short id', { ref: RFC_1, expected: '1234567', next: '1'.repeat(40) }],
    ['the id of nothing', { ref: RFC_1, expected: '0'.repeat(40), next: '1'.repeat(40) }],
    ['another ref', { ref: 'refs/worktree/x', expected: '1'.repeat(40), next: '2'.repeat(40) }],
  ])('leaves %s to git, which refuses it', async (_what, change) => {
    const outcome = await store.swap([change]);
    expect(outcome.kind).not.toBe('applied');
    expect(calls).toEqual(['update-ref']);
    expect(await leaseRefs(sandbox, clone.path)).toEqual({});
  });

  it('has git do again what nodegit says that it did otherwise', async () => {
    const real = nodegit();
    const lying = withBlob({
      createFromBuffer: (repository, data) =>
        real.Blob.createFromBuffer(repository, data.subarray(1), data.length - 1),
    });
    const commonDir = clone.at('.git');
    const other = nodegitStore({ nodegit: lying, commonDir, plumbing });
    const [oid = ''] = await other.write([lease('{}')]);
    expect(calls).toEqual(['fast-import']);
    expect(await clone.git('show', `${oid}:lease.json`)).toBe('{}');
  });

  it('is contended where another holds the lock', async () => {
    const expected = await stored(RFC_1, 'one');
    const [next = ''] = await store.write([lease('two')]);
    writeFileSync(clone.at('.git', `${RFC_1}.lock`), '');
    const move = { ref: RFC_1, expected, next };
    expect(await store.swap([move])).toMatchObject({ kind: 'contended' });
    expect(calls).toEqual([]);
    expect(await leaseRefs(sandbox, clone.path)).toEqual({ [RFC_1]: expected });
  });
});
