/** `install` where there is no configuration. */
import { appendFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Typed } from '../../helpers/at-terminal.ts';
import { atTerminal, hasTerminals } from '../../helpers/at-terminal.ts';
import { Clone, HOOKS, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, expectRefused } from '../hooks/guarded.ts';
import { stateOf, workTreeOf } from './state.ts';

const HOME = '.lazyspec.toml';
const ADR = 'docs/adr/0001-first.md';
const TREE = {
  [ADR]: '# One\n',
  'docs/adr/0002-second.md': '# Two\n',
  'rfcs/RFC-001-title.md': '# RFC\n',
  'README.md': '# Project\n',
};

describe('install without a configuration', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create(TREE);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  async function done(args: string[] = [], env: Record<string, string> = {}, cwd = clone.path) {
    const ran = await clone.hooks(['install', ...args], { env, cwd });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    return ran.stdout;
  }

  async function emptyRepository(name: string): Promise<Clone> {
    const empty = new Clone(sandbox, join(sandbox.folder, name));
    await sandbox.git(sandbox.folder, 'init', '--quiet', empty.path);
    return empty;
  }

  describe('with --yes', () => {
    it('writes one by which the documents are gated at once', async () => {
      const told = await done(['--yes']);
      expect(told).toContain(`  wrote ${HOME}\n`);
      expect(told).toContain(`git add ${HOME}\n`);
      expect(told).toContain('lazyspec-lease claim ADR-0001\n');
      expect(clone.read(HOME)).toContain('dir = "docs/adr"');
      expect(clone.read(HOME)).toContain('dir = "rfcs"');
      expect(clone.read(HOME)).toContain('remote = "origin"');
      await clone.git('add', HOME);
      expectPassed(await commitAll(clone));
      appendFileSync(clone.at(ADR), 'more\n');
      expectRefused(await commitAll(clone), 'ADR-0001');
      expect(await clone.lease(['claim', 'ADR-1'])).toMatchObject({ status: 0 });
      expectPassed(await commitAll(clone));
    });

    it('looks at the whole tree from a folder of it', async () => {
      await done(['--yes'], {}, clone.at('docs/adr'));
      expect(clone.read(HOME)).toContain('dir = "rfcs"');
      expect(clone.has(`docs/adr/${HOME}`)).toBe(false);
    });

    it.each([
      ['a .lazyspec.toml', HOME, '# mine\n'],
      ['one in package.json', 'package.json', '{"lazyspec":{"coordination":{}}}'],
      ['one in YAML', '.lazyspecrc', 'coordination: {}\n'],
    ])('leaves %s alone', async (_, path, content) => {
      clone.write({ [path]: content });
      const before = workTreeOf(clone);
      await done(['--yes']);
      expect(workTreeOf(clone)).toEqual(before);
    });

    it('leaves a configuration alone that is in the index only', async () => {
      clone.write({ [HOME]: '[coordination]\n' });
      await clone.git('add', HOME);
      clone.remove(HOME);
      await done(['--yes']);
      expect(clone.has(HOME)).toBe(false);
    });

    it('leaves a link of its name alone that leads nowhere', async () => {
      symlinkSync('elsewhere.toml', clone.at(HOME));
      const before = workTreeOf(clone);
      await done(['--yes']);
      expect(workTreeOf(clone)).toEqual(before);
    });

    it('begins one where nothing was recognised', async () => {
      const empty = await emptyRepository('empty');
      expect(await empty.hooks(['install', '--yes'])).toMatchObject({ status: 0, stderr: '' });
      expect(empty.read(HOME)).toContain('# No documents were recognised');
      expect(empty.read(HOME)).toContain('remote = "."');
      empty.write({ 'docs/rfcs/RFC-001-x.md': 'x\n' });
      expectRefused(await commitAll(empty), 'RFC-001');
    });

    it.each([
      ['the only remote, whatever its name', ['shared'], 'shared', 'every clone'],
      ['origin, of several', ['fork', 'origin'], 'origin', 'refused'],
      ['upstream, of several without origin', ['fork', 'upstream'], 'upstream', 'several remotes'],
      ['this clone, where no remote has a name that may be used', ['a/b'], '.', 'no remote'],
    ])('chooses %s', async (_, remotes, chosen, words) => {
      await clone.git('remote', 'remove', 'origin');
      for (const remote of remotes) await clone.git('remote', 'add', remote, sandbox.remote);
      await done(['--yes']);
      expect(clone.read(HOME)).toContain(`remote = "${chosen}"`);
      expect(clone.read(HOME)).toContain(words);
      expect(await clone.lease(['leases'])).toMatchObject({ status: 0 });
    });

    it('names folders of every kind so that they are read back', async () => {
      const path = 'dö "x"\n[coordination]/\u202eadr/adr/0001-a.md';
      clone.write({ [path]: 'x\n' });
      await clone.git('rm', '--quiet', '-r', 'docs');
      await clone.git('add', '--all');
      await done(['--yes']);
      const ran = await clone.lease(['gate', path, '--json']);
      expect(ran.status).toBe(1);
      expect(ran.stdout).toContain('"ADR-0001"');
    });

    it('does not write it from a script of a package manager', async () => {
      for (const event of ['prepare', 'postinstall']) {
        await done(['--yes'], { npm_lifecycle_event: event });
      }
      expect(clone.has(HOME)).toBe(false);
    });

    it('takes it back where the hook manager fails after it was written', async () => {
      clone.write({ 'lefthook.yml': 'pre-commit:\n' });
      const before = { tree: workTreeOf(clone), state: await stateOf(clone) };
      const env = sandbox.shadow(
        'lefthook',
        `#!/bin/sh\n[ "$1" = install ] || exec echo 2.0.0\ntest -f ${HOME} && exit 7\n`,
      );
      const ran = await clone.hooks(['install', '--yes'], { env });
      expect(ran).toMatchObject({ status: 3, stdout: '' });
      expect(ran.stderr).toContain('status 7');
      expect({ tree: workTreeOf(clone), state: await stateOf(clone) }).toEqual(before);
    });

    it('writes nothing where the hooks cannot be installed', async () => {
      const before = { tree: workTreeOf(clone), state: await stateOf(clone) };
      const ran = await clone.hooks(['install', '--yes', '--manager', 'husky']);
      expect(ran.status).not.toBe(0);
      expect({ tree: workTreeOf(clone), state: await stateOf(clone) }).toEqual(before);
    });
  });

  describe('without a terminal', () => {
    it('installs, and says in a line what could be done', async () => {
      const told = await done();
      const line =
        'Nothing is gated yet: there is no configuration; documents were recognised in docs/adr, rfcs. To write one: npx lazyspec-hooks install --yes\n';
      expect(told).toContain(line);
      expect(clone.has(HOME)).toBe(false);
      expect(clone.has('.git/hooks/pre-commit')).toBe(true);
    });

    it('shows it in the plan', async () => {
      const before = await stateOf(clone);
      const plan = await done(['--dry-run']);
      expect(plan).toContain(`--- /dev/null\n+++ ${HOME}\n`);
      expect(plan).toContain('+dir = "docs/adr"');
      expect(plan).toContain('only if you agree');
      expect(await done(['--dry-run', '--yes'])).not.toContain('only if you agree');
      expect(clone.has(HOME)).toBe(false);
      expect(await stateOf(clone)).toEqual(before);
    });

    it('tells programs what it found', async () => {
      for (const args of [[], ['--dry-run'], ['--yes']]) {
        const told = JSON.parse(await done([...args, '--json']));
        expect(told.proposal).toMatchObject({
          path: HOME,
          agreed: args.length > 0,
          remote: 'origin',
          types: [
            {
              name: 'adr',
              dir: 'docs/adr',
              prefix: 'ADR',
              match: ['{n:04}-{title}.md'],
              documents: 2,
              examples: [
                { path: ADR, id: 'ADR-0001' },
                { path: 'docs/adr/0002-second.md', id: 'ADR-0002' },
              ],
            },
            { name: 'rfc', dir: 'rfcs', documents: 1 },
          ],
        });
        if (args[0] === '--yes') expect(clone.read(HOME)).toBe(told.proposal.content);
        else expect(clone.has(HOME)).toBe(false);
      }
    });
  });

  (hasTerminals() ? describe : describe.skip)('on a terminal (script, of util-linux)', () => {
    const QUESTION = `Write ${HOME}? [Y/n] `;
    const install = (typed: Typed[], args = '', env: Record<string, string> = {}) =>
      atTerminal(
        { env: { ...sandbox.env, ...env } },
        clone.path,
        `'${process.execPath}' '${HOOKS}' install ${args}`,
        QUESTION,
        typed,
      );

    it.each([
      ['y', ['y\r']],
      ['Yes', ['Yes\r']],
      ['return alone', ['\r']],
      ['something else first', ['what?\r', 'y\r']],
    ])('writes what it has shown after %s', async (_, typed) => {
      const { status, screen } = await install(typed);
      expect(status).toBe(0);
      expect(screen.split(QUESTION)).toHaveLength(typed.length + 1);
      expect(screen).toContain('  2 adrs in docs/adr: docs/adr/0001-first.md is ADR-0001\n');
      for (const line of clone.read(HOME).trimEnd().split('\n')) expect(screen).toContain(line);
      expect(screen).toContain(`wrote ${HOME}`);
    });

    it.each([
      ['n', 'n\r'],
      ['the end of the input', '\u0004'],
    ])('installs without it after %s', async (_, typed) => {
      const { status, screen } = await install([typed]);
      expect(status).toBe(0);
      expect(screen).toContain('The hooks are installed');
      expect(screen).toContain('npx lazyspec-hooks install --yes');
      expect(clone.has(HOME)).toBe(false);
    });

    it('leaves everything as it was after Ctrl-C', async () => {
      const before = { tree: workTreeOf(clone), state: await stateOf(clone) };
      const { status, screen } = await install(['\u0003']);
      expect(status).toBe(130);
      expect(screen).toContain('interrupted; nothing was changed');
      expect({ tree: workTreeOf(clone), state: await stateOf(clone) }).toEqual(before);
    });

    it('keeps a configuration that was written while it asked', async () => {
      const mine = '# mine\n[coordination]\nremote = "."\n';
      const { status, screen } = await install([
        () => {
          clone.write({ [HOME]: mine });
          return 'y\r';
        },
      ]);
      expect(status).toBe(0);
      expect(clone.read(HOME)).toBe(mine);
      expect(screen).not.toContain(`wrote ${HOME}`);
      // What holds is theirs.
      expect(screen).not.toContain('claim ADR-0001');
    });

    it.each([
      ['with --quiet', '--quiet', {}],
      ['with --json', '--json', {}],
      ['with --yes', '--yes', {}],
      ['with --dry-run', '--dry-run', {}],
      ['in CI', '', { CI: 'true' }],
      ['from prepare', '', { npm_lifecycle_event: 'prepare' }],
    ])('does not ask %s', async (_, args, env) => {
      const { status, screen } = await install([], args, env as Record<string, string>);
      expect(status).toBe(0);
      expect(screen).not.toContain('[Y/n]');
      expect(clone.has(HOME)).toBe(args === '--yes');
    });

    it('does not ask where nothing was recognised', async () => {
      const empty = await emptyRepository('nothing recognised');
      const { status, screen } = await atTerminal(
        sandbox,
        empty.path,
        `'${process.execPath}' '${HOOKS}' install`,
        QUESTION,
        [],
      );
      expect(status).toBe(0);
      expect(screen).not.toContain('[Y/n]');
      expect(screen).toContain('there is no configuration. To write one');
    });
  });

  it('is followed by an uninstall that leaves the configuration, and says so', async () => {
    const before = await stateOf(clone);
    await done(['--yes']);
    const text = clone.read(HOME);
    const ran = await clone.hooks(['uninstall']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain(`${HOME} stays`);
    expect(clone.read(HOME)).toBe(text);
    clone.remove(HOME);
    expect(await stateOf(clone)).toEqual(before);
  });

  it('is all done already the second time', async () => {
    await done(['--yes']);
    const text = clone.read(HOME);
    expect(await done(['--yes'])).toContain('are installed already');
    expect(clone.read(HOME)).toBe(text);
  });

  it('asks git once for the tree', async () => {
    const git = sandbox.countingGit();
    await done(['--yes'], git.env);
    const configured = sandbox.countingGit();
    await done([], configured.env);
    const asked = (calls: string[]) => calls.filter((call) => call === 'ls-files').length;
    expect(asked(git.calls()) - asked(configured.calls())).toBe(1);
  });
});
