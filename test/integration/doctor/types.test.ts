import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createContext } from '../../../src/commands/context.ts';
import { checkTypes } from '../../../src/doctor/types.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, expectRefused, guardedClone, sneak } from '../hooks/guarded.ts';
import { examine } from './examined.ts';

/** A configuration with one type for each dir, prefix and further keys. */
function configuration(...types: [dir: string, prefix?: string, more?: string][]): string {
  const tables = types.map(([dir, prefix = 'RFC', more = ''], index) => {
    const name = index === 0 ? 'rfc' : `other-${index}`;
    return `[[types]]\nname = "${name}"\ndir = ${JSON.stringify(dir)}\nprefix = "${prefix}"\n${more}\n`;
  });
  return `${tables.join('')}[coordination]\n`;
}

describe('the check of the types', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ 'README.md': '# Project\n' });
    clone = await guardedClone(sandbox);
  });
  beforeEach(async () => {
    await clone.git('reset', '--quiet', '--hard', 'origin/main');
    await clone.git('clean', '--quiet', '-dffx');
  });
  afterAll(() => sandbox.dispose());

  /** Commits files past the hooks, and checks. */
  async function found(files: Record<string, string>) {
    await sneak(clone, files);
    return asked();
  }

  async function asked(cwd = clone.path) {
    const context = createContext({ cwd, env: sandbox.env });
    const findings = await checkTypes(context.git, clone.path, await context.config());
    return findings.map(({ state, message, details = [], remedy = '' }) => {
      return { state, message, details, remedy };
    });
  }

  /** Insists that there is one finding: a failure that says this, and how to fix it. */
  async function fails(
    files: Record<string, string>,
    message: string | RegExp,
    remedy: string,
  ): Promise<void> {
    expect(await found(files)).toEqual([
      {
        state: 'failed',
        message: expect.stringMatching(message),
        remedy: expect.stringContaining(remedy),
        details: expect.anything(),
      },
    ]);
  }

  it('counts documents, and the files that belong to them', async () => {
    const [finding] = await found({
      '.lazyspec.toml': configuration(['docs/rfcs']),
      'docs/rfcs/RFC-001-one.md': 'x',
      'docs/rfcs/RFC-002-two/text.md': 'x',
      'docs/rfcs/RFC-002-two/figure.svg': 'x',
      'docs/rfcs/README.md': 'x',
    });
    expect(finding).toMatchObject({
      state: 'ok',
      message: 'rfc in docs/rfcs: 2 documents in 3 files',
    });
  });

  it('has a line for each type, nested ones and two in one folder as well', async () => {
    const [finding] = await found({
      '.lazyspec.toml': configuration(['docs'], ['docs/adrs', 'ADR'], ['docs/adrs', 'LOG']),
      'docs/RFC-001.md': 'x',
      'docs/adrs/ADR-001.md': 'x',
      'docs/adrs/RFC-002.md': 'x',
    });
    expect(finding).toMatchObject({
      state: 'ok',
      message: '3 documents in 3 files',
      details: [
        'rfc in docs: 2 documents in 2 files',
        'other-1 in docs/adrs: 1 document in 1 file',
        'other-2 in docs/adrs: no documents yet',
      ],
    });
  });

  it.each(['./docs/rfcs', 'docs//rfcs', 'docs/rfcs/'])('reads %j as docs/rfcs', async (dir) => {
    const [finding] = await found({
      '.lazyspec.toml': configuration([dir]),
      'docs/rfcs/RFC-001.md': 'x',
    });
    expect(finding?.message).toBe('rfc in docs/rfcs: 1 document in 1 file');
  });

  it.each([
    ['numbered files', 'numbering = "incremental"\nmatch = "{n:04}-{title}.md"', '0001-title.md'],
    ['folders', 'subdirectory = true', 'RFC-001-title/index.md'],
    ['a single document', 'singleton = true', 'RFC.md'],
    ['random keys', 'numbering = "sqids"', 'RFC-kxw-title.md'],
    ['a prefix in another case', '', 'rfc-001-title.md'],
  ])('recognises documents that are %s', async (_, more, name) => {
    const [finding] = await found({
      '.lazyspec.toml': configuration(['docs/rfcs', 'RFC', more]),
      [`docs/rfcs/${name}`]: 'x',
    });
    expect(finding?.message).toBe('rfc in docs/rfcs: 1 document in 1 file');
  });

  it.each([
    ['does not exist', {}, 'the folder does not exist yet'],
    ['has only a file that keeps it in git', { 'docs/rfcs/.gitkeep': '' }, 'no documents yet'],
    [
      'has only an introduction and a template',
      { 'docs/rfcs/README.md': 'x', 'docs/rfcs/RFC-template.md': 'x' },
      'no documents yet',
    ],
  ])('is content with a folder that %s', async (_, files, message) => {
    const text = configuration(['docs/rfcs']);
    expect(await found({ '.lazyspec.toml': text, ...files })).toMatchObject([
      { state: 'ok', message: `rfc in docs/rfcs: ${message}` },
    ]);
  });

  it('is content with an empty folder, and with documents that are not added yet', async () => {
    await sneak(clone, { '.lazyspec.toml': configuration(['docs/rfcs']) });
    mkdirSync(clone.at('docs/rfcs'), { recursive: true });
    expect(await asked()).toMatchObject([
      { state: 'ok', message: 'rfc in docs/rfcs: the folder is empty' },
    ]);
    clone.write({ 'docs/rfcs/RFC-001.md': 'x' });
    expect(await asked()).toMatchObject([
      { state: 'ok', message: 'rfc in docs/rfcs: no documents yet; 1 file not added to git' },
    ]);
  });

  const COMPOSED = 'docs/\u00e9tudes';
  it.each([
    ['is misspelt', 'docs/rcfs', 'docs/rfcs', ''],
    ['lacks a letter', 'doc/rfcs', 'docs/rfcs', ''],
    ['is in another case', 'Docs/RFCs', 'docs/rfcs', 'differs in the case of letters'],
    ['has a blank within', 'docs/ rfcs', 'docs/rfcs', ''],
    ['is in another Unicode form', COMPOSED, COMPOSED.normalize('NFD'), 'another Unicode form'],
  ])('names the nearest folder if dir %s', async (_, dir, folder, how) => {
    await fails(
      { '.lazyspec.toml': configuration([dir]), [`${folder}/RFC-001.md`]: 'x' },
      new RegExp(`^rfc governs no file in ${dir}: there is no such folder, but ${folder}.*${how}`),
      `dir = ${JSON.stringify(folder)}`,
    );
  });

  it('names the nearest folder before its files are added', async () => {
    await sneak(clone, { '.lazyspec.toml': configuration(['docs/rfc']) });
    clone.write({ 'docs/rfcs/RFC-001.md': 'x' });
    expect(await asked()).toMatchObject([
      { state: 'failed', remedy: expect.stringContaining('dir = "docs/rfcs"') },
    ]);
  });

  it('takes no folder of another type for a misspelt one', async () => {
    const findings = await found({
      '.lazyspec.toml': configuration(['docs/rfds', 'RFD'], ['docs/rfcs', 'RFC']),
      'docs/rfcs/README.md': 'x',
    });
    expect(findings.map(({ state }) => state)).toEqual(['ok']);
  });

  it('takes no folder for a misspelt one if another type governs the documents in it', async () => {
    const [finding] = await found({
      '.lazyspec.toml': configuration(['docs/rfc'], ['docs', 'ADR']),
      'docs/rfcs/RFC-001.md': 'x',
    });
    expect(finding?.details).toEqual([
      'rfc in docs/rfc: 1 document in 1 file, in folders of other types',
      'other-1 in docs: no documents yet',
    ]);
  });

  it('names a folder of another name whose files look like the documents', async () => {
    await fails(
      {
        '.lazyspec.toml': configuration(['documents/requests']),
        'docs/rfcs/RFC-001-a.md': 'x',
        'docs/rfcs/RFC-002-b.md': 'x',
      },
      'rfc governs no file in documents/requests: 2 documents like its own are in docs/rfcs',
      'dir = "docs/rfcs"',
    );
  });

  it.each([
    ['is misspelt', 'RCF', '', 'RFC-001-title.md', 'prefix = "RFC"'],
    ['is another word', 'REQUEST', '', 'RFC-001-title.md', 'prefix = "RFC"'],
    ['is not in the names', 'RFC', '', '0001-title.md', 'match = "{n:04}-{title}.md"'],
    ['has no dash behind it', 'RFC', '', 'RFC_001_title.md', 'Name them like that'],
    ['is of a single document in lower case', 'GUIDE', 'singleton = true', 'guide.md', 'guide'],
    ['is in names that say nothing', 'RFC', '', 'notes.md', 'Name them like that'],
  ])('says that no file is a document if the prefix %s', async (_, prefix, more, name, remedy) => {
    await fails(
      { '.lazyspec.toml': configuration(['docs/rfcs', prefix, more]), [`docs/rfcs/${name}`]: 'x' },
      'rfc governs no file in docs/rfcs: 1 file there, and none is named',
      remedy,
    );
  });

  it('finds a misspelt prefix in a folder that it shares with another type', async () => {
    const findings = await found({
      '.lazyspec.toml': configuration(['docs', 'STROY'], ['docs', 'ADR']),
      'docs/STORY-001.md': 'x',
      'docs/ADR-001.md': 'x',
      'docs/notes.md': 'x',
    });
    expect(findings).toMatchObject([
      { state: 'ok', message: 'other-1 in docs: 1 document in 1 file' },
      { state: 'failed', remedy: expect.stringContaining('prefix = "STORY"') },
    ]);
  });

  it('names the target of a link, below which commits are guarded only there', async () => {
    clone.write({ '.lazyspec.toml': configuration(['docs/rfcs']), 'spec/rfcs/RFC-001.md': 'x' });
    mkdirSync(clone.at('docs'));
    symlinkSync('../spec/rfcs', clone.at('docs/rfcs'));
    await fails(
      {},
      'rfc governs no file in docs/rfcs: docs/rfcs is a symbolic link to spec/rfcs',
      'dir = "spec/rfcs"',
    );
    clone.write({ 'docs/rfcs/RFC-001.md': 'changed' });
    expectPassed(await commitAll(clone));
    expect(await found({ '.lazyspec.toml': configuration(['spec/rfcs']) })).toMatchObject([
      { state: 'ok' },
    ]);
    clone.write({ 'docs/rfcs/RFC-001.md': 'changed again' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it('names the target of a link above the dir, and of one that is not tracked', async () => {
    clone.write({ '.lazyspec.toml': configuration(['docs/rfcs']), 'spec/rfcs/RFC-001.md': 'x' });
    await sneak(clone, {});
    symlinkSync('spec', clone.at('docs'));
    expect(await asked()).toMatchObject([
      {
        message: expect.stringContaining('docs is a symbolic link to spec'),
        remedy: expect.stringContaining('dir = "spec/rfcs"'),
      },
    ]);
  });

  it.each([
    ['out of the repository', '/tmp'],
    ['nowhere', 'gone'],
  ])('says that a link leads %s', async (_, target) => {
    await sneak(clone, { '.lazyspec.toml': configuration(['rfcs']) });
    symlinkSync(target, clone.at('rfcs'));
    await fails({}, 'rfcs is a symbolic link, and leads to no folder of this repository', 'Move');
  });

  it('says that a link below the folder leads to documents that no type governs', async () => {
    clone.write({
      '.lazyspec.toml': configuration(['docs']),
      'docs/RFC-001.md': 'x',
      'spec/RFC-002.md': 'x',
    });
    symlinkSync('../spec', clone.at('docs/more'));
    await fails({}, 'rfc: docs/more is a symbolic link to spec', 'dir = "spec"');
    const text = configuration(['docs'], ['spec', 'SPEC']);
    expect(await found({ '.lazyspec.toml': text })).toMatchObject([{ state: 'ok' }]);
  });

  it('says that a submodule, and a folder in it, belong to another repository', async () => {
    await clone.git(
      ...['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'],
      ...[sandbox.remote, 'module'],
    );
    for (const dir of ['module', 'module/docs']) {
      await fails(
        { '.lazyspec.toml': configuration([dir]) },
        'module is a repository of its own',
        'in that repository',
      );
    }
    await clone.git('mv', 'module', 'docs-module');
    mkdirSync(clone.at('docs'));
    await clone.git('mv', 'docs-module', 'docs/module');
    await fails(
      { '.lazyspec.toml': configuration(['docs']) },
      'docs/module is a repository of its own',
      'in that repository',
    );
    await clone.git('rm', '--quiet', '-f', 'docs/module', '.gitmodules');
    rmSync(clone.at('.git/modules'), { recursive: true });
  });

  it('says that dir is a file', async () => {
    const text = configuration(['README.md/rfcs']);
    await fails(
      { '.lazyspec.toml': text },
      'rfc governs no file in README.md/rfcs: README.md is a file',
      'folder',
    );
  });

  it('warns of a folder that git ignores, whatever folder it runs in', async () => {
    await sneak(clone, {
      '.lazyspec.toml': configuration(['docs/rfcs']),
      '.gitignore': 'docs\n',
      'src/x': '',
    });
    clone.write({ 'docs/rfcs/RFC-001.md': 'x' });
    expect(await asked()).toMatchObject([
      { state: 'warning', message: expect.stringContaining('in docs/rfcs: git ignores them') },
    ]);
    expect(await asked(clone.at('src'))).toMatchObject([{ state: 'warning' }]);
    // What is tracked all the same is guarded.
    await clone.git('add', '--force', 'docs');
    expect(await asked()).toMatchObject([{ state: 'ok' }]);
  });

  it('counts what a sparse checkout leaves out, and what is staged before the first commit', async () => {
    await sneak(clone, {
      '.lazyspec.toml': configuration(['docs/rfcs']),
      'docs/rfcs/RFC-001.md': 'x',
    });
    await clone.git('sparse-checkout', 'set', '--no-cone', '/*', '!/docs');
    try {
      expect((await asked())[0]?.message).toBe('rfc in docs/rfcs: 1 document in 1 file');
    } finally {
      await clone.git('sparse-checkout', 'disable');
    }
    await clone.git('checkout', '--quiet', '--orphan', 'other');
    expect((await asked())[0]?.message).toBe('rfc in docs/rfcs: 1 document in 1 file');
    await clone.git('checkout', '--quiet', '-f', 'main');
  });

  it('does not ask for documents of all types of the lazyspec CLI', async () => {
    const files = { 'docs/rfcs/RFC-001.md': 'x', 'docs/specs/api.yaml': 'x', 'docs/adr/x.md': '' };
    const [finding] = await found({ '.lazyspec.toml': '[coordination]\n', ...files });
    expect(finding).toMatchObject({ state: 'ok', message: '1 document in 1 file' });
    expect(await found({ 'docs/storys/STORY-001.md': 'x' })).toMatchObject([
      { state: 'ok' },
      { state: 'failed', message: expect.stringContaining('docs/storys') },
    ]);
  });

  it('is a part of doctor, which fails then, and of install, which says so', async () => {
    await sneak(clone, { '.lazyspec.toml': configuration(['docs/rfc'], ['adr', 'ADR']) });
    clone.write({ 'docs/rfcs/RFC-001.md': 'x', 'adr/ADR-001.md': 'x' });
    await clone.git('add', '--all');
    const installed = await clone.hooks(['install']);
    const line = 'other-1 in adr: 1 document in 1 file';
    const message = 'rfc governs no file in docs/rfc: there is no such folder, but docs/rfcs';
    const remedy = 'If that is meant, write dir = "docs/rfcs" for the type rfc in .lazyspec.toml.';
    expect(installed).toMatchObject({ status: 0, stderr: '' });
    expect(installed.stdout).toContain(`\n  ${line}\n${message}. ${remedy}\n`);
    const { wrong, result } = await examine(clone);
    expect(wrong).toEqual(['types failed']);
    const counts = (name: string, dir: string, prefix: string, count: number) => {
      return { name, dir, prefix, documents: count, files: count };
    };
    const [adr, rfc] = [counts('other-1', 'adr', 'ADR', 1), counts('rfc', 'docs/rfc', 'RFC', 0)];
    expect(result.findings.filter(({ check }) => check === 'types')).toEqual([
      { check: 'types', state: 'ok', message: line, governs: [adr] },
      { check: 'types', state: 'failed', message, remedy, governs: [rfc] },
    ]);
    const json = JSON.parse((await clone.hooks(['install', '--json'])).stdout);
    expect(json.governs).toEqual([adr, rfc]);
  });
});
