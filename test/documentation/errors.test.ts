import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, explainCode } from '../../src/commands/explain-code.ts';
import { LEASE, PACKAGE, run } from '../helpers/sandbox.ts';

const read = (path: string) => readFileSync(join(PACKAGE, path), 'utf8');

/** Runs lazyspec-lease where there is no repository. */
function lease(...args: string[]) {
  const env = { PATH: process.env.PATH };
  return run(process.execPath, [LEASE, ...args], { cwd: tmpdir(), env });
}

describe('the error codes', () => {
  it('are all thrown somewhere', () => {
    const folder = join(PACKAGE, 'src');
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const sources = paths
      .filter((path) => path.endsWith('.ts') && !/^(errors|error-guide)\.ts$/.test(path))
      .map((path) => read(join('src', path)))
      .join('\n');
    expect(ERROR_CODES.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('are told in sentences', () => {
    for (const { meaning, causes, remedies } of ERROR_CODES.map(explainCode)) {
      for (const text of [meaning, ...causes]) expect(text).toMatch(/^[`A-Zg-n].*\.$/);
      for (const text of remedies) expect(text).toMatch(/^[`A-Z].*[.`]$/);
    }
  });

  it('name configuration keys that there are', () => {
    const schema = JSON.parse(read('schemas/config.schema.json')).properties;
    const text = JSON.stringify(ERROR_CODES.map(explainCode));
    const named = [...text.matchAll(/\[(coordination|gate)\] ([a-z_]+)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, table = '', key] of named) {
      expect(Object.keys(schema[table].properties)).toContain(key);
    }
  });
});

describe('lazyspec-lease explain', () => {
  it('explains a code anywhere, however it is written', async () => {
    for (const name of ['LEASE_LOST', 'lease-lost', 'Lease_Lost']) {
      const ran = await lease('explain', name);
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toMatch(/^LEASE_LOST \(exit status 1\)\n/);
      expect(ran.stdout).toContain('What to do:\n  - Stop editing.');
    }
  });

  it('lists all codes', async () => {
    const { stdout } = await lease('explain');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(ERROR_CODES);
  });

  it('knows a slip, and says so', async () => {
    const ran = await lease('explain', 'HELD_BY_OTHERS');
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('Did you mean HELD_BY_OTHER?');
    expect((await lease('explain', 'E42')).stderr).toContain('All codes: lazyspec-lease explain');
  });
});
