import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import { commit, expectRefused, guardedClone, RFC_1 } from './guarded.ts';

describe('a configuration that is committed, but not in the work tree', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  it('still counts where a sparse checkout leaves it out', async () => {
    await clone.git('sparse-checkout', 'set', '--no-cone', 'docs');
    clone.write({ [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
  });

  it('still counts where the file was deleted', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    clone.write({ [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
  });

  it('is not hidden by a configuration in a place that comes after', async () => {
    rmSync(clone.at('.lazyspec.toml'));
    clone.write({ 'package.json': '{ "lazyspec": {} }\n', [RFC_1]: '# Changed\n' });
    expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
  });
});
