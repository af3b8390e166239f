import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import type { Entry } from '../../helpers/trees.ts';
import { commitTree, entriesOf, writeBlob, writeTree } from '../../helpers/trees.ts';
import { claim, expectPassed, guardedClone, push, RFC_1, release, startOver } from './guarded.ts';

const NEW = 'docs/rfcs/RFC-003-title.md';

describe('a malformed tree', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let blob: string;
  let top: Entry[];
  let rfcs: Entry[];

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    blob = await writeBlob(clone, '# Hidden\n');
    top = await entriesOf(clone, 'HEAD');
    rfcs = await entriesOf(clone, 'HEAD:docs/rfcs');
  });
  beforeEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  const folder = async (name: string, entries: Entry[]): Promise<Entry> => [
    '40000',
    name,
    await writeTree(clone, entries),
  ];
  /** The top folder with another `docs`, which has other RFCs. */
  async function withRfcs(entries: Entry[]): Promise<Entry[]> {
    const docs = await entriesOf(clone, 'HEAD:docs');
    const changed = [await folder('rfcs', entries), ...docs.filter(([, name]) => name !== 'rfcs')];
    return [...top.filter(([, name]) => name !== 'docs'), await folder('docs', changed)].sort(
      byName,
    );
  }
  const byName = ([, one]: Entry, [, other]: Entry) => (one < other ? -1 : 1);

  const FORGED: Record<string, { entries: () => Promise<Entry[]>; told: string }> = {
    'with a document that has slashes in its name': {
      entries: async () => [...top, ['100644', NEW, blob] as const].sort(byName),
      told: `in the top folder, '${NEW}' has a slash in its name`,
    },
    'with a second docs, out of order': {
      entries: async () => {
        const files: Entry[] = [['100644', 'RFC-003-title.md', blob]];
        return [...top, await folder('docs', [await folder('rfcs', files)])];
      },
      told: "in the top folder, 'docs' is there twice",
    },
    'with slashes in a folder that differs in letter case only': {
      entries: async () => {
        const files: Entry[] = [['100644', 'rfcs/RFC-003-title.md', blob]];
        return [...top, await folder('Docs', files)].sort(byName);
      },
      told: "in the folder 'Docs', 'rfcs/RFC-003-title.md' has a slash in its name",
    },
    'with a second .lazyspec.toml': {
      entries: async () => [...top, ['100644', '.lazyspec.toml', blob]],
      told: "in the top folder, '.lazyspec.toml' is out of order",
    },
    'with a document twice in its folder': {
      entries: () => withRfcs([...rfcs, ['100644', rfcs[0]?.[1] ?? '', blob]]),
      told: `in the folder 'docs/rfcs', '${RFC_1.split('/')[2]}' is out of order`,
    },
  };

  async function forge(name: string): Promise<string> {
    const tree = await writeTree(clone, (await FORGED[name]?.entries()) ?? []);
    return commitTree(clone, tree);
  }

  const NAMES = Object.keys(FORGED);

  it.each(NAMES)('%s is refused by pre-push, also with a lease', async (name) => {
    const commit = await forge(name);
    const refused = await push(clone, ['origin', `${commit}:refs/heads/forged`]);
    expectUnsafe(refused, commit, FORGED[name]?.told);
    await claim(clone, 'RFC-001');
    expectUnsafe(await push(clone, ['origin', `${commit}:refs/tags/forged`]), commit);
    await release(clone, 'RFC-001');
  });

  it.each(NAMES)(
    '%s is refused by gate --range and gate --push, and named by git fsck',
    async (name) => {
      const commit = await forge(name);
      const range = await clone.lease(['gate', '--range', `HEAD..${commit}`]);
      expectUnsafe(range, commit, FORGED[name]?.told);
      const line = `refs/heads/x ${commit} refs/heads/x ${await clone.git('rev-parse', 'HEAD')}\n`;
      const pushed = await clone.lease(['gate', '--push'], { input: line });
      expectUnsafe(pushed, commit, FORGED[name]?.told);
      const fsck = await clone.tryGit(['fsck', '--no-dangling']);
      expect(fsck.stdout + fsck.stderr).toContain(/tree ([0-9a-f]{40})/.exec(range.stderr)?.[1]);
    },
  );

  it('is refused below the commit that is pushed, for which its own commit is named', async () => {
    const commit = await forge('with a second .lazyspec.toml');
    const mended = await commitTree(clone, await clone.git('rev-parse', 'HEAD^{tree}'), commit);
    expectUnsafe(await push(clone, ['origin', `${mended}:refs/heads/mended`]), commit);
  });

  it('that the remote has already is in nobody else’s way', async () => {
    const name = 'with a document twice in its folder';
    const commit = await forge(name);
    await clone.git('push', '--quiet', '--no-verify', 'origin', `${commit}:refs/heads/there`);
    // No tracking ref says so: the remote is asked.
    await clone.git('update-ref', '-d', 'refs/remotes/origin/there');
    const onTop: Entry[] = [...(await entriesOf(clone, commit)), ['100644', 'z.txt', blob]];
    const next = await commitTree(clone, await writeTree(clone, onTop), commit);
    expectPassed(await push(clone, ['origin', `${next}:refs/heads/next`]));
  });

  it('elsewhere than on the way to a document hides none, and passes', async () => {
    const twice: Entry[] = [
      ['100644', 'a', blob],
      ['100644', 'a', blob],
    ];
    const tree = await writeTree(clone, [...top, await folder('src', twice)]);
    expectPassed(await push(clone, ['origin', `${await commitTree(clone, tree)}:refs/heads/src`]));
  });
});

function expectUnsafe({ status, stderr }: Ran, commit: string, told = ''): void {
  expect(stderr).toContain(`commit ${commit.slice(0, 10)} has a malformed tree: ${told}`);
  expect(status).toBe(1);
}
