/** Every way into the program on a Node that is too old, as it pretends to be. Real ones: test/e2e. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transform } from 'esbuild';
import { OLD_NODE_ENTRIES, OLD_NODE_LIBRARY } from '../helpers/old-node.ts';
import { PACKAGE, run, Sandbox } from '../helpers/sandbox.ts';

const DIST = join(PACKAGE, 'dist');
const entries = readdirSync(DIST).filter((name) => /\.m?js$/.test(name));

describe('a Node that is too old', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const pretend = `Object.defineProperty(process, 'versions', {
      value: { ...process.versions, node: process.env.PRETENDED } });`;
    writeFileSync(join(sandbox.folder, 'pretend.cjs'), pretend);
  });
  afterAll(() => sandbox.dispose());

  function on(version: string, args: readonly string[]) {
    const [program = '', ...rest] = args;
    return run(
      process.execPath,
      ['--require', join(sandbox.folder, 'pretend.cjs'), join(DIST, program), ...rest],
      { cwd: sandbox.folder, env: { ...sandbox.env, PRETENDED: version } },
    );
  }

  it.each(OLD_NODE_ENTRIES)('is refused by $args, with status $status', async (entry) => {
    expect(await on('18.20.8', entry.args)).toMatchObject(entry.ends('18.20'));
  });

  it.each(['index.js', 'index.mjs'])('makes the library throw, in %s', async (name) => {
    const { status, stderr } = await on('20.16.0', [name]);
    expect({ status, stderr }).toEqual(OLD_NODE_LIBRARY('20.16'));
  });

  it('is every Node before the oldest supported one, and no other', async () => {
    for (const version of ['0.12.0', '19.99.0', '20.16.9']) {
      expect((await on(version, ['hooks.js', '--version'])).status).toBe(3);
    }
    for (const version of ['20.17.0', '21.0.0', '100.0.0']) {
      expect((await on(version, ['hooks.js', '--version'])).status).toBe(0);
    }
  });

  it.each(entries)('can parse %s as far back as Node 12', async (name) => {
    const code = readFileSync(join(DIST, name), 'utf8');
    const format = name.endsWith('.mjs') ? 'esm' : 'cjs';
    const lowered = await transform(code, { format, platform: 'node', target: 'node12' });
    const same = await transform(code, { format, platform: 'node', target: 'esnext' });
    expect(lowered.code).toBe(same.code);
  });

  it.each(entries.filter((name) => name !== 'index.mjs'))(
    'is checked in %s before anything is loaded',
    (name) => {
      const code = readFileSync(join(DIST, name), 'utf8').replace(/^#!.*\n/, '');
      expect(code).toMatch(/^\(\(\)=>\{/);
      const check = code.slice(0, code.indexOf('})();'));
      expect(check).toContain('is too old');
      expect(check).not.toContain('require(');
    },
  );
});
