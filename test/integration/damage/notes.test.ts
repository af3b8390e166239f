/** What is damaged of the files in .git/lazyspec neither lets anything pass nor blocks for good. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clone, HOOKS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  expectPassed,
  expectRefused,
  guardedClone,
  RFC_1,
  RFC_2,
  startOver,
} from '../hooks/guarded.ts';
import { countNode, describeShells, installUnder } from '../hooks/shells.ts';
import { cut, empty, missing, nul } from './damaged-package.ts';

const text = (content: string) => (path: string) => writeFileSync(path, content);
/** The second half of what is there, as where a block was lost. */
const nulTail = (path: string) => {
  const content = readFileSync(path);
  writeFileSync(path, content.fill(0, Math.floor(content.length / 2)));
};
const DAMAGES: [string, (path: string) => void][] = [
  ['is missing', missing],
  ['is empty', empty],
  ['has only NUL bytes', nul],
  ['has NUL bytes from its middle on', nulTail],
  ['is cut in its first line', (path) => truncateSync(path, 20)],
  ['is cut at a third', cut(0.34)],
  ['is cut at two thirds', cut(0.67)],
  ['lacks its last line', (path) => truncateSync(path, readFileSync(path).length - 2)],
  ['has an open quote', text("lazyspec_at_head='\n")],
  ['has an open brace', text('lazyspec_governed() {\n')],
  ['is something else', text('<html>(not a note)</html>\n')],
];

describeShells("a note of the hook's fast path", (shell) => {
  let sandbox: Sandbox;
  let clone: Clone;
  let starts: () => number;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
    await installUnder(shell, clone);
    ({ starts } = countNode(clone));
  });
  afterEach(() => startOver(clone));
  afterAll(() => sandbox.dispose());

  let count = 0;
  async function ungoverned(): Promise<number> {
    starts();
    clone.write({ 'README.md': `# ${count++}\n` });
    expectPassed(await commitAll(clone));
    return starts();
  }

  describe.each(DAMAGES)('that %s', (_, damage) => {
    it('(governed.sh) has Node decide', async () => {
      damage(clone.at('.git/lazyspec/governed.sh'));
      clone.write({ [RFC_2]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-002');
      await clone.git('reset', '--quiet', '--hard');
      // A note that was deleted stays away; any other is renewed.
      if (damage !== missing) expect(await ungoverned()).toBe(0);
      rmSync(clone.at('.git/lazyspec'), { recursive: true });
      await installUnder(shell, clone);
      ({ starts } = countNode(clone));
    });

    it('(passed-.git.sh) has Node decide, and is renewed', async () => {
      await claim(clone, 'RFC-001');
      damage(clone.at('.git/lazyspec/passed-.git.sh'));
      clone.write({ [RFC_2]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-002');
      await clone.git('reset', '--quiet', '--hard');
      for (const expected of [1, 0]) {
        starts();
        clone.write({ [RFC_1]: `# ${count++}\n` });
        expectPassed(await commitAll(clone));
        expect(starts()).toBe(expected);
      }
    });

    it('(program.sh) is passed over', async () => {
      const note = clone.at('.git/lazyspec/program.sh');
      const before = readFileSync(note);
      damage(note);
      clone.write({ [RFC_2]: '# New\n' });
      const path = sandbox.shadow(
        'lazyspec-hooks',
        `#!/bin/sh\nexec '${process.execPath}' '${HOOKS}' "$@"\n`,
      );
      expectRefused(await commitAll(clone, { env: path }), 'RFC-002');
      writeFileSync(note, before);
    });
  });
});
