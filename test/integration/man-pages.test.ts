/** The pages of man(1), held against what the programs say of themselves. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HOOKS, LEASE, PACKAGE, run } from '../helpers/sandbox.ts';

const PROGRAMS = { 'lazyspec-lease': LEASE, 'lazyspec-hooks': HOOKS };

const has = (program: string) => !spawnSync(program, ['--version']).error;

async function helpOf(program: string, ...command: string[]): Promise<string> {
  const args = [program, ...command, '--help'];
  const { stdout } = await run(process.execPath, args, { cwd: PACKAGE, env: process.env });
  return stdout;
}

/** The first words of the lines of a list in the help. */
function listed(help: string, heading: string): string[] {
  const [, list = ''] = new RegExp(`^${heading}:\\n((?: .*\\n)+)`, 'm').exec(help) ?? [];
  return [...list.matchAll(/^ {2}(\S.*?)(?: {2}|$)/gm)].map(([, term]) => term ?? '');
}

describe.each(Object.entries(PROGRAMS))('%s(1)', (name, program) => {
  const path = join(PACKAGE, 'dist', 'man', `${name}.1`);
  const source = readFileSync(path, 'utf8');
  const plain = source
    .replace(/\\\[u([0-9A-F]+)\]/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/\\-/g, '-')
    .replace(/^\\&/gm, '')
    .replace(/\\e/g, '\\');

  test('has every command with its options, and each has an example', async () => {
    const help = await helpOf(program);
    const commands = listed(help, 'Commands').map((term) => term.split(' ')[0] ?? '');
    expect(commands.length).toBeGreaterThan(4);
    for (const term of listed(help, 'Options')) expect(plain).toContain(`.B ${term}\n`);
    for (const command of commands) {
      const [, section = ''] =
        new RegExp(`^\\.SS ${command} (.*?)(?=^\\.S[SH])`, 'ms').exec(plain) ?? [];
      const own = await helpOf(program, command);
      const options = listed(own, 'Options').filter((term) => !term.includes('--help'));
      for (const term of options) expect(section).toContain(`.B ${term}\n`);
      for (const term of listed(own, 'Arguments')) expect(section).toContain(`.I ${term}\n`);
      const [, examples] = /Examples:\n(.*)$/s.exec(own) ?? [];
      expect({ command, examples }).toEqual({ command, examples: expect.stringContaining('$ ') });
      expect(section).toContain(examples?.trimEnd());
    }
  });

  test('is ASCII, so that every man reads it', () => {
    expect(source).toMatch(/^[\n -~]*$/);
  });

  (has('groff') ? test : test.skip)('is accepted by groff without a warning', async () => {
    const args = ['-man', '-ww', '-Tutf8', path];
    const { status, stdout, stderr } = await run('groff', args, { cwd: PACKAGE, env: process.env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('SEE ALSO'.replace(/[A-Z]/g, '$&\b$&'));
  });

  test('is where the package says that it is', () => {
    const { man, files } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    expect(man).toContain(`dist/man/${name}.1`);
    expect(files).toContain('dist');
  });
});
