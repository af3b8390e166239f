/** What each command costs in processes and connections, so that it cannot creep. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manyDocuments, manyIds, plantMany } from '../../helpers/many.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { traceGit } from '../../helpers/traced.ts';

const ID = 'RFC-001';
const MANY = manyIds(100);
/** How git is configured, which also tells where we are. */
const WHERE = ['config'];
/** Leases as this clone knows them: which there are it sees in the files of git. */
const READ = ['cat-file'];
/** What a commit is judged by: the configuration in HEAD. */
const RULES = ['cat-file'];

describe('processes of git and connections', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, ...manyDocuments(100) });
    clone = await sandbox.clone('agent-a');
    // The first claim of a clone also looks whether the remote shows leases.
    await clone.lease(['claim', 'STORY-042']);
    await clone.lease(['release', 'STORY-042']);
  });
  afterAll(() => sandbox.dispose());

  async function cost(program: 'lease' | 'hooks', ...args: string[]) {
    const trace = traceGit(sandbox.folder);
    // With nodegit there are fewer: docs/backends.md.
    const ran = await clone[program](args, { env: { ...trace.env, LAZYSPEC_BACKEND: 'git' } });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const { processes, connections } = trace.read();
    return { connections, processes: processes.sort() };
  }

  const sorted = (...processes: string[]) => ({ connections: 1, processes: processes.sort() });

  it.each([
    ['one document', [ID]],
    ['a hundred', MANY],
  ])('are as many for a claim of %s: it is one swap', async (_, documents) => {
    const named = [...WHERE, 'ls-files'];
    const written = ['fast-import', 'push', 'update-ref'];
    expect(await cost('lease', 'claim', ...documents)).toEqual(sorted(...named, ...written));
    expect(await cost('lease', 'heartbeat', ...documents)).toEqual(
      sorted(...named, ...READ, ...written),
    );
    expect(await cost('lease', 'gate', ...documents)).toEqual(sorted(...named, 'fetch', ...READ));
    expect(await cost('lease', 'release', ...documents)).toEqual(
      sorted(...named, ...READ, 'push', 'update-ref'),
    );
  });

  it('are none for a heartbeat that is not due', async () => {
    await clone.lease(['claim', ID]);
    await clone.lease(['heartbeat', ID, '--min-interval', '5m']);
    expect(await cost('lease', 'heartbeat', ID, '--min-interval', '5m')).toEqual({
      connections: 0,
      processes: [],
    });
  });

  it('are the same in a commit of one document as of a hundred', async () => {
    for (const documents of [['RFC-00001'], MANY]) {
      await clone.lease(['claim', ...documents]);
      clone.write(Object.fromEntries(documents.map((id) => [`docs/rfcs/${id}-title.md`, id])));
      await clone.git('add', '--all');
      expect(await cost('hooks', 'run', 'pre-commit')).toEqual(
        sorted(...WHERE, ...RULES, 'diff-index', 'fetch', ...READ),
      );
    }
  });

  it('do not grow with the leases that are listed', async () => {
    await plantMany(sandbox, manyIds(300, 5_000));
    expect(await cost('lease', 'leases')).toEqual(sorted(...WHERE, 'fetch', ...READ));
  });

  it('are one more once there are hundreds of copies in files of their own, which are packed', async () => {
    await plantMany(sandbox, manyIds(1_000, 7_000));
    const packed = sorted(...WHERE, 'fetch', 'pack-refs', ...READ);
    expect(await cost('lease', 'leases')).toEqual(packed);
    expect(await cost('lease', 'leases')).toEqual(sorted(...WHERE, 'fetch', ...READ));
    expect(await clone.json(['leases', '--local'])).toHaveLength(1_401);
  });

  it('are none without a [coordination]', async () => {
    clone.write({ '.lazyspec.toml': '' });
    expect(await cost('lease', 'gate', ID)).toEqual({ connections: 0, processes: [] });
  });
});
