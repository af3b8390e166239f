import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Clone, DOCUMENTS, run, Sandbox } from '../../helpers/sandbox.ts';
import {
  commit,
  commitAll,
  configure,
  expectPassed,
  expectRefused,
  RFC_1,
  sneak,
  startOver,
} from './guarded.ts';
import { countNode, describeShells, installUnder } from './shells.ts';

const NOTES =
  '[coordination]\n[[types]]\nname = "note"\nplural = "notes"\ndir = "the \\"notes\\" of $USER\'s"\nprefix = "NOTE"\n';
const NOTE_1 = 'the "notes" of $USER\'s/NOTE-001-a.md';
const OTHERS =
  '[coordination]\n[[types]]\nname = "x"\nplural = "xs"\ndir = "other"\nprefix = "X"\n';

describeShells('the hook starts Node only if it may be needed', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let starts: () => number;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, [NOTE_1]: '# Note\n' });
    clone = await sandbox.clone('agent-a');
    await installUnder(shell, clone);
    ({ starts } = countNode(clone));
  });
  afterEach(async () => {
    await startOver(clone);
    await installUnder(shell, clone);
    ({ starts } = countNode(clone));
  });
  afterAll(() => sandbox.dispose());

  /** Commits a file that no type governs. @returns how often Node was started */
  async function ungoverned(env: Record<string, string> = {}): Promise<number> {
    clone.write({ 'README.md': `# ${++number}\n` });
    await clone.git('add', 'README.md');
    const ran = await commit(clone, [], { env });
    expectPassed(ran);
    return starts();
  }

  it('never where nothing governed is staged', async () => {
    expect(await ungoverned()).toBe(0);
    clone.write({ 'docs/rfcs-notes/RFC-001-no-document.md': '# Beside the folder\n' });
    expectPassed(await commitAll(clone));
    // Not even where something governed is in the work tree, or was announced.
    clone.write({ [RFC_1]: '# New\n', 'docs/rfcs/RFC-050-announced.md': '# New\n' });
    await clone.git('add', '--intent-to-add', 'docs/rfcs/RFC-050-announced.md');
    expect(await ungoverned()).toBe(0);
    expectPassed(await clone.tryGit(['commit', '-q', '--amend', '--message', 'Reworded']));
    expect(starts()).toBe(0);
  });

  it('never where there is no [coordination]', async () => {
    await configure(clone, '');
    expect(await ungoverned()).toBe(1);
    clone.write({ [RFC_1]: '# New\n' });
    expectPassed(await commitAll(clone));
    expect(starts()).toBe(0);
  });

  it('where a governed file is staged', async () => {
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(starts()).toBe(1);
    await clone.git('reset', '--quiet', '--hard');
    await clone.git('rm', '--quiet', RFC_1);
    expectRefused(await commit(clone), 'RFC-001');
    expect(starts()).toBe(1);
  });

  it('once where the configuration has changed since, and the next commit is fast', async () => {
    await configure(clone, NOTES);
    expect(await ungoverned()).toBe(1);
    expect(await ungoverned()).toBe(0);
    // And it is right: another folder is governed now, whose name is hard to quote.
    clone.write({ [NOTE_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'NOTE-001');
  });

  it('where the configuration has changed since, and what it now governs is staged', async () => {
    await configure(clone, NOTES);
    clone.write({ [NOTE_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'NOTE-001');
    expect(starts()).toBe(1);
  });

  it('where another configuration is staged, of which only Node can tell whether it is valid', async () => {
    clone.write({ '.lazyspec.toml': NOTES });
    expect(await ungoverned()).toBe(0);
    await clone.git('add', '.lazyspec.toml');
    expect(await ungoverned()).toBe(1);
  });

  it('once where HEAD has none, and one appeared in a place that comes before', async () => {
    await clone.git('rm', '--quiet', '.lazyspec.toml');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Without');
    clone.write({ '.lazyspecrc.json': '{"coordination":{}}' });
    expect(await ungoverned()).toBe(1);
    expect(await ungoverned()).toBe(0);
    clone.write({ 'package.json': '{"name":"no-configuration-in-here"}' });
    expect(await ungoverned()).toBe(1);
    expect(await ungoverned()).toBe(0);
    clone.write({ 'package.json': '{"name":"another"}' });
    expect(await ungoverned()).toBe(1);
    clone.write({ '.lazyspec.toml': NOTES, [NOTE_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'NOTE-001');
  });

  it('where another work tree of the clone has another configuration', async () => {
    const other = new Clone(sandbox, join(sandbox.folder, 'other tree'));
    await clone.git('worktree', 'add', '--quiet', '--detach', other.path);
    await configure(other, OTHERS);
    other.write({ 'other/X-1.md': '# New\n' });
    expectRefused(await commitAll(other), 'X-1');
    expect(starts()).toBe(1);
    // Node has noted what it saw, also where it refused.
    await other.git('rm', '--quiet', '--cached', 'other/X-1.md');
    expectPassed(await commit(other, ['--allow-empty']));
    expect(starts()).toBe(0);
    // The note is now that of the other tree: here Node is asked, and says no.
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('worktree', 'remove', '--force', other.path);
  });

  describe('for a merge', () => {
    const LINES = Array.from({ length: 20 }, (_, line) => `line ${line}\n`);
    const RFC_90 = 'docs/rfcs/RFC-090-long.md';
    const changedAt = (at: number) =>
      LINES.map((old, line) => (line === at ? 'new\n' : old)).join('');

    /** Branches `ours`, checked out, and `theirs`, each with changes of its own. */
    async function branches(
      ours: Record<string, string>,
      theirs: Record<string, string>,
    ): Promise<void> {
      await sneak(clone, { [RFC_90]: LINES.join('') });
      await clone.git('checkout', '--quiet', '-B', 'theirs');
      await sneak(clone, theirs);
      await clone.git('checkout', '--quiet', '-B', 'ours', 'theirs~1');
      await sneak(clone, ours);
    }
    const merge = (env: Record<string, string> = {}) => {
      return clone.tryGit(['merge', '--quiet', '--no-edit', 'theirs'], { env });
    };
    afterEach(async () => {
      await clone.tryGit(['merge', '--abort']);
      await clone.git('checkout', '--quiet', '--force', 'main');
    });

    it('never where it brings nothing governed', async () => {
      await branches({ [RFC_1]: '# Ours\n' }, { 'other.md': '# Other\n' });
      expectPassed(await merge());
      expect(starts()).toBe(0);
    });

    it('where it brings something governed, which passes if it is not ours', async () => {
      await branches({ 'README.md': '# Ours\n' }, { [RFC_1]: '# Theirs\n' });
      expectPassed(await merge());
      expect(starts()).toBe(1);
    });

    it('where both sides are put together', async () => {
      await branches({ [RFC_90]: changedAt(2) }, { [RFC_90]: changedAt(17) });
      expectRefused(await merge(), 'RFC-090');
      expect(starts()).toBe(1);
    });

    it('where it brings another configuration, and the next one is fast', async () => {
      await branches({ 'README.md': '# Ours\n' }, { '.lazyspec.toml': NOTES });
      expectPassed(await merge());
      expect(starts()).toBe(1);
      expect(await ungoverned()).toBe(1);
      expect(await ungoverned()).toBe(0);
    });

    it.each(['GIT_LITERAL_PATHSPECS', 'GIT_ICASE_PATHSPECS'])(
      'where it may be needed under %s',
      async (variable) => {
        await branches({ [RFC_90]: changedAt(2) }, { [RFC_90]: changedAt(17) });
        expectRefused(await merge({ [variable]: '1' }), 'RFC-090');
      },
    );

    it('where git cannot say', async () => {
      const hook = clone.at('.git/hooks/pre-merge-commit');
      const env = { ...sandbox.env, GIT_INDEX_FILE: clone.at('README.md') };
      expect((await run(hook, [], { cwd: clone.path, env })).status).not.toBe(0);
      expect(starts()).toBe(1);
    });
  });

  it('always for a push, which is not in the index', async () => {
    expect(await ungoverned()).toBe(0);
    expectPassed(await clone.tryGit(['push', '--quiet', 'origin', 'HEAD:refs/heads/pushed']));
    expect(starts()).toBe(1);
    await clone.git('push', '--quiet', 'origin', ':pushed');
  });

  it('every time where the note was deleted', async () => {
    rmSync(clone.at('.git/lazyspec/governed.sh'));
    expect(await ungoverned()).toBe(1);
    expect(await ungoverned()).toBe(1);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it("once where HEAD has none, and the note's copy of the configuration was deleted", async () => {
    await clone.git('rm', '--quiet', '--cached', '.lazyspec.toml');
    await clone.git('commit', '--quiet', '--no-verify', '--message', 'Without');
    expect(await ungoverned()).toBe(1);
    const [copy = ''] = readdirSync(clone.at('.git/lazyspec')).filter((name) =>
      name.startsWith('config-'),
    );
    rmSync(clone.at('.git/lazyspec', copy));
    expect(await ungoverned()).toBe(1);
    expect(readdirSync(clone.at('.git/lazyspec'))).toContain(copy);
    expect(await ungoverned()).toBe(0);
  });

  it('where the note is empty', async () => {
    writeFileSync(clone.at('.git/lazyspec/governed.sh'), '');
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(starts()).toBe(1);
  });

  it('where there is no HEAD', async () => {
    await clone.git('checkout', '--quiet', '--orphan', 'unborn');
    await clone.git('rm', '-r', '--quiet', '--cached', '.');
    await clone.git('add', 'README.md');
    expectPassed(await commit(clone));
    expect(starts()).toBe(1);
    await clone.git('checkout', '--quiet', '--force', 'main');
    await clone.git('checkout', '--quiet', '--orphan', 'unborn-too');
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001', 'RFC-002', 'STORY-042');
    await clone.git('checkout', '--quiet', '--force', 'main');
  });

  it.each([
    'GIT_LITERAL_PATHSPECS',
    'GIT_GLOB_PATHSPECS',
    'GIT_NOGLOB_PATHSPECS',
    'GIT_ICASE_PATHSPECS',
  ])('where it may be needed under %s', async (variable) => {
    const env = { [variable]: '1' };
    expect(await ungoverned(env)).toBe(0);
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
    expectRefused(await commit(clone, [], { env }), 'RFC-001');
    expect(starts()).toBe(1);
  });
});
