import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import { claim, configure, guardedClone, install, RFC_1, RFC_2 } from './guarded.ts';

const TRAILER = 'Lazyspec-Agent: agent-7';
const CONFIG = `${DOCUMENTS['.lazyspec.toml']}[gate]\ntrailer = true\n`;

describe('with trailer = true a commit', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': CONFIG });
    clone = await guardedClone(sandbox);
    await clone.git('config', 'lazyspec.agentId', 'agent-7');
    await claim(clone, 'RFC-001');
  });
  afterEach(() => sandbox.dispose());

  const message = (commit = 'HEAD') => clone.git('log', '-1', '--format=%B', commit);

  let changes = 0;
  async function stage(...paths: string[]): Promise<void> {
    changes += 1;
    clone.write(Object.fromEntries(paths.map((path) => [path, `change ${changes}\n`])));
    await clone.git('add', '--all');
  }

  /** An editor that does something to the file. */
  function editor(script: string): Record<string, string> {
    const path = `${sandbox.folder}/editor-${changes}`;
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { GIT_EDITOR: `'${path}'` };
  }

  it('that changes a document names its agent', async () => {
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Change', '--message', 'Why.');
    expect(await message()).toBe(`Change\n\nWhy.\n\n${TRAILER}\n`);
  });

  it('that changes none does not, and starts no Node', async () => {
    await stage('README.md');
    const node = sandbox.shadow('node', '#!/bin/sh\nexit 70\n');
    const program = clone.at('.git', 'lazyspec', 'program.sh');
    writeFileSync(program, 'lazyspec_node=/nothing\nlazyspec_program=/nothing\n');
    // Not in the second of the commit before it, which may then be the one that is amended.
    const args = ['commit', '--date=2020-01-01T00:00:00Z', '--message', 'Change'];
    const made = await clone.tryGit(args, { env: node });
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(await message()).toBe('Change\n');
  });

  it('has the trailer from a file, and from an editor before its comments', async () => {
    await stage(RFC_1);
    writeFileSync(`${sandbox.folder}/message`, 'From a file\n\nSigned-off-by: Me <me@invalid>\n');
    await clone.git('commit', '--quiet', '--file', `${sandbox.folder}/message`);
    expect(await message()).toBe(`From a file\n\nSigned-off-by: Me <me@invalid>\n${TRAILER}\n`);
    for (const args of [[], ['--verbose'], ['--verbose', '--cleanup=scissors']]) {
      await stage(RFC_1);
      const env = editor(`{ echo Written; cat "$1"; } >"$1.new" && mv "$1.new" "$1"`);
      expect((await clone.tryGit(['commit', ...args], { env })).status).toBe(0);
      expect([args, await message()]).toEqual([args, `Written\n\n${TRAILER}\n`]);
    }
  });

  it('keeps a first line that would be a comment in an editor', async () => {
    for (const text of ['#1: mended', '#1: mended\n\n; and\n@ more\n# and more']) {
      await stage(RFC_1);
      await clone.git('commit', '--quiet', '--message', text);
      expect(await message()).toBe(`${text}\n\n${TRAILER}\n`);
    }
  });

  it.each([
    ['is empty', ': >"$1"', []],
    ['holds comments only', 'true', []],
    ['holds comments and the change only', 'true', ['--verbose']],
    ['is a sign-off only', 'true', ['--signoff']],
  ])('is called off as ever by a message that %s', async (_, script, args) => {
    await stage(RFC_1);
    const head = await clone.git('rev-parse', 'HEAD');
    const made = await clone.tryGit(['commit', ...args], { env: editor(script) });
    expect(made.status).toBe(1);
    expect(made.stderr).toContain('Aborting commit due to empty commit message');
    expect(await clone.git('rev-parse', 'HEAD')).toBe(head);
  });

  it('is called off as ever by a template that was not edited', async () => {
    writeFileSync(`${sandbox.home}/template`, '# Why?\nWhat:\n');
    await clone.git('config', 'commit.template', '~/template');
    await stage(RFC_1);
    const made = await clone.tryGit(['commit'], { env: editor('true') });
    expect(made.status).toBe(1);
    expect(made.stderr).toContain('you did not edit the message');
    const env = editor('echo "What: this" >"$1"');
    expect((await clone.tryGit(['commit'], { env })).status).toBe(0);
    expect(await message()).toBe(`What: this\n\n${TRAILER}\n`);
  });

  it('that is amended names its agent once', async () => {
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Change');
    await clone.git('commit', '--quiet', '--amend', '--no-edit');
    expect(await message()).toBe(`Change\n\n${TRAILER}\n`);
    // The message is new, and nothing is staged.
    await clone.git('commit', '--quiet', '--amend', '--message', 'Better');
    expect(await message()).toBe(`Better\n\n${TRAILER}\n`);
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--amend', '--message', 'Best');
    expect(await message()).toBe(`Best\n\n${TRAILER}\n`);
  });

  it('that is amended with something else still names its agent', async () => {
    await stage(RFC_1);
    const date = '--date=2020-01-01T00:00:00Z';
    await clone.git('commit', '--quiet', date, '--message', 'Change');
    await stage('README.md');
    await clone.git('commit', '--quiet', '--amend', '--message', 'Better');
    expect(await message()).toBe(`Better\n\n${TRAILER}\n`);
    await stage('README.md');
    await clone.git('commit', '--quiet', '--message', 'After it');
    expect(await message()).toBe('After it\n');
  });

  it('that another agent amends names both', async () => {
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Change');
    await clone.lease(['release', 'RFC-001']);
    await clone.git('config', 'lazyspec.agentId', 'agent-8');
    await claim(clone, 'RFC-001');
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--amend', '--no-edit');
    expect(await message()).toBe(`Change\n\n${TRAILER}\nLazyspec-Agent: agent-8\n`);
  });

  it('that is rebased or picked keeps the one that it had', async () => {
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Change');
    const made = await clone.git('rev-parse', 'HEAD');
    await clone.git('config', 'lazyspec.agentId', 'agent-8');
    await clone.git('checkout', '--quiet', '-b', 'other', 'HEAD~1');
    await stage('README.md');
    await clone.git('commit', '--quiet', '--message', 'Other');
    await clone.git('cherry-pick', made);
    expect(await message()).toBe(`Change\n\n${TRAILER}\n`);
    await clone.git('checkout', '--quiet', 'main');
    await clone.git('rebase', '--quiet', 'other~1');
    expect(await message()).toBe(`Change\n\n${TRAILER}\n`);
  });

  it('that merges names its agent where it differs from every parent, and only there', async () => {
    const theirs = await sandbox.clone('theirs');
    theirs.write({ [RFC_2]: 'theirs\n' });
    await theirs.git('commit', '--quiet', '--all', '--message', 'Theirs');
    await theirs.git('push', '--quiet', 'origin', 'HEAD');
    await stage('README.md');
    await clone.git('commit', '--quiet', '--message', 'Mine');
    await clone.git('pull', '--quiet', '--no-rebase', '--no-edit');
    expect(await message()).not.toContain('Lazyspec-Agent');
    await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
    await clone.git('merge', '--quiet', '--no-commit', 'origin/main');
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--no-edit');
    expect(await message()).toMatch(new RegExp(`^Merge .*\n\n${TRAILER}\n$`));
  });

  it('goes through, and says so, where it cannot have its trailer', async () => {
    await stage(RFC_1);
    const { PATH } = sandbox.shadow(
      'git',
      `#!/bin/sh
case " $* " in *interpret-trailers*) echo 'fatal: no' >&2; exit 1 ;; esac
PATH='${sandbox.env.PATH}' exec git "$@"
`,
    );
    const hook = clone.at('.git', 'hooks', 'commit-msg');
    writeFileSync(hook, `#!/bin/sh\nPATH='${PATH}'\n${readFileSync(hook, 'utf8')}`, {
      mode: 0o755,
    });
    const made = await clone.tryGit(['commit', '--quiet', '--message', 'Change']);
    expect(made.status).toBe(0);
    expect(made.stderr).toContain("has no Lazyspec-Agent trailer, and counts as its author's");
    expect(await message()).toBe('Change\n');
  });

  it('goes through, and says so, where the program is gone', async () => {
    await stage(RFC_1);
    const program = clone.at('.git', 'lazyspec', 'program.sh');
    const note = readFileSync(program, 'utf8');
    const before = clone.at('.git', 'hooks', 'commit-msg.before-lazyspec');
    writeFileSync(before, `#!/bin/sh\n: >'${program}'\n`, { mode: 0o755 });
    const made = await clone.tryGit(['commit', '--quiet', '--message', 'Change']);
    writeFileSync(program, note);
    expect(made.status).toBe(0);
    expect(made.stderr).toContain('so this commit has no Lazyspec-Agent trailer');
  });

  it('is left alone with LAZYSPEC_HOOKS=0, and once the key is gone', async () => {
    await stage(RFC_1);
    const env = { LAZYSPEC_HOOKS: '0' };
    await clone.tryGit(['commit', '--quiet', '--message', 'Skipped'], { env });
    expect(await message()).toBe('Skipped\n');
    await configure(clone, DOCUMENTS['.lazyspec.toml']);
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Off');
    expect(await message()).toBe('Off\n');
  });

  it('of a linked work tree has it as well', async () => {
    await clone.git('worktree', 'add', '--quiet', '../linked', '-b', 'linked');
    const linked = await sandbox.git(
      sandbox.folder,
      '-C',
      'linked',
      'rev-parse',
      '--show-toplevel',
    );
    writeFileSync(`${linked}/${RFC_1}`, 'linked\n');
    await sandbox.git(linked, 'commit', '--quiet', '--all', '--message', 'Change');
    expect(await message('linked')).toBe(`Change\n\n${TRAILER}\n`);
  });

  it('is what the gate over commits asks for', async () => {
    await stage(RFC_1);
    await clone.git('commit', '--quiet', '--message', 'Change');
    const { ok, documents } = await clone.json(['gate', '--range', 'origin/main..HEAD']);
    expect({ ok, documents }).toMatchObject({ ok: true, documents: [{ agents: ['agent-7'] }] });
  });
});

