import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sandbox } from '../../helpers/sandbox.ts';

/** Tells in order what is renamed, and what has to be on the disk before Node goes on. */
const TELLING = `const fs = require('node:fs');
const { appendFileSync, fsyncSync, renameSync } = fs;
const tell = (line) => appendFileSync(process.env.TOLD, line + '\\n');
fs.fsyncSync = (fd) => { tell('sync ' + fs.readlinkSync('/proc/self/fd/' + fd)); fsyncSync(fd); };
fs.renameSync = (from, to) => { tell('rename ' + to); renameSync(from, to); };`;

const test = process.platform === 'linux' ? it : it.skip;

describe('install, cut off by a power failure', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  afterAll(() => sandbox.dispose());

  test('has its record on the disk before it changes the first file of others', async () => {
    const clone = await sandbox.clone('agent-a');
    clone.write({ 'package.json': '{}\n' });
    const telling = join(sandbox.folder, 'telling.cjs');
    const told = join(sandbox.folder, 'told');
    writeFileSync(telling, TELLING);
    const env = { NODE_OPTIONS: `--require "${telling}"`, TOLD: told };
    const ran = await clone.hooks(['install', '--save'], { env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });

    const lines = readFileSync(told, 'utf8').replace(
      /\/\.([^/]+)\.\d+-[0-9a-f]+\.tmp$/gm,
      '/$1.tmp',
    );
    const steps = lines.split('\n').map((line) => line.replace(`${clone.path}/`, ''));
    const record = steps.indexOf('rename .git/lazyspec/installed.json');
    expect(steps.slice(record - 1, record + 2)).toEqual([
      'sync .git/lazyspec/installed.json.tmp',
      'rename .git/lazyspec/installed.json',
      'sync .git/lazyspec',
    ]);
    expect(steps.slice(0, record)).toContain('sync .git'); // where the folder itself is new
    expect(record).toBeLessThan(steps.indexOf('rename package.json'));
    expect(record).toBeLessThan(steps.indexOf('rename .git/hooks/pre-commit'));
    expect(steps).toContain('sync package.json.tmp');
  });
});
