/** The refs of the model, and git's: the same steps have the same outcome, and leave the same refs. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readGitConfig } from '../../src/git/config.ts';
import { plumbingStore } from '../../src/git/plumbing.ts';
import type { RefStore } from '../../src/git/ref-store.ts';
import type { Remote } from '../../src/git/remote.ts';
import { gitRemote, ownRepository } from '../../src/git/remote.ts';
import { createGit } from '../../src/git/run.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { fetched, pushed, type Swap, transacted } from './refs.ts';
import { documentAt, refOf } from './setup.ts';

const DOCUMENTS = 3;
const COMMITS = 4;
/** How many sequences: LAZYSPEC_MODEL_GIT_RUNS=100 npm test -- test/model/real-git */
const RUNS = Number(process.env.LAZYSPEC_MODEL_GIT_RUNS ?? 3);

interface Side {
  store: RefStore;
  remote: Remote;
  own: Remote;
}

type Step = { side: number } & (
  | { act: 'fetch'; documents: number[] | 'all' }
  /** What each ref is expected at: what it is, what the copy shows, or any commit or none. */
  | { act: 'push' | 'transact'; swaps: { index: number; expect: Expect; next: number }[] }
);
type Expect = 'remote' | 'copy' | number;

const commit = fc.integer({ min: 0, max: COMMITS });
const some = fc.subarray(
  Array.from({ length: DOCUMENTS }, (_, index) => index),
  { minLength: 1 },
);
const swaps = some.chain((documents) =>
  fc.tuple(
    ...documents.map((index) => {
      const right = { weight: 3, arbitrary: fc.constantFrom('remote' as const, 'copy' as const) };
      const expect = fc.oneof(right, { weight: 1, arbitrary: commit });
      return fc.record({ index: fc.constant(index), expect, next: commit });
    }),
  ),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    side: fc.nat({ max: 1 }),
    act: fc.constant('fetch' as const),
    documents: fc.oneof(some, fc.constant('all' as const)),
  }),
  fc.record({
    side: fc.nat({ max: 1 }),
    act: fc.constantFrom('push' as const, 'push' as const, 'transact' as const),
    swaps,
  }),
);

describe('the refs of the model and those of git', () => {
  let sandbox: Sandbox;
  let sides: Side[];
  let oids: (string | undefined)[];

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    sides = await Promise.all(['one', 'two'].map(sideOf));
    const contents = Array.from({ length: COMMITS }, (_, index) => `lease ${index}`);
    const commits = contents.map((content) => ({ author: 'a', time: 1, message: 'm', content }));
    // The same in both clones: equal commits are one commit.
    const written = await Promise.all(sides.map(({ store }) => store.write(commits)));
    expect(written[0]).toEqual(written[1]);
    oids = [undefined, ...(written[0] ?? [])];
  });
  afterEach(() => sandbox.dispose());

  async function sideOf(name: string): Promise<Side> {
    const { path } = await sandbox.clone(name);
    const git = createGit({ cwd: path, env: sandbox.env });
    const store = plumbingStore(git);
    const config = await readGitConfig(git);
    const warn = (message: string) => {
      throw new Error(message);
    };
    const remote = await gitRemote(git, 'origin', {
      store,
      config,
      env: sandbox.env,
      timeout: 60_000,
      warn,
    });
    return { store, remote, own: ownRepository(store) };
  }

  async function refsOf(store: RefStore): Promise<number[]> {
    const refs = Array.from({ length: DOCUMENTS }, () => 0);
    for (const { ref, oid } of await store.list('refs/lazyspec/leases/')) {
      refs[documentAt(ref)] = oids.indexOf(oid);
    }
    return refs;
  }

  it('are the same after every step', async () => {
    // Named, for git is told to go by no bare repository that it only finds.
    const env = { ...sandbox.env, GIT_DIR: sandbox.remote };
    const shared = plumbingStore(createGit({ cwd: sandbox.remote, env }));
    const outcomes = new Set<string>();
    const property = fc.asyncProperty(fc.array(step, { minLength: 14, maxLength: 14 }), play);
    await fc.assert(property, { numRuns: RUNS, seed: 4, endOnFailure: true });
    expect([...outcomes].sort()).toEqual([
      'push applied',
      'push stale',
      'transact applied',
      'transact stale',
    ]);

    async function play(steps: Step[]): Promise<void> {
      let remote = await refsOf(shared);
      const copies = await Promise.all(sides.map(({ store }) => refsOf(store)));
      for (const one of steps) {
        const side = sides[one.side];
        const before = copies[one.side] ?? [];
        if (!side) throw new RangeError('no such side');
        if (one.act === 'fetch') {
          const all = one.documents === 'all' ? [0, 1, 2] : one.documents;
          await side.remote.fetch(one.documents === 'all' ? 'all' : all.map(refOf));
          copies[one.side] = fetched(before, remote, all);
        } else {
          const asked = one.swaps.flatMap(({ index, expect, next }): Swap[] => {
            const there = { remote: remote[index] ?? 0, copy: before[index] ?? 0 };
            const expected = typeof expect === 'number' ? expect : there[expect];
            // From nothing to nothing: nobody asks for that.
            return expected === 0 && next === 0 ? [] : [{ index, expected, next }];
          });
          if (asked.length === 0) continue;
          const by = one.act === 'push' ? side.remote : side.own;
          const { kind } = await by.swap(
            asked.map(({ index, expected, next }) => {
              return { ref: refOf(index), expected: oids[expected], next: oids[next] };
            }),
          );
          const noted = transacted(before, asked);
          const after = one.act === 'push' ? pushed(remote, asked) : noted;
          expect([one, kind]).toEqual([one, after ? 'applied' : 'stale']);
          outcomes.add(`${one.act} ${kind}`);
          if (one.act === 'push') remote = after ?? remote;
          if (after && noted) copies[one.side] = noted;
        }
        expect([one, await refsOf(shared)]).toEqual([one, remote]);
        for (const [index, { store }] of sides.entries()) {
          expect([one, await refsOf(store)]).toEqual([one, copies[index]]);
        }
      }
    }
  }, 600_000);
});
