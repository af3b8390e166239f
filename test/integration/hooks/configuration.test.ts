import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  commitAll,
  configure,
  expectPassed,
  guardedClone,
  RFC_1,
  sneak,
  startOver,
} from './guarded.ts';

describe('the configuration', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it('gates nothing without [coordination], which by an id is told without a git', async () => {
    await configure(clone, '[gate]\ncreate = "own"\n');
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
    const { env, calls } = sandbox.countingGit();
    expectPassed(await clone.lease(['gate', 'RFC-001', '--quiet'], { env }));
    expect(calls()).toEqual([]);
    expectPassed(await clone.lease(['gate', '--staged', '--quiet']));
    expectPassed(await commitAll(clone));
  });

  it('gates nothing without [coordination] in a repository that cannot be reached', async () => {
    await configure(clone, '');
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('remote', 'set-url', 'origin', 'nowhere');
    const ran = await commitAll(clone);
    await clone.git('remote', 'set-url', 'origin', sandbox.remote);
    expectPassed(ran);
  });

  it.each([
    ['is no TOML', '[coordination\n', /\.lazyspec\.toml is not valid: 1 problem\n {2}line 1/],
    ['has a wrong value', '[coordination]\ntakeover = "never"\n', /line 2: coordination\.takeover/],
    ['has a misspelt key', '[coordination]\nlease_duratoin = "1m"\n', /lease_duration/],
  ])('refuses the commit when it %s', async (_, text, reason) => {
    // Nothing governed is staged: what is governed is not known.
    clone.write({ '.lazyspec.toml': text, 'README.md': '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(reason);
    expect(ran.stderr).toContain('Mend .lazyspec.toml');
    // git makes every failure of a hook a 1; the hook's own says what kind it was.
    expect(await clone.hooks(['run', 'pre-commit'])).toMatchObject({ status: 2 });
    expect(await clone.tryGit(['hook', 'run', 'pre-commit'])).toMatchObject({ status: 2 });
  });

  it('refuses the commit when HEAD has a folder in its place', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    await sneak(clone, { '.lazyspec.toml/file': '' });
    clone.write({ 'README.md': '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('.lazyspec.toml cannot be read: it is no file, but a tree');
  });

  it('refuses the commit when it names a remote that the clone does not have', async () => {
    await configure(clone, '[coordination]\nremote = "upstream"\n');
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("this clone has no remote 'upstream'");
  });
});
