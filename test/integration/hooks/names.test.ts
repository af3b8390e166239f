import { renameSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  commitAll,
  configure,
  expectRefused,
  guardedClone,
  push,
  sneak,
  startOver,
} from './guarded.ts';

const NAMES = {
  'RFC-010': 'docs/rfcs/RFC-010-with  spaces .md',
  'RFC-011': 'docs/rfcs/RFC-011-"quoted".md',
  'RFC-012': "docs/rfcs/RFC-012-it's.md",
  'RFC-013': 'docs/rfcs/RFC-013-new\nline\tand tab.md',
  'RFC-014': 'docs/rfcs/RFC-014-Übergröße-наука-文書.md',
  'RFC-015': 'docs/rfcs/-n/RFC-015-below-a-dash.md',
  'RFC-016': 'docs/rfcs/RFC-016-:(exclude)*[a]?.md',
  'RFC-017': 'docs/rfcs/RFC-017-$(touch x)`touch y`;&|.md',
  'RFC-018': 'docs/rfcs/RFC-018-back\\slash.md',
};

/** Folders of document types whose names a shell or git could take for something else. */
const FOLDERS = {
  'NOTE-001': '-notes/NOTE-001-a.md',
  'PLAN-001': "the plan's $HOME/PLAN-001-a.md",
  'DRAFT-001': ':(top)drafts*/DRAFT-001-a.md',
};

const CONFIG = `[coordination]
[[types]]
name = "rfc"
plural = "rfcs"
dir = "docs/rfcs"
prefix = "RFC"
[[types]]
name = "note"
plural = "notes"
dir = "-notes"
prefix = "NOTE"
[[types]]
name = "plan"
plural = "plans"
dir = "the plan's $HOME"
prefix = "PLAN"
[[types]]
name = "draft"
plural = "drafts"
dir = ":(top)drafts*"
prefix = "DRAFT"
`;

describe('names that a shell or git could misread', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    const files = [...Object.values(NAMES), ...Object.values(FOLDERS)];
    const documents = Object.fromEntries(files.map((path) => [path, '# Old\n']));
    sandbox = await Sandbox.create({ ...DOCUMENTS, ...documents, '.lazyspec.toml': CONFIG });
    clone = await guardedClone(sandbox);
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  it.each(Object.entries({ ...NAMES, ...FOLDERS }))('judges %s', async (id, path) => {
    clone.write({ [path]: '# New\n' });
    expectRefused(await commitAll(clone), id);
  });

  it('sees through a rename of each into a new document', async () => {
    const renamed = Object.entries({ ...NAMES, ...FOLDERS }).map(([id, path]) => {
      const other = id.replace(/-0/, '-9');
      renameSync(clone.at(path), clone.at(path.replace(id, other)));
      return [id, other];
    });
    await configure(clone, `${CONFIG}[gate]\ncreate = "off"\n`);
    expect(await commitAll(clone)).toMatchObject({ status: 1 });
    const { documents } = await clone.json(['gate', '--staged']);
    const ids = documents.map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual(renamed.flat().sort());
  });

  it('judges all of them when they are pushed', async () => {
    const paths = Object.entries({ ...NAMES, ...FOLDERS });
    await sneak(clone, Object.fromEntries(paths.map(([, path]) => [path, '# New\n'])));
    const target = ['origin', 'HEAD:refs/heads/x'];
    expectRefused(await push(clone, target), ...paths.map(([id]) => id).sort());
  });

  it('judges all of them in a merge that git commits by itself', async () => {
    const paths = Object.values({ ...NAMES, ...FOLDERS });
    const lines = Array.from({ length: 20 }, (_, line) => `line ${line}\n`);
    const write = (change: number) =>
      sneak(
        clone,
        Object.fromEntries(
          paths.map((path) => [path, lines.map((l, n) => (n === change ? 'new\n' : l)).join('')]),
        ),
      );
    await write(-1);
    await clone.git('checkout', '--quiet', '-B', 'theirs');
    await write(2);
    await clone.git('checkout', '--quiet', '-B', 'ours', 'theirs~1');
    await write(17);
    const ran = await clone.tryGit(['merge', '--quiet', '--no-edit', 'theirs']);
    await clone.git('merge', '--abort');
    await clone.git('checkout', '--quiet', 'main');
    expectRefused(ran, ...Object.keys({ ...NAMES, ...FOLDERS }).sort());
  });

  it('judges both names where only the case of letters changes', async () => {
    await clone.git('config', 'core.ignoreCase', 'true');
    const [old, other] = [NAMES['RFC-014'], NAMES['RFC-014'].replace('RFC-014', 'rfc-014')];
    await clone.git('mv', old, other);
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-014');
    for (const path of [old, other]) expect(ran.stderr).toContain(path);
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Rename');
    expectRefused(await push(clone, ['origin', 'HEAD:refs/heads/x']), 'RFC-014');
    await clone.git('config', '--unset', 'core.ignoreCase');
  });

  it('judges a name that is not UTF-8', async () => {
    const path = Buffer.concat([
      Buffer.from(`${clone.path}/docs/rfcs/RFC-019-`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('.md'),
    ]);
    renameSync(clone.at(NAMES['RFC-010']), path);
    expectRefused(await commitAll(clone), 'RFC-010', 'RFC-019');
  });

  it('prints no control character of a name', async () => {
    clone.write({ 'docs/rfcs/RFC-020-\u001b[31m\u0007.md': '# Red\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-020');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(ran.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
