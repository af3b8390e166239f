/** A repository that was only cloned may bring programs along under the names of hook managers. */
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';

const BIN = 'node_modules/.bin/lefthook';

describe('a program that came with the clone is not run', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, 'lefthook.yml': 'pre-commit:\n' });
  });
  afterAll(() => sandbox.dispose());

  /** A clone that has the program at a path, tracked or not; it leaves a mark when it runs. */
  async function cloneWith(name: string, path: string) {
    const clone = await sandbox.clone(name);
    const mark = clone.at('.git/ran');
    clone.write({ [path]: `#!/bin/sh\necho 2.0.0\ntouch '${mark}'\n` });
    chmodSync(clone.at(path), 0o755);
    return { clone, ran: () => existsSync(mark) };
  }

  it.each(['install', 'uninstall', 'doctor'])('by %s', async (command) => {
    const { clone, ran } = await cloneWith(command, BIN);
    await clone.git('add', '--force', '--all');
    // npx puts the folder on PATH.
    const env = { PATH: `${dirname(clone.at(BIN))}:.:${sandbox.env.PATH}` };
    const done = await clone.hooks([command], { env });
    expect(done.stderr).not.toContain('this is a bug');
    expect(ran()).toBe(false);
    if (command === 'install') {
      expect(done.status).toBe(0);
      expect(done.stdout).toContain('lefthook was not found here');
    }
  });

  it('also behind a link that came with it', async () => {
    const { clone, ran } = await cloneWith('linked', 'tools/.bin/lefthook');
    symlinkSync('tools', clone.at('node_modules'));
    await clone.git('add', '--force', '--all');
    expect((await clone.hooks(['install'])).status).toBe(0);
    expect(ran()).toBe(false);
  });

  it('also where a relative folder on PATH leads to it', async () => {
    const { clone, ran } = await cloneWith('relative', 'lefthook');
    await clone.git('add', '--force', '--all');
    const env = { PATH: `.:${sandbox.env.PATH}` };
    expect((await clone.hooks(['install'], { env })).status).toBe(0);
    expect(ran()).toBe(false);
  });

  it('while one that was installed is', async () => {
    const { clone, ran } = await cloneWith('installed', BIN);
    mkdirSync(clone.at('.git/hooks'), { recursive: true });
    expect((await clone.hooks(['install'])).status).toBe(0);
    expect(ran()).toBe(true);
  });
});
