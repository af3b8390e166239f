import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commit,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  RFC_1,
  RFC_2,
  release,
  STORY,
  startOver,
} from './guarded.ts';

describe('every kind of staged change', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it.each<[change: string, ids: string[], make: () => unknown]>([
    ['a modified file', ['RFC-001'], () => clone.write({ [RFC_1]: '# New\n' })],
    ['an added file', ['RFC-007'], () => clone.write({ 'docs/rfcs/RFC-007-new.md': '# New\n' })],
    ['a deleted file', ['STORY-042'], () => rmSync(clone.at(STORY))],
    [
      'both ends of a rename',
      ['RFC-001', 'RFC-009'],
      () => clone.git('mv', RFC_1, 'docs/rfcs/RFC-009-some-title.md'),
    ],
    ['a file that is moved away', ['RFC-001'], () => clone.git('mv', RFC_1, 'notes.md')],
    [
      'a file that gets another title',
      ['RFC-001'],
      () => clone.git('mv', RFC_1, 'docs/rfcs/RFC-001-other.md'),
    ],
    [
      'a file that becomes a symbolic link',
      ['RFC-001'],
      () => {
        rmSync(clone.at(RFC_1));
        symlinkSync('RFC-002-another.md', clone.at(RFC_1));
      },
    ],
    ['a file that becomes executable', ['RFC-002'], () => chmodSync(clone.at(RFC_2), 0o755)],
  ])('refuses %s until it is claimed', async (_, ids, make) => {
    await make();
    expectRefused(await commitAll(clone), ...ids);
    await claim(clone, ...ids);
    expectPassed(await commitAll(clone));
    await release(clone, ...ids);
  });

  it('judges the commit of --all, whose index is not the usual one', async () => {
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commit(clone, ['--all']), 'RFC-001');
  });

  it('judges the commit of a path, and not what else is staged', async () => {
    clone.write({ [RFC_1]: '# New\n', [RFC_2]: '# New\n', 'README.md': '# New\n' });
    await clone.git('add', '--all');
    expectRefused(await commit(clone, ['--', RFC_2]), 'RFC-002');
    expectPassed(await commit(clone, ['--', 'README.md']));
  });

  it('judges what is staged, and not what is only in the work tree', async () => {
    clone.write({ [RFC_1]: '# New\n', 'README.md': '# New\n' });
    await clone.git('add', 'README.md');
    expectPassed(await commit(clone));
    clone.write({ 'README.md': '# Newer\n' });
    await clone.git('add', '--all');
    clone.write({ [RFC_1]: '# One\n' }); // back in the work tree only
    expectRefused(await commit(clone), 'RFC-001');
  });

  it('judges a commit that is made from a subfolder', async () => {
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await clone.tryGit(['-C', 'docs/stories', 'commit', '-qam', 'Change']);
    expectRefused(ran, 'RFC-001');
  });

  it('lets a commit be reworded without a claim, and judges what an amendment adds', async () => {
    await claim(clone, 'RFC-001');
    clone.write({ [RFC_1]: '# New\n' });
    expectPassed(await commitAll(clone));
    await release(clone, 'RFC-001');

    expectPassed(await clone.tryGit(['commit', '--quiet', '--amend', '--message', 'Reworded']));
    expect(await clone.git('log', '-1', '--format=%s')).toBe('Reworded');

    clone.write({ [RFC_2]: '# New\n' });
    expectRefused(await commit(clone, ['--all', '--amend']), 'RFC-002');
  });

  it('does not judge a file that was only announced', async () => {
    clone.write({ 'docs/rfcs/RFC-050-announced.md': '# New\n', 'README.md': '# New\n' });
    await clone.git('add', '--intent-to-add', 'docs/rfcs/RFC-050-announced.md');
    await clone.git('add', 'README.md');
    expectPassed(await commit(clone));
    // The same with Node asked, which the first commit may have done without.
    expect(await clone.lease(['gate', '--staged'])).toMatchObject({ status: 0, stderr: '' });
    expectRefused(await commit(clone, ['--all']), 'RFC-050');
  });

  it('does not believe diff settings that hide changes', async () => {
    const settings = [
      'diff.renames=copies',
      'diff.noprefix=true',
      'diff.relative=true',
      'diff.external=true',
      'diff.ignoreSubmodules=all',
      'diff.orderFile=nowhere',
    ];
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
    const ran = await clone.tryGit([
      ...settings.flatMap((setting) => ['-c', setting]),
      ...['-C', 'docs/stories', 'commit', '--quiet', '--message', 'Change'],
    ]);
    expectRefused(ran, 'RFC-001');
  });
});
