import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { claim, RFC_1, RFC_2, STORY } from '../hooks/guarded.ts';
import { act, edit, expectRefusal, expectSilent } from './calls.ts';

const ODD = 'docs/rfcs/RFC-003-ünï \n code.md';

describe('before an edit', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, [ODD]: '# Odd\n' });
    clone = await sandbox.clone('ada');
    const env = { LAZYSPEC_AGENT_ID: 's-1' };
    expect(await clone.lease(['claim', 'RFC-001'], { env })).toMatchObject({ status: 0 });
    expect(await clone.lease(['claim', 'STORY-042', '--note', 'mine for now'])).toMatchObject({
      status: 0,
    });
  });
  afterAll(() => sandbox.dispose());

  it('of what the session holds, passes and says nothing', async () => {
    expectSilent(await edit(clone, clone.at(RFC_1)));
  });

  it('of what nobody holds, refuses, and says how to claim it as this session', async () => {
    const ran = await edit(clone, clone.at(RFC_2));
    expectRefusal(ran, 'RFC-002: document is not claimed', `changed: ${RFC_2}`);
    expect(ran.stderr).toMatch(/claim it: .*lazyspec-lease --agent-id s-1 claim RFC-002\n/);
  });

  it('of what another holds, names the holder, the end, and no way to force it', async () => {
    const ran = await edit(clone, clone.at(STORY));
    expectRefusal(ran, "(held by 'ada')", 'expires in', '"mine for now"', 'claim STORY-042 --wait');
    expect(ran.stderr).not.toContain('administrator');
    expect(ran.stderr).not.toContain('--expected-holder');
  });

  it('is who $LAZYSPEC_AGENT_ID says, and else the session, whatever variable is left over', async () => {
    expectSilent(await edit(clone, clone.at(STORY), { env: { LAZYSPEC_AGENT_ID: 'ada' } }));
    const outer = { CLAUDE_SESSION_ID: 's-1' };
    expectRefusal(await edit(clone, clone.at(RFC_1), { session: 's-2', env: outer }), "'s-1'");
  });

  it.each([
    ['of a file that is no document', 'README.md'],
    ['of a new file', 'src/new/file.ts'],
    ['of a file beside the documents', 'docs/rfcs/notes.txt'],
    ['of the configuration', '.lazyspec.toml'],
    ['of what git keeps', '.git/info/exclude'],
  ])('%s, passes without asking the remote', async (_, path) => {
    const git = sandbox.countingGit();
    expectSilent(await edit(clone, clone.at(path), { env: git.env }));
    expect(git.calls()).not.toContain('fetch');
  });

  it('of a file outside of any repository, passes', async () => {
    expectSilent(await edit(clone, join(sandbox.folder, 'somewhere', 'RFC-001-x.md')));
    expectSilent(await edit(clone, '/RFC-001-x.md'));
  });

  it('takes a relative path from where the agent is', async () => {
    const cwd = clone.at('docs/rfcs');
    expectRefusal(await edit(clone, 'RFC-002-another.md', { cwd }), 'RFC-002');
    expectRefusal(await edit(clone, '../rfcs/./RFC-002-another.md', { cwd }), 'RFC-002');
    const input = JSON.stringify({ tool_input: { file_path: 'RFC-002-another.md' } });
    const asked = ['agent', 'before-edit', '-C', 'docs/rfcs'];
    expectRefusal(await clone.hooks(asked, { input }), 'RFC-002');
  });

  it('knows odd names', async () => {
    expectRefusal(await edit(clone, clone.at(ODD)), 'RFC-003', 'document is not claimed');
  });

  it('asks about the repository that the file is in, wherever the agent is', async () => {
    const tree = join(sandbox.folder, 'a tree');
    await clone.git('worktree', 'add', '--quiet', '-b', 'tree', tree);
    expectRefusal(await edit(clone, join(tree, RFC_2)), 'RFC-002');
    expectSilent(await edit(clone, join(tree, RFC_1)));
    expectSilent(await edit(clone, join(tree, 'README.md')));
    const other = await sandbox.clone('other');
    expectRefusal(await edit(clone, other.at(RFC_2)), 'RFC-002');
    const env = { GIT_DIR: clone.at('.git'), GIT_WORK_TREE: clone.path };
    expectRefusal(await edit(clone, other.at(RFC_2), { env }), 'RFC-002');
  });

  it('sees through links, to folders, to files, and from other places', async () => {
    symlinkSync(clone.path, join(sandbox.folder, 'way'));
    expectRefusal(await edit(clone, join(sandbox.folder, 'way', RFC_2)), 'RFC-002');
    symlinkSync('rfcs', clone.at('docs', 'old'));
    expectRefusal(await edit(clone, clone.at('docs/old/RFC-002-another.md')), 'RFC-002');
    symlinkSync('docs/rfcs/RFC-002-another.md', clone.at('latest.md'));
    expectRefusal(await edit(clone, clone.at('latest.md')), 'RFC-002');
    // The link is the document here, whatever it leads to.
    symlinkSync('../../README.md', clone.at('docs/rfcs/RFC-009-link.md'));
    const nobody = { session: 's-9' };
    expectRefusal(await edit(clone, clone.at('docs/rfcs/RFC-009-link.md'), nobody), 'RFC-009');
  });

  it('of a new document, is as with a commit: any lease of mine lets me create', async () => {
    expectSilent(await edit(clone, clone.at('docs/rfcs/RFC-010-new.md')));
    const nobody = { session: 's-9' };
    expectRefusal(await edit(clone, clone.at('docs/rfcs/RFC-010-new.md'), nobody), 'RFC-010');
  });

  it('works before the first commit', async () => {
    const path = join(sandbox.folder, 'unborn');
    await sandbox.git(sandbox.folder, 'init', '--quiet', path);
    await sandbox.git(path, 'remote', 'add', 'origin', sandbox.remote);
    writeFileSync(join(path, '.lazyspec.toml'), '[coordination]\n');
    expectSilent(await edit(clone, join(path, RFC_1)));
    expectRefusal(await edit(clone, join(path, RFC_2), { session: 's-9' }), 'RFC-002');
  });

  it.each([
    ['Write', { file_path: RFC_2, content: '# New' }],
    ['NotebookEdit', { notebook_path: RFC_2, new_source: '' }],
    ['MultiEdit', { file_path: RFC_2, edits: [{ old_string: 'a', new_string: 'b' }] }],
    ['one that edits several files', { edits: [{ path: 'README.md' }, { path: RFC_2 }] }],
    ['one with a list', { paths: ['README.md', RFC_2] }],
  ])('knows the file of %s', async (tool, input) => {
    expectRefusal(await act(clone, 'before-edit', { tool, input }), 'RFC-002');
  });

  describe('what it does not understand it refuses', () => {
    const send = (input: string) => clone.hooks(['agent', 'before-edit'], { input });

    it.each([
      ['nothing', ''],
      ['no JSON', 'file_path: docs'],
      ['half of it', '{"session_id":"s-1","tool_input":{"file_pa'],
      ['a list', '[{"tool_input":{"file_path":"README.md"}}]'],
      ['null', 'null'],
      ['a text', '"README.md"'],
      ['brackets without end', '['.repeat(100_000)],
      ['bytes that are no text', '\u0000\u0001'],
    ])('%s', async (_, input) => {
      expectRefusal(await send(input), 'no JSON object');
    });

    it.each([
      ['no input', {}],
      ['an input of null', { tool_input: null }],
      ['no file', { tool_name: 'Bash', tool_input: { command: 'sed -i s/a/b/ x' } }],
      ['a number for a file', { tool_input: { file_path: 7 } }],
      ['an empty name', { tool_input: { file_path: '' } }],
    ])('%s', async (_, call) => {
      expectRefusal(await send(JSON.stringify(call)), 'names no file');
    });

    it('a path that can be none', async () => {
      expectRefusal(await edit(clone, 'docs/rfcs\0/RFC-001-x.md'), 'null characters');
    });

    it('a path without end', async () => {
      const path = clone.at('docs/rfcs/RFC-002-', 'x/'.repeat(10_000));
      expectRefusal(await edit(clone, path), 'what can be no file');
    });

    it('thousands of files', async () => {
      const paths = [...Array(20_000).keys()].map((number) => `docs/rfcs/RFC-${number}.md`);
      const ran = await act(clone, 'before-edit', { input: { paths } });
      expectRefusal(ran, 'more than 1000 files');
    });

    it('a session that is no name', async () => {
      const ran = await edit(clone, clone.at(RFC_1), { session: 'a\nb' });
      expectRefusal(ran, 'the agent id is not a name');
      expectSilent(await edit(clone, clone.at('README.md'), { session: 'a\nb' }));
    });

    it('more than any file', async () => {
      const ran = await clone.hooks(['agent', 'before-edit'], {
        input: Buffer.alloc(65 * 1024 * 1024, ' '),
      });
      expectRefusal(ran, 'more than');
    });
  });

  it('takes a large file', async () => {
    const input = { file_path: clone.at(RFC_2), content: 'x'.repeat(8_000_000) };
    expectRefusal(await act(clone, 'before-edit', { tool: 'Write', input }), 'RFC-002');
  });

  it('without session and variable is who git says', async () => {
    const input = (path: string) => JSON.stringify({ tool_input: { file_path: path } });
    const ask = (path: string) => clone.hooks(['agent', 'before-edit'], { input: input(path) });
    expectSilent(await ask(STORY));
    expectRefusal(await ask(RFC_1), "held by 's-1'");
  });

  describe('with a configuration that is not valid', () => {
    let broken: Clone;
    beforeAll(async () => {
      broken = await sandbox.clone('broken');
      broken.write({ '.lazyspec.toml': '[coordination]\nremote = 7\n' });
    });

    it('refuses all but the edit that mends it', async () => {
      expectRefusal(await edit(broken, broken.at(RFC_1)), '.lazyspec.toml is not valid');
      expectRefusal(await edit(broken, broken.at('README.md')), '.lazyspec.toml is not valid');
      expectSilent(await edit(broken, broken.at('.lazyspec.toml')));
    });
  });

  it('without [coordination] passes, and starts no git', async () => {
    const free = await sandbox.clone('free');
    free.write({ '.lazyspec.toml': '' });
    const git = sandbox.countingGit();
    expectSilent(await edit(free, free.at(RFC_2), { env: git.env }));
    expect(git.calls()).toEqual([]);
  });

  describe('without the remote', () => {
    let alone: Clone;
    beforeAll(async () => {
      alone = await sandbox.clone('alone');
      await claim(alone, 'RFC-002');
      const address = `git://127.0.0.1:${await freePort()}/remote.git`;
      await alone.git('remote', 'set-url', 'origin', address);
    });

    const asAlone = { env: { LAZYSPEC_AGENT_ID: 'alone' } };

    it('refuses documents, also what I hold, and passes other files', async () => {
      expectRefusal(await edit(alone, alone.at(RFC_2), asAlone), "'origin' cannot be reached");
      expectSilent(await edit(alone, alone.at('README.md'), asAlone));
    });

    it('passes what this clone last saw me hold, with offline = "allow-held"', async () => {
      alone.write({ '.lazyspec.toml': '[coordination]\n[gate]\noffline = "allow-held"\n' });
      expect(await edit(alone, alone.at(RFC_2), asAlone)).toMatchObject({ status: 0 });
      expectRefusal(await edit(alone, alone.at(STORY), asAlone), "'origin' cannot be reached");
    });
  });

  it('in a bare repository or a folder that is gone is no bug', async () => {
    expectSilent(await edit(clone, join(sandbox.remote, 'docs/rfcs/RFC-001-x.md')));
    mkdirSync(clone.at('gone'));
    expectRefusal(await edit(clone, clone.at('gone/../docs/rfcs/RFC-002-another.md')), 'RFC-002');
  });
});
