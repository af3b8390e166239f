import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, guardedClone, RFC_1, startOver } from './guarded.ts';

describe('the configuration', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it('gates nothing without [coordination], and no git is started', async () => {
    clone.write({ '.lazyspec.toml': '[gate]\ncreate = "own"\n', [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
    const { env, calls } = sandbox.countingGit();
    expectPassed(await clone.lease(['gate', '--staged', '--quiet'], { env }));
    expect(calls()).toEqual([]);
    expectPassed(await commitAll(clone));
  });

  it('gates nothing without [coordination] in a repository that cannot be reached', async () => {
    clone.write({ '.lazyspec.toml': '', [RFC_1]: '# New\n' });
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

  it('refuses the commit when it is no file', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    mkdirSync(clone.at('.lazyspec.toml'));
    clone.write({ '.lazyspec.toml/file': '' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('.lazyspec.toml cannot be read: it is not a file');
  });

  it('refuses the commit when it names a remote that the clone does not have', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\nremote = "upstream"\n', [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("this clone has no remote 'upstream'");
  });

  it('is that of the work tree, changed or not', async () => {
    clone.write({
      '.lazyspec.toml':
        '[coordination]\n[[types]]\nname = "note"\nplural = "notes"\ndir = "notes"\nprefix = "NOTE"\n',
      'notes/NOTE-001-a.md': '# New\n',
    });
    await clone.git('add', 'notes');
    const ran = await clone.tryGit(['commit', '--quiet', '--message', 'Change']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('NOTE-001: document is not claimed.');
  });
});
