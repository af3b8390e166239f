/** What is damaged of the files in .git/lazyspec neither lets anything pass nor blocks for good. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clone, HOOKS, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';
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
import { countNode, describeShells, installUnder, writeProgramNote } from '../hooks/shells.ts';
import { cut, empty, nul } from './damaged-package.ts';

const text = (content: string) => (path: string) => writeFileSync(path, content);
/** The second half of what is there, as where a block was lost. */
const nulTail = (path: string) => {
  const content = readFileSync(path);
  writeFileSync(path, content.fill(0, Math.floor(content.length / 2)));
};
const DAMAGES: [string, (path: string) => void][] = [
  ['is empty', empty],
  ['has only NUL bytes', nul],
  ['has NUL bytes from its middle on', nulTail],
  ['is cut in its first line', (path) => truncateSync(path, 20)],
  ['is cut at a third', cut(0.34)],
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
    it('(governed.sh) has Node decide, and is renewed', async () => {
      damage(clone.at('.git/lazyspec/governed.sh'));
      clone.write({ [RFC_2]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-002');
      await clone.git('reset', '--quiet', '--hard');
      expect(await ungoverned()).toBe(0);
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

  it('that names a folder as Node (program.sh) is passed over', async () => {
    writeProgramNote(clone, { node: '/usr' });
    clone.write({ [RFC_2]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-002');
  });

  it("that has an open quote (program.sh) is passed over by an agent's script", async () => {
    writeFileSync(clone.at('.git/lazyspec/program.sh'), "lazyspec_node='");
    const [program = '', ...args] = shell.shebang.slice(2).split(' ');
    const template = join(PACKAGE, 'templates', 'claude-code', 'lazyspec-hooks.sh');
    const path = sandbox.shadow('lazyspec-hooks', `#!/bin/sh\nexec '${HOOKS}' "$@"\n`);
    const ran = await run(program, [...args, template, 'before-edit'], {
      cwd: clone.path,
      env: { ...sandbox.env, ...path, CLAUDE_PROJECT_DIR: clone.path },
      input: JSON.stringify({ session_id: 's', tool_input: { file_path: clone.at(RFC_2) } }),
    });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('not claimed');
  });
});
