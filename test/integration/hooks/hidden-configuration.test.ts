import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  commit,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  RFC_1,
  RFC_2,
  refusedIds,
  sneak,
} from './guarded.ts';

const ON = DOCUMENTS['.lazyspec.toml'];
const { '.lazyspec.toml': _configuration, ...UNCONFIGURED } = DOCUMENTS;
const NOTES =
  '[coordination]\n[[types]]\nname = "note"\nplural = "notes"\ndir = "notes"\nprefix = "NOTE"\n';

describe('a commit is judged by the configuration in HEAD', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  it('where a sparse checkout leaves it out', async () => {
    await clone.git('sparse-checkout', 'set', '--no-cone', 'docs');
    clone.write({ [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
  });

  it('where the file was deleted, and claims go on', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    clone.write({ [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
  });

  it('where a configuration in a place that comes after would hide it', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    clone.write({ 'package.json': '{ "lazyspec": {} }\n', [RFC_1]: '# Changed\n' });
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(1);
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it.each([
    ['removes it', undefined],
    ['takes the gate out', '[gate]\n'],
    ['governs another folder', NOTES],
    ['lets anybody create documents', `${ON}[gate]\ncreate = "off"\n`],
  ])('also the commit that %s', async (_, text) => {
    rmSync(clone.at('.lazyspec.toml'));
    if (text !== undefined) clone.write({ '.lazyspec.toml': text });
    clone.write({ 'docs/rfcs/RFC-009-new.md': '# New\n', [RFC_1]: '# Changed\n' });
    await clone.git('add', 'docs/rfcs/RFC-009-new.md');
    expectRefused(await commit(clone, ['--all']), 'RFC-001', 'RFC-009');
    const gate = await clone.lease(['gate', '--staged']);
    expect({ status: gate.status, ids: refusedIds(gate) }).toEqual({ status: 1, ids: ['RFC-009'] });
    // By itself it lands, and the next one is judged by what is there then.
    await clone.git('reset', '--quiet');
    expectPassed(await commit(clone, ['.lazyspec.toml']));
    clone.write({ 'notes/NOTE-001-a.md': '# New\n' });
    await clone.git('add', 'notes', RFC_1);
    const governs = { [NOTES]: ['NOTE-001'], [ON]: ['RFC-001'] };
    const ids = text?.startsWith(ON) ? governs[ON] : governs[text ?? ''];
    const next = await commit(clone);
    if (ids) expectRefused(next, ...ids);
    else expectPassed(next);
  });

  it('where the commit amends another, or HEAD is on no branch', async () => {
    await clone.git('checkout', '--quiet', '--detach');
    rmSync(clone.at('.lazyspec.toml'));
    clone.write({ [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, ['--all', '--amend']), 'RFC-001');
  });

  it('where a merge brings another', async () => {
    await sneak(clone, { [RFC_2]: '# Base\n1\n2\n3\n4\n5\n6\n7\n8\n' });
    await clone.git('checkout', '--quiet', '-b', 'theirs');
    await sneak(clone, {
      '.lazyspec.toml': '',
      [RFC_2]: '# Base\n1\n2\n3\n4\n5\n6\n7\n8\ntheirs\n',
    });
    await clone.git('checkout', '--quiet', '-b', 'ours', 'theirs~1');
    await sneak(clone, { [RFC_2]: '# Base\nours\n1\n2\n3\n4\n5\n6\n7\n8\n' });
    expectRefused(await clone.tryGit(['merge', '--quiet', '--no-edit', 'theirs']), 'RFC-002');
  });

  it('is refused where it would leave one that cannot be read, which the next one may mend', async () => {
    clone.write({ '.lazyspec.toml': '[coordination\n', 'README.md': '# New\n' });
    expect(await commit(clone, ['--all'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Mend .lazyspec.toml, stage it, and commit again.'),
    });
    // What is not staged is nobody's business.
    expectPassed(await commit(clone, ['README.md']));
    await sneak(clone, { '.lazyspec.toml': '[coordination\n' });
    clone.write({ 'README.md': '# Newer\n' });
    expect((await commit(clone, ['README.md'])).status).toBe(1);
    await clone.git('rm', '--quiet', '--cached', '.lazyspec.toml');
    expect((await commit(clone)).stderr).toContain('HEAD: .lazyspec.toml is not valid');
    clone.write({ '.lazyspec.toml': ON, [RFC_1]: '# Changed\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('reset', '--quiet', RFC_1);
    expectPassed(await commit(clone));
  });

  it('in each work tree by its own', async () => {
    await clone.git('worktree', 'add', '--quiet', '--detach', join(sandbox.folder, 'other'));
    const other = new Clone(sandbox, join(sandbox.folder, 'other'));
    await sneak(other, { '.lazyspec.toml': NOTES });
    for (const tree of [other, clone, other]) {
      tree.write({ [RFC_1]: '# Changed\n', 'notes/NOTE-001-a.md': '# New\n' });
      expectRefused(await commitAll(tree), tree === clone ? 'RFC-001' : 'NOTE-001');
    }
  });
});

describe('where HEAD has no configuration, a commit is judged', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create(UNCONFIGURED);
    clone = await guardedClone(sandbox);
    clone.write({ [RFC_1]: '# Changed\n' });
    await clone.git('add', RFC_1);
  });
  afterEach(() => sandbox.dispose());

  it('by the one that is in the work tree alone', async () => {
    clone.write({ '.lazyspec.toml': ON });
    expectRefused(await commit(clone), 'RFC-001');
    clone.write({ '.lazyspec.toml': NOTES });
    expectPassed(await commit(clone));
  });

  it('by the one that it brings, whatever is in the work tree', async () => {
    clone.write({ '.lazyspec.toml': ON });
    await clone.git('add', '.lazyspec.toml');
    for (const text of [ON, NOTES, '']) {
      clone.write({ '.lazyspec.toml': text });
      expectRefused(await commit(clone), 'RFC-001');
    }
  });

  it('by what turns the gate on in one that had none', async () => {
    await sneak(clone, { '.lazyspec.toml': '[gate]\ncreate = "own"\n', [RFC_1]: '# Sneaked\n' });
    clone.write({ [RFC_2]: '# Changed\n' });
    expectPassed(await commitAll(clone));
    clone.write({ '.lazyspec.toml': ON, [RFC_1]: '# Changed again\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it('by that of a first commit', async () => {
    await clone.git('checkout', '--quiet', '--orphan', 'unborn');
    expectPassed(await commit(clone));
    await clone.git('checkout', '--quiet', '--orphan', 'unborn-too');
    clone.write({ '.lazyspec.toml': ON });
    expectRefused(await commit(clone), 'RFC-001', 'RFC-002', 'STORY-042');
  });

  it('by nothing where there is none at all', async () => {
    expectPassed(await commit(clone));
    clone.write({ 'package.json': '{ "name": "no-configuration-in-here" }\n', [RFC_2]: '# New\n' });
    expectPassed(await commitAll(clone));
  });

  it('and then by that in package.json, once it is in HEAD', async () => {
    await sneak(clone, { 'package.json': '{ "lazyspec": { "coordination": {} } }\n' });
    clone.write({ 'package.json': '{}\n', [RFC_1]: '# Changed again\n' });
    expectRefused(await commit(clone, ['--all']), 'RFC-001');
    rmSync(clone.at('package.json'));
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
    // And that is not hidden by one that comes before.
    clone.write({ '.lazyspec.toml': '', 'package.json': '{}\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it('by the file that a link leads to', async () => {
    clone.write({ 'shared/lazyspec.toml': ON });
    symlinkSync('shared/lazyspec.toml', clone.at('.lazyspec.toml'));
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Begin');
    clone.write({ [RFC_1]: '# Changed again\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('reset', '--quiet');
    clone.write({ 'README.md': '# New\n' });
    expectPassed(await commit(clone, ['README.md']));
  });
});