describe('install puts the commit-msg hook', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  const HOOK = '.git/hooks/commit-msg';

  it('where trailer = true, and takes it away with the key', async () => {
    expect(clone.has(HOOK)).toBe(false);
    clone.write({ '.lazyspec.toml': CONFIG });
    await install(clone);
    expect(clone.has(HOOK)).toBe(true);
    clone.write({ '.lazyspec.toml': DOCUMENTS['.lazyspec.toml'] });
    await install(clone);
    expect(clone.has(HOOK)).toBe(false);
  });

  it('in front of one that was there before, and back again', async () => {
    const theirs = '#!/bin/sh\necho theirs >>"$1"\n';
    writeFileSync(clone.at(HOOK), theirs, { mode: 0o755 });
    await install(clone);
    expect(clone.read(HOOK)).toBe(theirs);
    await configure(clone, CONFIG);
    await install(clone);
    await claim(clone, 'RFC-001');
    clone.write({ [RFC_1]: 'changed\n' });
    await clone.git('commit', '--quiet', '--all', '--message', 'Change');
    expect(await clone.git('log', '-1', '--format=%B')).toBe(
      'Change\ntheirs\n\nLazyspec-Agent: agent-a\n',
    );
    expect((await clone.hooks(['uninstall'])).status).toBe(0);
    expect(clone.read(HOOK)).toBe(theirs);
  });

  it('and doctor tells where it is missing', async () => {
    clone.write({ '.lazyspec.toml': CONFIG });
    const told = await clone.hooks(['doctor', '--json']);
    expect(JSON.parse(told.stdout).findings).toContainEqual(
      expect.objectContaining({ check: 'hooks', state: 'failed', hook: 'commit-msg' }),
    );
    await install(clone);
    const well = await clone.hooks(['doctor', '--json']);
    expect(JSON.parse(well.stdout).findings).toContainEqual(
      expect.objectContaining({ check: 'hooks', state: 'ok', hook: 'commit-msg' }),
    );
  });
});
