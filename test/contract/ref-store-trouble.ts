/** What every ref store must do where others write at once, or the repository is not as it should be. */
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { plumbingStore } from '../../src/git/plumbing.ts';
import type { RefStore } from '../../src/git/ref-store.ts';
import { createGit } from '../../src/git/run.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { count, holdInTurn, packRefsUntil } from './racing.ts';
import type { StoreFactory } from './ref-store-suite.ts';
import { contentOf, lease } from './ref-store-suite.ts';
import { commitOf, leaseRefs, RFC_1, RFC_2 } from './worlds.ts';

const LEASES = 'refs/lazyspec/leases/';

export function refStoreInTrouble(name: string, createStore: StoreFactory): void {
  describe(`the ref store of ${name}, in trouble`, () => {
    let sandbox: Sandbox;
    let clone: Clone;
    let store: RefStore;

    beforeEach(async () => {
      sandbox = await Sandbox.create();
      clone = await sandbox.clone('agent-a');
      store = await createStore(clone.path, sandbox.env);
    });
    afterEach(() => sandbox.dispose());

    const read = async (ref: string) => contentOf((await store.read([ref]))[0]);

    describe('beside other writers and git pack-refs', () => {
      let racers: RefStore[];
      beforeEach(async () => {
        const git = plumbingStore(createGit({ cwd: clone.path, env: sandbox.env }));
        racers = [store, git, await createStore(clone.path, sandbox.env)];
      });

      it('counts to the number of those who were told that they had counted', async () => {
        const [first = ''] = await store.write([lease('0')]);
        await store.swap([{ ref: RFC_1, expected: undefined, next: first }]);
        const counting = Promise.all(racers.map((racer) => count(racer, RFC_1, 6)));
        const packed = await packRefsUntil(clone, counting);
        const won = (await counting).reduce((sum, wins) => sum + wins, 0);
        expect(won).toBe(18);
        expect(await read(RFC_1)).toBe('18');
        expect(packed).toBeGreaterThan(0);
      });

      it('lets one at a time hold what is created and deleted', async () => {
        const holders = new Set<RefStore>();
        const holding = Promise.all(racers.map((racer) => holdInTurn(racer, RFC_1, 4, holders)));
        const packed = await packRefsUntil(clone, holding);
        expect(await holding).toEqual([[], [], []]);
        expect(await leaseRefs(sandbox, clone.path)).toEqual({});
        expect(packed).toBeGreaterThan(0);
      });
    });

    it('lists and reads 5,000 leases, loose and packed', async () => {
      const contents = Array.from({ length: 5000 }, (_, index) => `{"index": ${index}}`);
      const oids = await store.write(contents.map(lease));
      const changes = oids.map((next, index) => {
        return { ref: `${LEASES}rfc/RFC-${index}`, expected: undefined, next };
      });
      expect(await store.swap(changes)).toEqual({ kind: 'applied' });
      const names = changes.map(({ ref }) => ref);
      for (const packed of [false, true]) {
        if (packed) await clone.git('gc', '--quiet');
        for (const found of [await store.list(LEASES), await store.read(names)]) {
          const byRef = new Map(found.map((one) => [one.ref, contentOf(one)]));
          expect(names.map((ref) => byRef.get(ref))).toEqual(contents);
        }
        expect(await read(`${LEASES}rfc/RFC-4321`)).toBe('{"index": 4321}');
      }
    }, 180_000);

    it('works in a repository of format 1', async () => {
      await clone.git('config', 'core.repositoryFormatVersion', '1');
      const other = await createStore(clone.path, sandbox.env);
      const [next = ''] = await other.write([lease('{}')]);
      const create = { ref: RFC_1, expected: undefined, next };
      expect(await other.swap([create])).toEqual({ kind: 'applied' });
      expect((await other.list(LEASES)).map(contentOf)).toEqual(['{}']);
    });

    describe('with objects that are damaged', () => {
      let oid: string;
      beforeEach(async () => {
        const sound = await commitOf(clone, 'sound');
        oid = await commitOf(clone, 'damaged');
        await clone.git('update-ref', RFC_1, oid);
        await clone.git('update-ref', RFC_2, sound);
      });
      afterEach(async () => {
        expect(await read(RFC_2)).toBe('sound');
      });

      function damage(id: string): void {
        const path = clone.at('.git', 'objects', id.slice(0, 2), id.slice(2));
        chmodSync(path, 0o600);
        writeFileSync(path, 'damaged');
      }

      it('fails aloud where it is the commit, and takes it for absent nowhere', async () => {
        damage(oid);
        for (const reading of [() => store.read([RFC_1]), () => store.list(LEASES)]) {
          await expect(reading()).rejects.toMatchObject({ code: 'GIT_FAILED' });
        }
      });

      it('fails aloud where the commit is missing', async () => {
        writeFileSync(clone.at('.git', RFC_1), `${'1'.repeat(40)}\n`);
        await expect(store.read([RFC_1])).rejects.toMatchObject({
          code: 'GIT_FAILED',
          details: [expect.stringContaining('missing object')],
        });
      });

      it.each(['lease.json', ''])('gives no content where it is %j', async (path) => {
        damage(await clone.git('rev-parse', `${oid}:${path}`));
        const found = await store.read([RFC_1]).catch((error) => error);
        if (Array.isArray(found))
          expect(found).toEqual([{ ...found[0], content: { problem: expect.any(String) } }]);
        else expect(found).toMatchObject({ code: 'GIT_FAILED' });
      });

      it('moves and removes the ref all the same', async () => {
        damage(oid);
        const [next = ''] = await store.write([lease('mended')]);
        const move = { ref: RFC_1, expected: oid, next };
        expect(await store.swap([move])).toEqual({ kind: 'applied' });
        expect(await read(RFC_1)).toBe('mended');
      });
    });

    it('reads a repository that it may not write to, and says that it may not', async () => {
      const oid = await commitOf(clone, 'there');
      await clone.git('update-ref', RFC_1, oid);
      const next = await commitOf(clone, 'next');
      await withoutWriteAccess(clone, async () => {
        expect(await read(RFC_1)).toBe('there');
        await expect(store.write([lease('{}')])).rejects.toMatchObject({ code: 'GIT_FAILED' });
        for (const change of [
          { ref: RFC_1, expected: oid, next },
          { ref: RFC_2, expected: undefined, next },
          { ref: RFC_1, expected: oid, next: undefined },
        ]) {
          expect(await store.swap([change])).toMatchObject({ kind: 'refused' });
        }
      });
      expect(await leaseRefs(sandbox, clone.path)).toEqual({ [RFC_1]: oid });
    });
  });
}

/** Runs as somebody who may read the clone and not write to it. Root has to become another user. */
async function withoutWriteAccess(clone: Clone, act: () => Promise<void>): Promise<void> {
  const { sandbox } = clone;
  const refs = dirname(clone.at('.git', RFC_1));
  const places = [clone.at('.git'), clone.at('.git', 'objects'), clone.at('.git', 'refs'), refs];
  const isRoot = process.getuid?.() === 0;
  await sandbox.git(sandbox.home, 'config', '--global', 'safe.directory', '*');
  chmodSync(sandbox.folder, 0o755);
  for (const path of places) chmodSync(path, 0o555);
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const path of places) chmodSync(path, 0o755);
  }
}

const NOBODY = 65_534;
