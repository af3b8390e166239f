/** What a user has set for fetches of branches and tags has nothing to do with leases. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { commit, expectPassed, guardedClone, RFC_1 } from '../hooks/guarded.ts';
import { countNode } from '../hooks/shells.ts';

const LEASES = 'refs/lazyspec/leases/';

describe('a fetch of leases, where git is set to', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    // What a fetch of everything would bring, and what one that prunes would take away.
    await sandbox.git(sandbox.remote, 'tag', 'there');
    await sandbox.git(sandbox.remote, 'branch', 'there', 'main');
    await clone.git('tag', 'here');
    await clone.git('update-ref', 'refs/remotes/origin/here', 'HEAD');
  });
  afterAll(() => sandbox.dispose());

  async function others(): Promise<string[]> {
    const refs = await clone.git('for-each-ref', '--format=%(refname)');
    return refs.split('\n').filter((ref) => !ref.startsWith(LEASES));
  }

  it.each([
    ['fetch.prune', 'true'],
    ['fetch.pruneTags', 'true'],
    ['fetch.all', 'true'],
    ['fetch.output', 'compact'],
    ['fetch.recurseSubmodules', 'true'],
    ['fetch.fsckObjects', 'true'],
    ['fetch.writeCommitGraph', 'true'],
    ['fetch.unpackLimit', '1'],
    ['fetch.negotiationAlgorithm', 'noop'],
    ['submodule.recurse', 'true'],
    ['transfer.hideRefs', 'refs/tags'],
    ['protocol.version', '0'],
    ['remote.origin.prune', 'true'],
    ['remote.origin.tagOpt', '--tags'],
    ['remote.origin.fetch', '+refs/*:refs/remotes/origin/all/*'],
    ['remote.origin.skipFetchAll', 'true'],
  ])('%s = %s, brings and removes nothing else', async (key, value) => {
    const before = await others();
    expect(before).toEqual(expect.arrayContaining(['refs/remotes/origin/here', 'refs/tags/here']));
    await clone.git('config', '--add', key, value);
    expect(await clone.lease(['claim', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
    expect(await clone.lease(['leases'])).toMatchObject({ status: 0, stderr: '' });
    // Without Node, and with it.
    const { starts } = countNode(clone);
    clone.write({ [RFC_1]: `# ${++number}\n` });
    await clone.git('add', '--all');
    expectPassed(await commit(clone));
    expect(starts()).toBe(0);
    expect(await clone.lease(['gate', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
    expect(await clone.lease(['release', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
    await clone.git('config', '--unset', key, `^${value.replace(/[+*]/g, '.')}$`);
    expect(await others()).toEqual(before);
  });
});
