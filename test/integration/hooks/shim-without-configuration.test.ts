import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  commit,
  commitAll,
  expectPassed,
  expectRefused,
  RFC_1,
  sneak,
  startOver,
} from './guarded.ts';
import { countNode, describeShells, installUnder } from './shells.ts';

describeShells('what is noted as governed is that of HEAD', (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let starts: () => number;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  beforeEach(async () => {
    await clone.tryGit(['sparse-checkout', 'disable']);
    await clone.git('checkout', '--quiet', '--force', 'main');
    await startOver(clone);
    await clone.tryGit(['branch', '--quiet', '-D', 'pages']);
    await installUnder(shell, clone);
    ({ starts } = countNode(clone));
  });
  afterAll(() => sandbox.dispose());

  const hide = () => clone.git('sparse-checkout', 'set', '--no-cone', 'docs');

  it.each([
    ['in HEAD', hide],
    ['in HEAD and the index, and was deleted', async () => rmSync(clone.at('.lazyspec.toml'))],
  ])('and no Node is started where it is only %s', async (_, hide) => {
    await hide();
    clone.write({ 'docs/new.md': '# New\n' });
    await clone.git('add', 'docs/new.md');
    expectPassed(await commit(clone));
    expect(starts()).toBe(0);
    clone.write({ [RFC_1]: '# New\n' });
    await clone.git('add', RFC_1);
    expectRefused(await commit(clone), 'RFC-001');
  });

  it.each([
    ['.lazyspec.toml', DOCUMENTS['.lazyspec.toml']],
    ['package.json', '{"lazyspec":{"coordination":{}}}\n'],
  ])('on a branch without one, too, which does not open what %s has shut', async (place, text) => {
    await clone.git('rm', '--quiet', '.lazyspec.toml');
    await sneak(clone, { [place]: text, 'README.md': '# Shut\n' });
    await clone.git('branch', '--force', 'shut');
    await clone.git('checkout', '--quiet', '--orphan', 'pages');
    await clone.git('rm', '-r', '--quiet', '--force', '.');
    clone.write({ 'index.html': '<p>\n' });
    expectPassed(await commitAll(clone));
    starts();
    clone.write({ 'index.html': '<p>New\n' });
    expectPassed(await commitAll(clone));
    expect(starts()).toBe(0);
    await clone.git('checkout', '--quiet', 'shut');
    for (const lose of [async () => rmSync(clone.at(place)), hide]) {
      await lose();
      clone.write({ [RFC_1]: '# New\n' });
      expectRefused(await commit(clone, [RFC_1]), 'RFC-001');
    }
  });
});
