import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { commit, expectPassed, expectRefused, RFC_1, startOver } from './guarded.ts';
import { describeShells, installUnder, writeProgramNote } from './shells.ts';

/** What the hook needs of a machine: no Node, and nothing that could lead to one. */
const TOOLS = ['git', 'sh', 'cmp', 'env', 'cat', 'printf'];

describeShells('the hook finds Node and the program', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  /** A PATH without Node. */
  let bare: { PATH: string };

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone(`it's "a" $HOME`);
    await clone.git('config', 'user.name', 'agent-a');
    const bin = mkdtempSync(join(sandbox.folder, 'bin-'));
    for (const tool of TOOLS) {
      const found = await run('sh', ['-c', `command -v ${tool}`], {
        cwd: bin,
        env: sandbox.env,
      });
      const path = found.stdout.trim();
      symlinkSync(path.startsWith('/') ? path : `/usr/bin/${tool}`, join(bin, tool));
    }
    bare = { PATH: bin };
    await stageDocument();
  });
  afterEach(async () => {
    await startOver(clone);
    rmSync(join(sandbox.home, '.config'), { recursive: true, force: true });
    await stageDocument();
  });
  afterAll(() => sandbox.dispose());

  async function stageDocument(): Promise<void> {
    await installUnder(shell, clone);
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', '--all');
  }

  function hook(args: string[] = [], env: Record<string, string> = {}, input = '') {
    const file = clone.at('.git/hooks/pre-commit');
    return run(file, args, { cwd: clone.path, env: { ...sandbox.env, ...env }, input });
  }

  it('by the places that install wrote down, where PATH has neither', async () => {
    expectRefused(await commit(clone, [], { env: bare }), 'RFC-001');
  });

  it('by PATH, where the Node that was written down is gone', async () => {
    writeProgramNote(clone, { node: join(sandbox.folder, 'gone', 'node') });
    expectRefused(await commit(clone), 'RFC-001');
  });

  describe('where a Node is too old for the program', () => {
    const SAYS = 'lazyspec-hooks: Node 18.20 is too old; lazyspec-hooks needs 20.17 or newer\n';
    /** A folder with a Node of that version, with which the program does what it does with it. */
    function nodeOf(version: string): string {
      const folder = mkdtempSync(join(sandbox.folder, 'version-'));
      const isOld = `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\n`;
      const act = version.startsWith('v18')
        ? `printf '${SAYS.replace('\n', '\\n')}' >&2\nexit 3\n`
        : `exec '${process.execPath}' "$@"\n`;
      writeFileSync(join(folder, 'node'), isOld + act, { mode: 0o755 });
      return folder;
    }
    const on = (...folders: string[]) => ({ PATH: [...folders, bare.PATH].join(':') });

    it('takes the next one on PATH, and is silent', async () => {
      writeProgramNote(clone, { node: '' });
      const env = on(nodeOf('v18.20.8'), nodeOf('v20.16.0'), nodeOf('v20.17.0'));
      const ran = await commit(clone, [], { env });
      expectRefused(ran, 'RFC-001');
      expect(ran.stderr).not.toContain('too old');
    });

    it('takes the one on PATH instead of the one that was written down', async () => {
      writeProgramNote(clone, { node: join(nodeOf('v18.20.8'), 'node') });
      expectRefused(await commit(clone, [], { env: on(nodeOf('v22.1.0')) }), 'RFC-001');
    });

    it.each(['pre-commit', 'pre-merge-commit', 'pre-push'])('or refuses (%s)', async (name) => {
      const [one, two] = [nodeOf('v18.20.8'), nodeOf('v18.19.1')];
      const told = { status: 3, stdout: '', stderr: SAYS };
      const ask = (env: { PATH: string }) => {
        return run(clone.at('.git/hooks', name), [], {
          cwd: clone.path,
          env: { ...sandbox.env, ...env },
        });
      };
      writeProgramNote(clone, { node: join(one, 'node') });
      expect(await ask(bare)).toMatchObject(told);
      expect(await ask(on(two))).toMatchObject(told);
      writeProgramNote(clone, { node: '' });
      expect(await ask(on(one))).toMatchObject(told);
      expect(await ask(on(one, two))).toMatchObject(told);
    });
  });

  it.each([
    ['$HOME/.config', {}],
    ['$XDG_CONFIG_HOME', { XDG_CONFIG_HOME: 'xdg folder' }],
  ])('by what init.sh in %s sets', async (_, xdg: { XDG_CONFIG_HOME?: string }) => {
    writeProgramNote(clone, { node: '' });
    const env: Record<string, string> = { ...bare };
    if (xdg.XDG_CONFIG_HOME) env.XDG_CONFIG_HOME = join(sandbox.folder, xdg.XDG_CONFIG_HOME);
    const folder = join(env.XDG_CONFIG_HOME ?? join(sandbox.home, '.config'), 'lazyspec');
    mkdirSync(folder, { recursive: true });
    const bin = mkdtempSync(join(sandbox.folder, 'node-'));
    symlinkSync(process.execPath, join(bin, 'node'));
    writeFileSync(join(folder, 'init.sh'), `PATH="$PATH:${bin}"\n`);
    expectRefused(await commit(clone, [], { env }), 'RFC-001');
  });

  it('in node_modules, where the program that was written down is gone', async () => {
    writeProgramNote(clone, { program: join(sandbox.folder, 'gone.js') });
    mkdirSync(clone.at('node_modules'));
    symlinkSync(PACKAGE, clone.at('node_modules', 'lazyspec-hooks'));
    expectRefused(await commit(clone, [], { env: bare }), 'RFC-001');
  });

  it('on PATH at last', async () => {
    writeProgramNote(clone, { program: join(sandbox.folder, 'gone.js') });
    const env = sandbox.shadow(
      'lazyspec-hooks',
      `#!/bin/sh\necho 'from PATH' >&2\nexec '${process.execPath}' '${HOOKS}' "$@"\n`,
    );
    const ran = await commit(clone, [], { env });
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toContain('from PATH');
  });

  it('preferring what was written down to node_modules, and that to PATH', async () => {
    const say = (text: string) => `process.stdout.write('${text}\\n'); process.exitCode = 1;\n`;
    clone.write({ 'node_modules/lazyspec-hooks/dist/hooks.js': say('from node_modules') });
    const env = sandbox.shadow('lazyspec-hooks', '#!/bin/sh\necho from PATH; exit 1\n');
    const noted = join(sandbox.folder, 'noted.js');
    writeFileSync(noted, say('from the note'));
    writeProgramNote(clone, { program: noted });
    expect((await hook([], env)).stdout).toBe('from the note\n');
    rmSync(noted);
    expect((await hook([], env)).stdout).toBe('from node_modules\n');
    rmSync(clone.at('node_modules'), { recursive: true });
    expect((await hook([], env)).stdout).toBe('from PATH\n');
  });

  it('or refuses in two lines: how to install it, and how to skip the check', async () => {
    writeProgramNote(clone, { program: join(sandbox.folder, 'gone.js') });
    const ran = await commit(clone);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(
      /^lazyspec-hooks: the program was not found.* npm i -D lazyspec-hooks .*\nlazyspec-hooks: .* LAZYSPEC_HOOKS=0 git .*\n$/,
    );
  });

  it.each([
    ['pre-commit', 'commit'],
    ['pre-merge-commit', 'merge'],
    ['pre-push', 'push'],
  ])('or refuses, and says what (%s)', async (name, act) => {
    writeProgramNote(clone, { program: join(sandbox.folder, 'gone.js') });
    const ran = await run(clone.at('.git/hooks', name), [], { cwd: clone.path, env: sandbox.env });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`so this ${act} is refused.`);
    expect(ran.stderr).toContain(`LAZYSPEC_HOOKS=0 git ${act} ...\n`);
  });

  it('or refuses in two lines where there is no Node', async () => {
    writeProgramNote(clone, { node: '' });
    const ran = await commit(clone, [], { env: bare });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(
      /^lazyspec-hooks: Node was not found.*\/\.config\/lazyspec\/init\.sh\n.* LAZYSPEC_HOOKS=0 .*\n$/,
    );
  });

  it('or refuses where all that install wrote down is gone', async () => {
    rmSync(clone.at('.git/lazyspec'), { recursive: true });
    const ran = await commit(clone, [], { env: bare });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('lazyspec-hooks: Node was not found');
    expectRefused(await hookWithProgramOnPath(), 'RFC-001');
  });

  function hookWithProgramOnPath() {
    const env = sandbox.shadow(
      'lazyspec-hooks',
      `#!/bin/sh\nexec '${process.execPath}' '${HOOKS}' "$@"\n`,
    );
    return commit(clone, [], { env });
  }

  it('only where it is needed: without it, what governs nothing can be committed', async () => {
    writeProgramNote(clone, { node: '', program: '' });
    await clone.git('reset', '--quiet', '--hard');
    clone.write({ 'README.md': '# New\n' });
    await clone.git('add', '--all');
    expectPassed(await commit(clone, [], { env: bare }));
  });

  it.each(['pre-merge-commit', 'pre-push'])('the same as %s', async (name) => {
    const program = join(sandbox.folder, 'told.js');
    const say = 'process.stdout.write(JSON.stringify(process.argv.slice(2)));';
    writeFileSync(program, say);
    writeProgramNote(clone, { program });
    const file = clone.at('.git/hooks', name);
    const ran = await run(file, ['-x', 'y'], { cwd: clone.path, env: { ...sandbox.env, ...bare } });
    expect(JSON.parse(ran.stdout)).toEqual(['--verdict', 'run', name, '-x', 'y']);
  });

  it('and hands arguments, stdin and the exit status through', async () => {
    const program = join(sandbox.folder, "it's the program.js");
    writeFileSync(
      program,
      `let text = '';
      process.stdin.on('data', (chunk) => (text += chunk)).on('end', () => {
        process.stdout.write(JSON.stringify([process.argv.slice(2), text]));
        process.exit(103);
      });`,
    );
    writeProgramNote(clone, { program });
    const args = ['two words', '', '*', "it's", '-n'];
    const ran = await hook(args, {}, 'line 1\nline 2');
    expect(JSON.parse(ran.stdout)).toEqual([
      ['--verdict', 'run', 'pre-commit', ...args],
      'line 1\nline 2',
    ]);
    expect(ran.status).toBe(3);
  });

  it('unless LAZYSPEC_HOOKS is 0, which skips our check and no other', async () => {
    const marker = join(sandbox.folder, 'other hook ran');
    const other = clone.at('.git/hooks/pre-commit.before-lazyspec');
    writeFileSync(other, `#!/bin/sh\n: >'${marker}'\n`, { mode: 0o755 });
    expectRefused(await commit(clone, [], { env: { LAZYSPEC_HOOKS: '1' } }), 'RFC-001');
    rmSync(marker);
    expectPassed(await commit(clone, [], { env: { LAZYSPEC_HOOKS: '0' } }));
    expect(existsSync(marker)).toBe(true);
    rmSync(other);
  });
});
