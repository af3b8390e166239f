import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { identifyPath } from '../../../src/documents/identify.ts';
import type { LazyspecError } from '../../../src/errors.ts';

/** Whoever writes a repository writes its configuration; a hook of whoever clones it reads it. */
describe('a hostile configuration', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lazyspec hostile-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const home = () => join(root, '.lazyspec.toml');
  async function refusal(): Promise<LazyspecError> {
    const error = await loadConfig(root).then(
      () => undefined,
      (thrown: LazyspecError) => thrown,
    );
    expect(error).toMatchObject({ name: 'LazyspecError', code: 'CONFIG_INVALID' });
    return error as LazyspecError;
  }

  it.each(['/dev/zero', '/dev/stdin', '/dev/tty', '/dev/full', '/proc/self/mem', '.', '..'])(
    'that leads to %s is refused, and not read to its end',
    async (target) => {
      symlinkSync(target, home());
      await refusal();
    },
  );

  it('that is a folder, a pipe, a link to itself or to one, is refused', async () => {
    mkdirSync(home());
    expect((await refusal()).message).toContain('not a file');
    rmSync(home(), { recursive: true });
    execFileSync('mkfifo', [home()]);
    expect((await refusal()).message).toContain('not a file');
    rmSync(home());
    execFileSync('mkfifo', [join(root, 'pipe')]);
    symlinkSync('pipe', home());
    await refusal();
    rmSync(home());
    symlinkSync('.lazyspec.toml', home());
    await refusal();
  });

  it.each(['.lazyspec.toml', 'package.json', '.lazyspecrc', '.lazyspecrc.json'])(
    'of more than 1 MiB in %s is refused',
    async (name) => {
      writeFileSync(join(root, name), `{"lazyspec":{}}${' '.repeat(1024 * 1024)}`);
      expect((await refusal()).message).toContain('larger than 1024 KiB');
    },
  );

  it('may be as large as 1 MiB', async () => {
    writeFileSync(home(), `[coordination]\n${'#'.repeat(1024 * 1024 - 15)}`);
    expect((await loadConfig(root)).coordination).toBeDefined();
  });

  const many = (count: number, text: string) => text.repeat(count);
  it.each<[string, string, string]>([
    ['TOML of lists in lists', '.lazyspec.toml', `x = ${many(200_000, '[')}${many(200_000, ']')}`],
    [
      'TOML of tables in tables',
      '.lazyspec.toml',
      `x = ${many(100_000, '{a=')}1${many(100_000, '}')}`,
    ],
    ['JSON of lists in lists', '.lazyspecrc.json', many(500_000, '[')],
    ['YAML of lists in lists', '.lazyspecrc', many(30_000, '[')],
    ['YAML of lists in lists, by indents', '.lazyspecrc.yaml', many(30_000, '- ')],
    [
      'YAML that merges the same keys over and over',
      '.lazyspecrc.yaml',
      `coordination: {}\na: &a {${Array.from({ length: 3_000 }, (_, i) => `k${i}: 1`).join(', ')}}\nb: {<<: [${many(7_000, '*a,')}*a]}\n`,
    ],
    ['10,000 types', '.lazyspec.toml', many(10_000, '[[types]]\nname="a"\ndir="a"\nprefix="A"\n')],
    ['10,000 wrong types', '.lazyspecrc.json', `{"types":[${many(9_999, '7,')}7]}`],
    [
      '17,576 keys near to ours',
      '.lazyspecrc.json',
      `{${Array.from({ length: 26 ** 3 }, (_, i) => `"gat${i.toString(26)}":1`).join()},"gat":1}`,
    ],
    [
      '501 patterns',
      '.lazyspec.toml',
      `[[types]]\nname="a"\ndir="a"\nprefix="A"\nmatch=[${many(501, '"{n}-x",')}]\n`,
    ],
    ['an invisible prefix', '.lazyspec.toml', '[[types]]\nname="a"\ndir="a"\nprefix="A\u200b"\n'],
    ['a prefix of escapes', '.lazyspec.toml', '[[types]]\nname="a\u009b"\ndir="a"\nprefix="A"\n'],
    [
      'a remote that is an option',
      '.lazyspec.toml',
      '[coordination]\nremote="--upload-pack=touch ran"\n',
    ],
    ['a remote with a newline', '.lazyspec.toml', '[coordination]\nremote="a\\nb"\n'],
    ['invalid UTF-8', '.lazyspec.toml', '[coordination]\nremote="\ufffd\ufffe'],
  ])('of %s is refused, in few words', async (_, name, text) => {
    writeFileSync(join(root, name), text);
    const { details } = await refusal();
    expect(details.length).toBeLessThanOrEqual(51);
  });

  it.each<[string, string, string]>([
    ['a key of 100,000 parts', '.lazyspec.toml', `${many(99_999, 'a.')}a = 1\n[coordination]\n`],
    [
      'JSON far down in what is not ours',
      '.lazyspecrc.json',
      `{"coordination":{},"x":${many(50_000, '[')}${many(50_000, ']')}}`,
    ],
    [
      'keys of Object.prototype',
      '.lazyspecrc.json',
      '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}},"coordination":{}}',
    ],
    [
      'YAML that refers to itself without end',
      '.lazyspecrc.yaml',
      'coordination: {}\nx: &x [*x, *x, *x]\n',
    ],
    [
      'a billion laughs',
      '.lazyspecrc.yaml',
      `coordination: {}\na0: &a0 [lol]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i},*a${i},*a${i},*a${i},*a${i},*a${i},*a${i},*a${i}]\n`).join('')}`,
    ],
  ])('of %s is read', async (_, name, text) => {
    writeFileSync(join(root, name), text);
    const config = await loadConfig(root);
    expect(config.coordination).toBeDefined();
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('of as many types and patterns as it may have does not make the gate wait for ever', async () => {
    const pattern = `${'a'.repeat(60)}{title}a{n}b{date}-{type}`;
    const type = (index: number) =>
      `[[types]]\nname="t${index}"\ndir="."\nprefix="P${index}"\nmatch="${pattern}"\n`;
    writeFileSync(home(), Array.from({ length: 500 }, (_, index) => type(index)).join(''));
    const { types } = await loadConfig(root);
    const name = `${'a'.repeat(60)}${'a1b'.repeat(60)}`;
    for (let file = 0; file < 200; file++) {
      expect(identifyPath(`x/y/${name}/${file}`, types)).toBeUndefined();
    }
    expect(identifyPath('x/y/P499-1.md', types)).toEqual({ id: 'P499-1', type: 't499' });
  });
});
