/** What every ref store must do, whatever it is built on. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewLeaseCommit, RefStore, StoredLease } from '../../src/git/ref-store.ts';
import { Clone, Sandbox } from '../helpers/sandbox.ts';
import { commitOf, commitOfTree, feed, leaseRefs, RFC_1, RFC_2, STORY } from './worlds.ts';

export type StoreFactory = (folder: string, env: NodeJS.ProcessEnv) => RefStore | Promise<RefStore>;

const LEASES = 'refs/lazyspec/leases/';

export function lease(content: string): NewLeaseCommit {
  return { author: 'agent-a', time: 1_778_490_000, message: 'claim RFC-001\n', content };
}

export function contentOf(stored: StoredLease | undefined): string {
  if (!stored) return 'not read';
  return 'problem' in stored.content ? stored.content.problem : stored.content.toString('utf8');
}

export function refStoreContract(name: string, createStore: StoreFactory): void {
  describe(`the ref store of ${name}`, () => {
    let sandbox: Sandbox;
    let clone: Clone;
    let store: RefStore;

    beforeEach(async () => {
      sandbox = await Sandbox.create();
      clone = await sandbox.clone('agent-a');
      store = await createStore(clone.path, sandbox.env);
    });
    afterEach(() => sandbox.dispose());

    const refs = () => leaseRefs(sandbox, clone.path);
    const read = async (ref: string) => (await store.read([ref]))[0];
    async function written(content: string, into = store): Promise<string> {
      const [oid] = await into.write([lease(content)]);
      if (!oid) throw new Error('nothing was written');
      return oid;
    }
    async function stored(ref: string, content = ref): Promise<string> {
      const oid = await commitOf(clone, content);
      await clone.git('update-ref', ref, oid);
      return oid;
    }

    describe('writing', () => {
      it('gives back the ids of many commits, in order', async () => {
        const contents = Array.from({ length: 250 }, (_, index) => `{"index": ${index}}\n`);
        const oids = await store.write(contents.map(lease));
        expect(new Set(oids).size).toBe(250);
        const changes = oids.map((next, index) => {
          return { ref: `${LEASES}rfc/RFC-${index}`, expected: undefined, next };
        });
        expect(await store.swap(changes)).toEqual({ kind: 'applied' });
        const found = await store.read(changes.map(({ ref }) => ref));
        const byRef = new Map(found.map((one) => [one.ref, one]));
        expect(changes.map(({ ref }) => contentOf(byRef.get(ref)))).toEqual(contents);
      });

      it('makes commits of one regular lease.json, without parents, dated as told', async () => {
        const env = {
          ...sandbox.env,
          GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
          GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z',
          GIT_AUTHOR_NAME: 'environment',
          GIT_COMMITTER_NAME: 'environment',
        };
        const oid = await written('{}\n', await createStore(clone.path, env));
        const [tree, ...rest] = (await clone.git('cat-file', '-p', oid)).split('\n');
        expect(tree).toMatch(/^tree /);
        expect(rest).toEqual([
          'author agent-a <lease@lazyspec.invalid> 1778490000 +0000',
          'committer agent-a <lease@lazyspec.invalid> 1778490000 +0000',
          '',
          'claim RFC-001',
        ]);
        expect(await clone.git('ls-tree', oid)).toMatch(/^100644 blob [0-9a-f]+\tlease\.json$/);
      });

      it('makes no commit the parent of another that is written with it', async () => {
        for (const oid of await store.write([lease('one'), lease('two')])) {
          expect(await clone.git('rev-list', '--count', oid)).toBe('1');
        }
      });

      it('takes from the name of an agent what would end it, or its line', async () => {
        const author = 'agent <a@b.c>\ncommitter agent-b';
        const [oid = ''] = await store.write([{ ...lease('text'), author }]);
        expect(await clone.git('log', '-1', '--format=%an|%ae|%cn', oid)).toBe(
          'agent a@b.ccommitter agent-b|lease@lazyspec.invalid|agent a@b.ccommitter agent-b',
        );
      });

      it('keeps text of any script byte for byte, in message and content', async () => {
        const text = 'Zoë 仕様 😀\nmark :1\ndata 5\n\n';
        const [oid = ''] = await store.write([{ ...lease(text), message: `${text}!\n` }]);
        expect(await clone.git('cat-file', 'blob', `${oid}:lease.json`)).toBe(
          text.replace(/\n$/, ''),
        );
        expect(await clone.git('log', '-1', '--format=%B', oid)).toBe(`${text}!\n`);
      });

      it.each([
        ['Zoë Ångström', 'Zoë Ångström'],
        ['a <b> c', 'a b c'],
        ['a\nparent 1234', 'aparent 1234'],
        ['<>', 'lazyspec'],
      ])('lets an author of %j say nothing but a name', async (author, shown) => {
        const [oid = ''] = await store.write([{ ...lease('{}'), author }]);
        expect(await clone.git('log', '-1', '--format=%an|%ae|%P|%cn', oid)).toBe(
          `${shown}|lease@lazyspec.invalid||${shown}`,
        );
      });

      it('moves no ref', async () => {
        const before = await clone.git('for-each-ref');
        await store.write([lease('{"a": 1}'), lease('{"b": 2}')]);
        expect(await clone.git('for-each-ref')).toBe(before);
      });

      it('writes nothing where there is nothing to write', async () => {
        expect(await store.write([])).toEqual([]);
      });
    });

    describe('reading', () => {
      it('tells commit, committer time and content', async () => {
        const oid = await written('{"a": 1}\n');
        await clone.git('update-ref', RFC_1, oid);
        expect(await store.read([RFC_1])).toEqual([
          { ref: RFC_1, oid, committed: 1_778_490_000, content: Buffer.from('{"a": 1}\n') },
        ]);
      });

      it('leaves out what is missing, and what lies below a name', async () => {
        await stored(RFC_1);
        expect(await store.read([`${LEASES}rfc`, RFC_2, RFC_1, `${RFC_1}x`])).toMatchObject([
          { ref: RFC_1 },
        ]);
        expect(await store.read([`${LEASES}rfc`])).toEqual([]);
        expect(await store.read([])).toEqual([]);
      });

      it('tells a name from one that it only begins', async () => {
        await stored(RFC_1, 'one');
        await stored(`${RFC_1}a`, 'another');
        expect((await store.read([RFC_1])).map(contentOf)).toEqual(['one']);
      });

      it('reads among very many names those that exist', async () => {
        await stored(RFC_1);
        await stored(STORY);
        await stored(RFC_2);
        const many = Array.from({ length: 600 }, (_, index) => `${LEASES}rfc/NONE-${index}`);
        const found = await store.read([...many, STORY, RFC_1]);
        expect(found.map(contentOf).sort()).toEqual([RFC_1, STORY]);
      });

      it('lists everything below a prefix', async () => {
        await stored(RFC_1);
        await stored(STORY);
        expect((await store.list(LEASES)).map(contentOf)).toEqual([RFC_1, STORY]);
        expect((await store.list(`${LEASES}story/`)).map(contentOf)).toEqual([STORY]);
        expect(await store.list('refs/lazyspec/nothing/')).toEqual([]);
      });

      it('reads refs that are packed, and those that are partly so', async () => {
        await stored(RFC_1, 'old');
        await stored(RFC_2, 'packed');
        await clone.git('pack-refs', '--all');
        await stored(RFC_1, 'new');
        expect((await store.list(LEASES)).map(contentOf)).toEqual(['new', 'packed']);
      });

      it('reads the very bytes, though they are no text', async () => {
        const path = join(sandbox.folder, 'bytes');
        const bytes = Buffer.from([0, 10, 0xff, 13, 10, 0]);
        writeFileSync(path, bytes);
        const blob = await clone.git('hash-object', '-w', path);
        const oid = await commitOfTree(clone, `100644 blob ${blob}\tlease.json\n`);
        await clone.git('update-ref', RFC_1, oid);
        expect((await read(RFC_1))?.content).toEqual(bytes);
      });
    });

    describe('what is no lease', () => {
      afterEach(async () => {
        // Whatever was read, it never hid the lease beside it.
        await stored(RFC_2, 'sound');
        const all = await store.list(LEASES);
        expect(all.map(contentOf)).toContain('sound');
        expect((await store.read([RFC_1, RFC_2])).map(contentOf)).toContain('sound');
        expect(all.map(({ ref }) => ref)).toEqual([RFC_1, RFC_2]);
      });

      it('is a commit without a lease.json', async () => {
        const blob = await feed(clone, ['hash-object', '-w', '--stdin'], 'x');
        const oid = await commitOfTree(clone, `100644 blob ${blob}\tother.json\n`);
        await clone.git('update-ref', RFC_1, oid);
        expect((await read(RFC_1))?.content).toEqual({ problem: 'it has no lease.json' });
      });

      it('is a commit whose lease.json is a folder', async () => {
        const blob = await feed(clone, ['hash-object', '-w', '--stdin'], 'x');
        const tree = await feed(clone, ['mktree'], `100644 blob ${blob}\tx\n`);
        const oid = await commitOfTree(clone, `040000 tree ${tree}\tlease.json\n`);
        await clone.git('update-ref', RFC_1, oid);
        expect((await read(RFC_1))?.content).toEqual({ problem: 'its lease.json is a tree' });
      });

      it('is a commit whose lease.json is a submodule', async () => {
        const head = await clone.git('rev-parse', 'HEAD');
        const oid = await commitOfTree(clone, `160000 commit ${head}\tlease.json\n`);
        await clone.git('update-ref', RFC_1, oid);
        expect((await read(RFC_1))?.content).toHaveProperty('problem');
      });

      it('is a commit whose lease.json is a symbolic link: it is neither followed nor read', async () => {
        const secret = join(sandbox.folder, 'secret');
        writeFileSync(secret, 'secret');
        for (const target of [secret, '{"agent":"a","acquired":1,"expires":2}']) {
          const blob = await feed(clone, ['hash-object', '-w', '--stdin'], target);
          const oid = await commitOfTree(clone, `120000 blob ${blob}\tlease.json\n`);
          await clone.git('update-ref', RFC_1, oid);
          expect((await read(RFC_1))?.content).toEqual({
            problem: 'its lease.json is no regular file',
          });
        }
      });

      it('is a commit whose lease.json is larger than 8 KiB, by one byte or by megabytes', async () => {
        await stored(RFC_1, 'x'.repeat(8 * 1024));
        expect(contentOf(await read(RFC_1))).toHaveLength(8 * 1024);
        for (const size of [8 * 1024 + 1, 5_000_000]) {
          await stored(RFC_1, 'x'.repeat(size));
          expect((await read(RFC_1))?.content).toEqual({
            problem: `its lease.json is ${size} bytes`,
          });
        }
      });

      it('is a ref at a blob', async () => {
        const blob = await feed(clone, ['hash-object', '-w', '--stdin'], '{}');
        await clone.git('update-ref', RFC_1, blob);
        expect(await read(RFC_1)).toMatchObject({ oid: blob, committed: undefined });
      });

      it('is a ref at a tree, though a lease.json is in it', async () => {
        const blob = await feed(clone, ['hash-object', '-w', '--stdin'], '{}');
        const tree = await feed(clone, ['mktree'], `100644 blob ${blob}\tlease.json\n`);
        await clone.git('update-ref', RFC_1, tree);
        expect(await read(RFC_1)).toMatchObject({ oid: tree, committed: undefined });
      });

      it('is a ref at an annotated tag of a lease', async () => {
        await clone.git('tag', '-a', '-m', 'tag', 'marked', await commitOf(clone, '{}'));
        const tag = await clone.git('rev-parse', 'refs/tags/marked');
        await clone.git('update-ref', RFC_1, tag);
        expect(await read(RFC_1)).toMatchObject({ oid: tag, committed: undefined });
      });
    });

    describe('a swap', () => {
      it('creates, moves and deletes where everything is as expected', async () => {
        const [one, two] = [await written('1'), await written('2')];
        const steps = [
          [undefined, one],
          [one, two],
          [two, undefined],
          [undefined, one],
        ] as const;
        for (const [expected, next] of steps) {
          expect(await store.swap([{ ref: RFC_1, expected, next }])).toEqual({ kind: 'applied' });
          expect(await refs()).toEqual(next ? { [RFC_1]: next } : {});
        }
      });

      it.each([
        ['create what is there', 'there', undefined, 'next'],
        ['create what is there already as it should become', 'there', undefined, 'there'],
        ['move what is elsewhere', 'there', 'expected', 'next'],
        ['move what is gone', undefined, 'expected', 'next'],
        ['delete what is elsewhere', 'there', 'expected', undefined],
        ['delete what is gone', undefined, 'expected', undefined],
      ])(
        'is stale, and changes nothing, where it would %s',
        async (_what, there, expected, next) => {
          const oids: Record<string, string> = {};
          for (const word of ['there', 'expected', 'next']) oids[word] = await written(word);
          const oid = (word: string | undefined) => (word === undefined ? undefined : oids[word]);
          for (const packed of [false, true]) {
            if (there) await clone.git('update-ref', RFC_1, oids[there] ?? '');
            if (packed) await clone.git('pack-refs', '--all');
            const change = { ref: RFC_1, expected: oid(expected), next: oid(next) };
            expect(await store.swap([change])).toEqual({ kind: 'stale' });
            expect(await refs()).toEqual(there ? { [RFC_1]: oids[there] } : {});
          }
        },
      );

      it('moves and deletes refs that are packed', async () => {
        const [one, two] = [await stored(RFC_1), await stored(RFC_2)];
        await clone.git('pack-refs', '--all');
        const next = await written('next');
        const changes = [
          { ref: RFC_1, expected: one, next },
          { ref: RFC_2, expected: two, next: undefined },
        ];
        expect(await store.swap(changes)).toEqual({ kind: 'applied' });
        expect(await refs()).toEqual({ [RFC_1]: next });
      });

      it('creates nothing where there is something already', async () => {
        const first = await stored(RFC_1);
        const change = { ref: RFC_1, expected: undefined, next: await written('next') };
        expect(await store.swap([change])).toEqual({ kind: 'stale' });
        expect(await refs()).toEqual({ [RFC_1]: first });
      });

      it.each([0, 1, 2])('over several refs changes none where number %d is stale', async (bad) => {
        const [first, second] = [await stored(RFC_1), await stored(RFC_2)];
        const next = await written('next');
        const before = await refs();
        const changes = [
          { ref: RFC_1, expected: first, next },
          { ref: RFC_2, expected: second, next: undefined },
          { ref: STORY, expected: undefined, next },
        ].map((change, index) => (index === bad ? { ...change, expected: next } : change));
        expect(await store.swap(changes)).toEqual({ kind: 'stale' });
        expect(await refs()).toEqual(before);
      });

      it('is contended where another holds the lock of one ref, and changes none', async () => {
        const first = await stored(RFC_1);
        const next = await written('next');
        mkdirSync(clone.at('.git', LEASES, 'story'), { recursive: true });
        const lock = clone.at('.git', `${STORY}.lock`);
        writeFileSync(lock, '');
        const changes = [
          { ref: RFC_1, expected: first, next },
          { ref: STORY, expected: undefined, next },
        ];
        expect(await store.swap(changes)).toMatchObject({ kind: 'contended' });
        expect(await refs()).toEqual({ [RFC_1]: first });
        rmSync(lock);
        expect(await store.swap(changes)).toEqual({ kind: 'applied' });
      });

      it('is refused where a ref above or below is in the way', async () => {
        const next = await written('next');
        await stored(`${LEASES}rfc`);
        const below = [{ ref: RFC_1, expected: undefined, next }];
        expect(await store.swap(below)).toMatchObject({ kind: 'refused' });
        await stored(STORY);
        const above = [{ ref: `${LEASES}story`, expected: undefined, next }];
        expect(await store.swap(above)).toMatchObject({ kind: 'refused' });
        expect(Object.keys(await refs())).toEqual([`${LEASES}rfc`, STORY]);
      });
    });

    describe('remembering', () => {
      it('sets and removes whatever was there', async () => {
        await stored(RFC_1);
        await stored(STORY);
        const next = await written('next');
        await store.remember([
          { ref: RFC_1, expected: undefined, next },
          { ref: RFC_2, expected: next, next },
          { ref: STORY, expected: next, next: undefined },
          { ref: `${STORY}0`, expected: next, next: undefined },
        ]);
        expect(await refs()).toEqual({ [RFC_1]: next, [RFC_2]: next });
      });

      it('fails aloud where it cannot', async () => {
        await stored(`${LEASES}rfc`);
        const change = { ref: RFC_1, expected: undefined, next: await written('next') };
        await expect(store.remember([change])).rejects.toMatchObject({ code: 'GIT_FAILED' });
      });
    });

    describe('every kind of repository', () => {
      it('shows a linked work tree the same leases', async () => {
        const path = join(sandbox.folder, 'linked');
        await clone.git('worktree', 'add', '--quiet', path);
        const linked = await createStore(path, sandbox.env);
        const next = await written('from the linked one', linked);
        const change = { ref: RFC_1, expected: undefined, next };
        expect(await linked.swap([change])).toEqual({ kind: 'applied' });
        expect(contentOf(await read(RFC_1))).toBe('from the linked one');
        expect(await store.swap([change])).toEqual({ kind: 'stale' });
      });

      it('works in one with SHA-256 ids', async () => {
        const path = join(sandbox.folder, 'sha256');
        await sandbox.git(sandbox.folder, 'init', '--quiet', '--object-format=sha256', path);
        const store256 = await createStore(path, sandbox.env);
        const next = await written('{"a": 1}', store256);
        expect(next).toHaveLength(64);
        const create = { ref: RFC_1, expected: undefined, next };
        expect(await store256.swap([create])).toEqual({ kind: 'applied' });
        expect((await store256.list(LEASES)).map(contentOf)).toEqual(['{"a": 1}']);
        expect(await store256.swap([create])).toEqual({ kind: 'stale' });
        const other = await commitOf(new Clone(sandbox, path), 'other');
        const wrong = { ref: RFC_1, expected: other, next: undefined };
        expect(await store256.swap([wrong])).toEqual({ kind: 'stale' });
        const remove = { ref: RFC_1, expected: next, next: undefined };
        expect(await store256.swap([remove])).toEqual({ kind: 'applied' });
      });

      it('works in one without any commit, from a folder below its top', async () => {
        const path = join(sandbox.folder, 'unborn');
        await sandbox.git(sandbox.folder, 'init', '--quiet', path);
        mkdirSync(join(path, 'docs'));
        const below = await createStore(join(path, 'docs'), sandbox.env);
        const next = await written('{}', below);
        const change = { ref: RFC_1, expected: undefined, next };
        expect(await below.swap([change])).toEqual({ kind: 'applied' });
        expect((await below.read([RFC_1])).map(contentOf)).toEqual(['{}']);
        expect(await leaseRefs(sandbox, path)).toEqual({ [RFC_1]: next });
      });
    });
  });
}
