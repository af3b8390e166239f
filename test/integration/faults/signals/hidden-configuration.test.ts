import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { preload } from '../../../helpers/clocks.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import type { Signal } from './signalling-git.ts';
import { SignallingGit } from './signalling-git.ts';

let sandbox: Sandbox;
let clone: Clone;

beforeAll(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  rmSync(clone.at('.lazyspec.toml'));
});
afterAll(() => sandbox.dispose());

it.each<[Signal, number]>([
  ['INT', 130],
  ['TERM', 143],
])(
  'a gate that gets SIG%s while it reads the configuration in the index does not open',
  async (signal, status) => {
    const git = new SignallingGit(sandbox);
    const env = {
      NODE_OPTIONS: preload('first-on-path.mjs'),
      LAZYSPEC_FIRST_ON_PATH: git.folder,
      ...git.env({ call: 'cat-file', nth: 1, at: 'start' }, signal),
    };
    const ran = await clone.lease(['gate', 'RFC-001'], { env });
    expect(await git.struck()).toBe(true);
    expect(ran.status).toBe(status);
  },
);
