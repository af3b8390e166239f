import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectRefused, install, RFC_1, RFC_2 } from '../hooks/guarded.ts';
import { stateOf } from './state.ts';

describe('a hook that was there before', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let before: Record<string, unknown>;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
  });
  afterEach(async () => {
    // Whatever it was: uninstall puts it back as it was, to the byte and the mode.
    expect(await clone.hooks(['uninstall'])).toMatchObject({ status: 0 });
    await clone.git('reset', '--quiet', '--hard', 'origin/main');
    expect(await stateOf(clone)).toEqual(before);
  });
  afterAll(() => sandbox.dispose());

  async function installOver(content: string | Buffer, mode = 0o755): Promise<void> {
    mkdirSync(clone.at('.git/hooks'), { recursive: true });
    writeFileSync(clone.at('.git/hooks/pre-commit'), content);
    chmodSync(clone.at('.git/hooks/pre-commit'), mode);
    await installOverWhatIsThere();
  }

  async function installOverWhatIsThere(): Promise<void> {
    before = await stateOf(clone);
    await install(clone);
  }

  it('runs first, and its output is shown', async () => {
    await installOver('#!/bin/sh\necho "checked $0"\necho "complained" >&2\n');
    clone.write({ [RFC_1]: '# New\n' });
    const ran = await commitAll(clone);
    expectRefused(ran, 'RFC-001');
    expect(ran.stderr).toMatch(/^checked .*\ncomplained\nlazyspec-hooks: RFC-001: /);
  });

  it('refuses the commit by itself, and ours is not asked then', async () => {
    await installOver('#!/bin/sh\necho "no, because" >&2\nexit 7\n');
    clone.write({ [RFC_1]: '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 1, stderr: 'no, because\n' });
    expect(await clone.tryGit(['hook', 'run', 'pre-commit'])).toMatchObject({ status: 7 });
    clone.write({ 'README.md': '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 1, stderr: 'no, because\n' });
  });

  it('gets the arguments and stdin', async () => {
    await installOver('#!/bin/sh\nprintf "<%s>" "$@"\ncat\nexit 3\n');
    const ran = await run(clone.at('.git/hooks/pre-commit'), ['one', 'two words', '', '*'], {
      cwd: clone.path,
      env: sandbox.env,
      input: 'line 1\nline 2',
    });
    expect(ran).toMatchObject({ status: 3, stdout: '<one><two words><><*>line 1\nline 2' });
  });

  it('may stage documents, which ours then sees', async () => {
    await installOver(`#!/bin/sh\necho new >${RFC_2}\ngit add ${RFC_2}\n`);
    clone.write({ 'README.md': '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-002');
  });

  it('does not run if it is not executable', async () => {
    await installOver('#!/bin/sh\nexit 7\n', 0o644);
    clone.write({ 'README.md': '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 0 });
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
  });

  it('runs if it is a symbolic link, and stays one', async () => {
    writeFileSync(join(sandbox.folder, 'shared hook'), '#!/bin/sh\necho linked >&2\nexit 7\n');
    chmodSync(join(sandbox.folder, 'shared hook'), 0o755);
    mkdirSync(clone.at('.git/hooks'), { recursive: true });
    symlinkSync('../../../shared hook', clone.at('.git/hooks/pre-commit'));
    await installOverWhatIsThere();
    clone.write({ 'README.md': '# New\n' });
    expect(await commitAll(clone)).toMatchObject({ status: 1, stderr: 'linked\n' });
  });

  it('runs without a shebang, as git would have it', async () => {
    await installOver('echo "no shebang" >&2\nexit 7\n');
    expect(await clone.tryGit(['hook', 'run', 'pre-commit'])).toMatchObject({
      status: 7,
      stderr: 'no shebang\n',
    });
  });

  it('fails with CRLF lines as it did before, which is not for us to mend', async () => {
    const marker = join(sandbox.folder, 'crlf-ran');
    await installOver(`#!/bin/sh\r\n: >'${marker}'\r\n`);
    clone.write({ 'README.md': '# New\n' });
    expect((await commitAll(clone)).status).not.toBe(0);
    expect(existsSync(marker)).toBe(false);
  });

  it.each([
    ['bytes that are no text', Buffer.from([0x23, 0x21, 0x00, 0xff, 0xfe, 0x0d, 0x0a]), 0o711],
    ['no last line end', '#!/bin/sh\n# lazyspec-hooks: only mentioned\nexit 0', 0o775],
    ['nothing in it', '', 0o600],
  ])('is kept with %s', async (_, content, mode) => {
    await installOver(content, mode);
    expect(Buffer.from(clone.read('.git/hooks/pre-commit'))).not.toEqual(Buffer.from(content));
  });
});
