import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOOKS } from '../../../../src/hook-names.ts';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';
import { shells } from '../../hooks/shells.ts';
import {
  expectDone,
  expectFails,
  expectGuarded,
  OUR_COMMAND,
  PROJECT,
  plugIn,
  unplug,
} from './plugged.ts';

const LINES = 'refs/heads/a b 1234 refs/heads/a 0000\nrefs/tags/$HOME `x` 5 refs/x 6\n';

describe('simple-git-hooks', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([
      Sandbox.create(PROJECT),
      installManagers('simple-git-hooks'),
    ]);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    managers.into(clone);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  async function simpleGitHooks(cwd = clone.path): Promise<void> {
    const program = clone.at('node_modules/.bin/simple-git-hooks');
    expect((await run(program, [], { cwd, env: sandbox.env })).status).toBe(0);
  }

  function manifest(commands: Record<string, unknown>): Record<string, string> {
    const project = { name: 'project', 'simple-git-hooks': commands, version: '1.0.0' };
    return {
      'package.json': `${JSON.stringify(project, null, '\t')}\r\n`.replaceAll(/\r?\n/g, '\r\n'),
    };
  }

  it.each([
    ['package.json', () => manifest({ 'pre-commit': 'echo theirs', 'commit-msg': 'true' })],
    ['package.json', () => manifest({})],
    [
      '.simple-git-hooks.json',
      () => ({ '.simple-git-hooks.json': '{"pre-commit":"echo theirs"}' }),
    ],
    ['simple-git-hooks.json', () => ({ 'simple-git-hooks.json': '{ "preserveUnused": true }\n' })],
  ])('runs ours from %s (%#)', async (name, contents) => {
    clone.write(contents());
    const { before, plan, result } = await plugIn(clone);
    expect(plan).toContain(`+++ ${name}\n`);
    expect(plan).toContain('run simple-git-hooks\n');
    expect(result.manager).toBe('simple-git-hooks');
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('is active already: the hooks that it made stay', async () => {
    clone.write(manifest({ 'pre-commit': 'echo theirs', 'commit-msg': 'true' }));
    await simpleGitHooks();
    const { before } = await plugIn(clone);
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it.each([
    ['echo theirs >>ran.txt', 'theirs\n'],
    ['echo theirs >>ran.txt # and why', 'theirs\n'],
    ['cd docs && echo theirs >>../ran.txt || echo not >>ran.txt', 'theirs\n'],
  ])('still runs the command that was there: %s', async (command, ran) => {
    clone.write({
      ...manifest({ 'pre-commit': command }),
      '.gitignore': 'ran.txt\nnode_modules\n',
    });
    const { before } = await plugIn(clone);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(clone.read('ran.txt')).toBe(ran);
    rmSync(clone.at('ran.txt'));
    await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1);
    clone.write({ 'README.md': '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 0 });
    expect(clone.read('ran.txt')).toBe(ran);
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('package.json')).toBe(before['package.json']?.slice(7));
  });

  it.each(shells)('lets both read what is pushed, under %s', async (shell) => {
    clone.write(manifest({ 'pre-push': 'cat >theirs.txt; echo "$@" >>theirs.txt; exit 0 # so' }));
    await plugIn(clone);
    const script = clone.read('.git/hooks/pre-push').replaceAll(OUR_COMMAND, 'tee ours.txt');
    clone.write({ 'script.sh': script });
    const [program = '', ...args] = [...shell.split(' '), 'script.sh', 'origin', 'url x'];
    for (const input of [LINES, '']) {
      const ran = await run(program, args, { cwd: clone.path, env: sandbox.env, input });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(clone.read('theirs.txt')).toBe(`${input}origin url x\n`);
      expect(clone.read('ours.txt')).toBe(input);
    }
  });

  it('judges what the command stages, also where it ends with exit', async () => {
    clone.write(manifest({ 'pre-commit': `echo new >${RFC_1} && git add ${RFC_1}; exit 0` }));
    await plugIn(clone);
    clone.write({ 'README.md': '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it.each([
    ['nothing', undefined, undefined],
    ['a command behind ours', undefined, (ours: string) => `${ours} && echo mine`],
    ['a command in front of ours', undefined, (ours: string) => `echo mine && ${ours}`],
    ['a command within ours', undefined, (ours: string) => ours.replace('; ', '; echo mine && ')],
    [
      'ours as an earlier version wrote it',
      undefined,
      (ours: string) => `${ours} && { echo mine\n}`,
    ],
    ['a command behind ours and theirs', 'echo theirs;', (ours: string) => `${ours}; echo mine`],
  ])('keeps %s', async (_, theirs, edit = (ours: string) => ours) => {
    clone.write(manifest(theirs ? { 'pre-commit': theirs } : {}));
    await plugIn(clone);
    const read = () => JSON.parse(clone.read('package.json'))['simple-git-hooks'] ?? {};
    clone.write(manifest({ ...read(), 'pre-commit': edit(read()['pre-commit']) }));
    const mine = edit('; ') === '; ' ? undefined : 'echo mine';
    const wanted = theirs ? `{ ${theirs}\n} && { ${mine}\n}` : mine;
    expectDone(await clone.hooks(['install']));
    if (wanted) expect(read()['pre-commit']).toContain(wanted);
    expectDone(await clone.hooks(['uninstall']));
    expect(read()).toEqual(wanted ? { 'pre-commit': wanted } : {});
  });

  it.each(['.simple-git-hooks.cjs', 'simple-git-hooks.mjs'])(
    'is configured by a program (%s)',
    async (name) => {
      clone.write({ [name]: 'module.exports = {}\n' });
      await expectFails(clone, ['install'], {
        status: 2,
        words: [
          `${name} is a program`,
          'pre-push: … && sh node_modules/lazyspec-hooks/hooks/pre-push "$@"',
        ],
      });
      // It is in nobody's way.
      const { before } = await plugIn(clone, { args: ['--manager', 'git'] });
      await unplug(clone, before);
    },
  );

  it('is configured by a program, and somebody has put ours in by hand', async () => {
    const commands = HOOKS.map((hook) => [
      hook,
      `sh node_modules/lazyspec-hooks/hooks/${hook} "$@"`,
    ]);
    const program = `module.exports = ${JSON.stringify(Object.fromEntries(commands))};\n`;
    clone.write({ '.simple-git-hooks.cjs': program });
    expect((await plugIn(clone)).result.manager).toBe('simple-git-hooks');
    await expectGuarded(clone);
  });

  it('deletes hooks that it does not know, and those are put back', async () => {
    const foreign = { '.git/hooks/post-commit': '#!/bin/sh\n', '.git/hooks/update': '#!/bin/sh\n' };
    clone.write({ ...manifest({ 'pre-commit': 'true' }), ...foreign });
    const { before } = await plugIn(clone);
    for (const [path, content] of Object.entries(foreign)) expect(clone.read(path)).toBe(content);
    await unplug(clone, before);
  });

  it.each(['pre-commit', 'commit-msg'])('would overwrite a %s that was there', async (hook) => {
    clone.write({
      ...manifest({ 'commit-msg': 'true' }),
      [`.git/hooks/${hook}`]: '#!/bin/sh\necho foreign\n',
    });
    await expectFails(clone, ['install'], {
      status: 2,
      words: [`would overwrite ${clone.at('.git/hooks', hook)}`, 'Move what it does'],
    });
  });

  it('is configured in a package below the top, and ours goes there', async () => {
    clone.write({
      'packages/one/package.json': '{\n  "simple-git-hooks": { "pre-commit": "echo one" }\n}\n',
    });
    const cwd = clone.at('packages/one');
    await simpleGitHooks(cwd);
    const { before } = await plugIn(clone, { cwd });
    expect(clone.read('packages/one/package.json')).toContain('lazyspec-hooks');
    await expectGuarded(clone);
    await unplug(clone, before); // from the top
  });

  it('has made hooks from a configuration elsewhere, which is asked for', async () => {
    clone.write({
      'packages/one/package.json': '{ "simple-git-hooks": { "pre-commit": "true" } }',
    });
    await simpleGitHooks(clone.at('packages/one'));
    await expectFails(clone, ['install'], {
      status: 2,
      words: ['there is no configuration of simple-git-hooks', 'in the folder of the package.json'],
    });
  });

  it.each([
    ['package.json', '{\n  "simple-git-hooks": {\n', 2, 'package.json:'],
    ['.simple-git-hooks.json', '{ "pre-commit" }', 2, '.simple-git-hooks.json:1'],
    ['.simple-git-hooks.json', '{ "pre-commit": 5 }', 2, "'pre-commit' is not a command"],
    ['package.json', '{ "simple-git-hooks": "other.json" }', 2, 'package.json:1'],
  ])('has a broken configuration (%s: %j)', async (name, text, status, words) => {
    clone.write({ [name]: text });
    await expectFails(clone, ['install'], { status, words: [words] });
  });
});
