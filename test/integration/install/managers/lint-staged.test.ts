import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { RFC_1 } from '../../hooks/guarded.ts';
import { expectFails, PROJECT, plugIn, unplug } from './plugged.ts';

const args = ['--manager', 'lint-staged'];

describe('lint-staged', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([
      Sandbox.create(PROJECT),
      installManagers('lint-staged'),
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

  it.each([
    ['package.json', '{\n\t"name": "x",\n\t"lint-staged": { "*.md": "true" }\n}\n'],
    ['package.json', '{ "name": "x" }'],
    ['.lintstagedrc', '{"*.js": ["true"]}'],
    ['.lintstagedrc', '# Ours\n"*.md":\n  - "true"\n'],
    ['.lintstagedrc.json', '{}\n'],
    ['.lintstagedrc.yaml', '"*.md": "true"\r\n'],
  ])('gets an entry of advice in %s (%#), beside the hooks in git', async (name, text) => {
    clone.write({ [name]: text });
    const { before, plan, result } = await plugIn(clone, { args });
    expect(plan).toContain(`+++ ${name}\n`);
    expect(plan).toContain('lazyspec-hooks run pre-commit');
    expect(result.manager).toBe('git');

    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', RFC_1);
    const program = clone.at('node_modules/.bin/lint-staged');
    const ran = await run(program, [], { cwd: clone.path, env: sandbox.env });
    expect(ran.status).toBe(1);
    expect(ran.stdout + ran.stderr).toContain('RFC-001: document is not claimed');
    await clone.git('reset', '--quiet');
    await clone.git('checkout', '--quiet', RFC_1);
    await unplug(clone, before);
  });

  it('makes a file of its own where there is no package.json', async () => {
    await clone.git('rm', '--quiet', 'package.json');
    await clone.git('reset', '--quiet');
    const { before } = await plugIn(clone, { args });
    expect(clone.read('.lintstagedrc.json')).toContain('lazyspec-hooks run pre-commit');
    await unplug(clone, before);
  });

  it('leaves the entries of others, also those added since', async () => {
    clone.write({ '.lintstagedrc.json': '{ "*.js": "true" }' });
    await plugIn(clone, { args });
    const edited = clone.read('.lintstagedrc.json').replace('"*.js"', '"*.ts"');
    clone.write({ '.lintstagedrc.json': edited });
    chmodSync(clone.at('.lintstagedrc.json'), 0o600);
    await clone.hooks(['uninstall']);
    expect(clone.read('.lintstagedrc.json')).toBe('{ "*.ts": "true" }');
  });

  it('is configured by a program, and what to add is said', async () => {
    clone.write({ 'lint-staged.config.mjs': 'export default {};\n' });
    await expectFails(clone, ['install', ...args], {
      status: 2,
      words: [
        'lint-staged.config.mjs is a program',
        "'lazyspec-hooks run pre-commit'",
        'docs/rfcs',
      ],
    });
  });

  it.each([
    ['.lintstagedrc.json', '{ "a": '],
    ['.lintstagedrc.yml', 'a: [\n'],
    ['package.json', '{ "lint-staged": ['],
  ])('has a broken configuration (%s: %j)', async (name, text) => {
    clone.write({ [name]: text });
    await expectFails(clone, ['install', ...args], { status: 2, words: [`${name}:`] });
  });
});
