import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
import { RFC_1 } from '../hooks/guarded.ts';
import { expectDone, expectFails, plugIn, unplug } from './managers/plugged.ts';

const SETTINGS = '.claude/settings.json';
const SCRIPT = '.claude/hooks/lazyspec-hooks.sh';
const args = ['--agent', 'claude-code'];
const TEMPLATE = JSON.parse(
  readFileSync(join(PACKAGE, 'templates/claude-code/settings.json'), 'utf8'),
);

/** Settings in the style of somebody else, to the byte. */
const THEIRS = `{
    "permissions": { "allow": ["Bash(npm test:*)"],   "deny": [] },
    "hooks": {
        "PreToolUse": [
            {"matcher": "Bash", "hooks": [{"type": "command", "command": "check.sh"}]}
        ],
        "Stop": []
    },

    "model": "opus"
}`;

describe('the hooks of Claude Code', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
  });
  afterAll(() => sandbox.dispose());

  it.each([
    ['none', undefined],
    ['none that do anything', '{}'],
    ['those of others', THEIRS],
    ['those of others, with CRLF', THEIRS.replaceAll('\n', '\r\n')],
  ])('are put beside %s, and taken out again to the byte', async (_, text) => {
    if (text !== undefined) clone.write({ [SETTINGS]: text });
    const { before, plan, result } = await plugIn(clone, { args });
    expect(plan).toContain(`+++ ${SETTINGS}\n`);
    expect(result.notes).toContain(`Commit it for everybody: git add ${SCRIPT} ${SETTINGS}`);
    const theirs = JSON.parse(text ?? '{}');
    const hooks = { ...theirs.hooks };
    for (const [event, groups] of Object.entries(TEMPLATE.hooks)) {
      hooks[event] = [...(hooks[event] ?? []), ...(groups as unknown[])];
    }
    expect(JSON.parse(clone.read(SETTINGS))).toEqual({ ...theirs, hooks });
    // Theirs is there to the letter; a comma may follow.
    const lines = (theirs.model ? (text ?? '') : '').split('\n');
    const order = lines.map((line) => clone.read(SETTINGS).indexOf(line.replace(/\r$/, '')));
    expect(order).not.toContain(-1);
    await unplug(clone, before);
  });

  it('are taken out of settings that somebody has changed since, and nothing else is', async () => {
    clone.write({ [SETTINGS]: THEIRS });
    await plugIn(clone, { args });
    clone.write({ [SETTINGS]: clone.read(SETTINGS).replace('"opus"', '"haiku"') });
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read(SETTINGS)).toBe(THEIRS.replace('"opus"', '"haiku"'));
    expect(clone.has(SCRIPT)).toBe(false);
  });

  it('are taken out of a group in which somebody has put others beside them', async () => {
    await plugIn(clone, { args });
    const settings = JSON.parse(clone.read(SETTINGS));
    const group = settings.hooks.PreToolUse[0];
    group.hooks.push({ type: 'command', command: 'theirs.sh' });
    clone.write({ [SETTINGS]: JSON.stringify(settings, null, 2) });
    expectDone(await clone.hooks(['uninstall']));
    const hooks = [{ type: 'command', command: 'theirs.sh' }];
    expect(JSON.parse(clone.read(SETTINGS))).toEqual({
      hooks: { PreToolUse: [{ ...group, hooks }] },
    });
  });

  it('stay as somebody has set them, when installed again', async () => {
    await plugIn(clone, { args });
    const set = clone.read(SETTINGS).replace('--min-interval 5m', '--min-interval 10m');
    clone.write({ [SETTINGS]: set });
    expect(expectDone(await clone.hooks(['install', ...args]))).toContain('installed already');
    expect(clone.read(SETTINGS)).toBe(set);
  });

  it('are renewed where the script is an older one', async () => {
    await plugIn(clone, { args });
    const script = clone.read(SCRIPT);
    clone.write({ [SCRIPT]: script.replace('exit 2', 'exit 0') });
    expectDone(await clone.hooks(['install', ...args]));
    expect(clone.read(SCRIPT)).toBe(script);
  });

  it.each([
    ['{ "hooks": { // ours\n} }', `${SETTINGS}:1: is not valid JSON`],
    ['{\n  "hooks": []\n}', `${SETTINGS}:2: hooks should be an object`],
    ['{\n  "hooks": {\n    "PreToolUse": {}\n  }\n}', 'hooks.PreToolUse should be a list'],
    ['[]', `${SETTINGS}:1: the file should be an object`],
    ['', `${SETTINGS}:1: is not valid JSON`],
  ])('are refused by settings like %j, and nothing at all is installed', async (text, words) => {
    clone.write({ [SETTINGS]: text });
    await expectFails(clone, ['install', ...args], { status: 2, words: [words, 'Mend'] });
  });

  it('do not take the place of a script of the same name', async () => {
    clone.write({ [SCRIPT]: 'echo theirs\n' });
    await expectFails(clone, ['install', ...args], { status: 2, words: ['is not ours'] });
  });

  it('are left alone by an uninstall where they are not ours', async () => {
    clone.write({ [SETTINGS]: '{ no JSON', [SCRIPT]: 'echo theirs\n' });
    expectDone(await clone.hooks(['install']));
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read(SETTINGS)).toBe('{ no JSON');
    expect(clone.read(SCRIPT)).toBe('echo theirs\n');
  });

  it('are looked at by doctor where they are set up', async () => {
    const finding = async () => {
      const { findings } = JSON.parse((await clone.hooks(['doctor', '--json'])).stdout);
      return findings.find(({ check }: { check: string }) => check === 'agent-hooks');
    };
    expectDone(await clone.hooks(['install']));
    expect(await finding()).toBeUndefined();
    expectDone(await clone.hooks(['install', ...args]));
    expect(await finding()).toMatchObject({ state: 'ok' });
    clone.write({ [SETTINGS]: clone.read(SETTINGS).replace('PreToolUse', 'PreCompact') });
    expect(await finding()).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('does not ask'),
    });
    clone.write({ [SCRIPT]: `${clone.read(SCRIPT)}\n` });
    expect(await finding()).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('another version'),
    });
    clone.remove(SCRIPT);
    const remedy = 'npx lazyspec-hooks install --agent claude-code';
    expect(await finding()).toMatchObject({ state: 'warning', remedy });
  });

  it('are those of no other agent', async () => {
    const ran = await clone.hooks(['install', '--agent', 'hal']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('claude-code');
  });

  describe('as the agent runs them', () => {
    /** A command of the settings, for an event. */
    function command(event: string): string {
      return JSON.parse(clone.read(SETTINGS)).hooks[event][0].hooks[0].command;
    }

    function act(event: string, file: string, env: Record<string, string> = {}) {
      const input = { session_id: 's-1', cwd: sandbox.home, tool_input: { file_path: file } };
      return run('sh', ['-c', command(event)], {
        cwd: sandbox.home,
        env: { ...sandbox.env, CLAUDE_PROJECT_DIR: clone.path, ...env },
        input: JSON.stringify(input),
      });
    }

    it('refuse and pass, wherever the agent is', async () => {
      await plugIn(clone, { args });
      expect(await act('PreToolUse', clone.at('README.md'))).toMatchObject({
        status: 0,
        stdout: '',
        stderr: '',
      });
      const refused = await act('PreToolUse', clone.at(RFC_1));
      expect(refused).toMatchObject({ status: 2, stdout: '' });
      expect(refused.stderr).toContain('RFC-001: document is not claimed');
    });

    it('work in another work tree of the clone, which has no packages', async () => {
      await plugIn(clone, { args });
      await clone.git('worktree', 'add', '--quiet', clone.at('../tree-of-it'));
      const tree = clone.at('../tree-of-it');
      const script = { CLAUDE_PROJECT_DIR: clone.path };
      expect(await act('PreToolUse', join(tree, RFC_1), script)).toMatchObject({ status: 2 });
      expect(await act('PreToolUse', join(tree, 'README.md'), script)).toMatchObject({ status: 0 });
    });

    it('refuse every edit where there is no Node or no program, and hold nothing else up', async () => {
      await plugIn(clone, { args });
      const note = clone.read('.git/lazyspec/program.sh');
      clone.write({ '.git/lazyspec/program.sh': note.replace(/(lazyspec_program=).*/, '$1/none') });
      const refused = await act('PreToolUse', clone.at('README.md'));
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain('the program was not found, so this edit is refused');
      for (const event of ['SessionStart', 'PostToolUse', 'SessionEnd']) {
        expect(await act(event, '')).toMatchObject({ status: 0, stdout: '', stderr: '' });
      }
    });

    it('find the program among the packages of the project, or on PATH', async () => {
      await plugIn(clone, { args });
      rmSync(clone.at('.git/lazyspec/program.sh'));
      expect(await act('PreToolUse', clone.at('README.md'))).toMatchObject({ status: 2 });
      const path = sandbox.shadow('lazyspec-hooks', `#!/bin/sh\nexec '${HOOKS}' "$@"\n`);
      expect(await act('PreToolUse', clone.at('README.md'), path)).toMatchObject({ status: 0 });
      mkdirSync(clone.at('node_modules'));
      symlinkSync(PACKAGE, clone.at('node_modules/lazyspec-hooks'));
      expect(await act('PreToolUse', clone.at('README.md'))).toMatchObject({ status: 0 });
      expect(await act('PreToolUse', clone.at(RFC_1))).toMatchObject({ status: 2 });
    });

    it('refuse where the script is gone, and where the program crashes', async () => {
      await plugIn(clone, { args });
      const crash = { NODE_OPTIONS: `--require ${clone.at('no such file')}` };
      expect(await act('PreToolUse', clone.at(RFC_1), crash)).toMatchObject({ status: 2 });
      clone.remove(SCRIPT);
      expect(await act('PreToolUse', clone.at(RFC_1))).toMatchObject({ status: 2 });
    });

    it('are skipped by LAZYSPEC_HOOKS=0', async () => {
      await plugIn(clone, { args });
      const env = { LAZYSPEC_HOOKS: '0' };
      expect(await act('PreToolUse', clone.at(RFC_1), env)).toMatchObject({
        status: 0,
        stderr: '',
      });
    });
  });
});
