import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectRefused, install, push, RFC_1, RFC_2, sneak } from '../hooks/guarded.ts';
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

  describe('of pre-push', () => {
    async function installOverPush(content: string): Promise<void> {
      mkdirSync(clone.at('.git/hooks'), { recursive: true });
      writeFileSync(clone.at('.git/hooks/pre-push'), content, { mode: 0o755 });
      await installOverWhatIsThere();
    }
    /** Pushes one branch that may be pushed, and one that changes a document. */
    async function pushTwo(): Promise<Ran> {
      await sneak(clone, { 'README.md': '# New\n' });
      await clone.git('branch', '--force', 'harmless');
      await sneak(clone, { [RFC_1]: '# New\n' });
      return push(clone, ['origin', 'harmless:refs/heads/h', 'HEAD:refs/heads/x']);
    }

    it('sees all that is pushed, as ours does', async () => {
      const seen = join(sandbox.folder, 'seen');
      await installOverPush(`#!/bin/sh\nprintf '%s\\n' "$@" >'${seen}'\ncat >>'${seen}'\n`);
      expectRefused(await pushTwo(), 'RFC-001');
      const zeros = '0'.repeat(40);
      const [one, two] = await Promise.all(
        ['harmless', 'HEAD'].map((name) => clone.git('rev-parse', name)),
      );
      expect(readFileSync(seen, 'utf8')).toBe(
        `origin\n${sandbox.remote}\nrefs/heads/harmless ${one} refs/heads/h ${zeros}\nHEAD ${two} refs/heads/x ${zeros}\n`,
      );
    });

    it('need not read it, also where it is long', async () => {
      await installOverPush('#!/bin/sh\nexit 0\n');
      expectRefused(await pushTwo(), 'RFC-001');
      const line = `refs/heads/a ${'0'.repeat(40)} refs/heads/a ${'1'.repeat(40)}\n`;
      const ran = await run(clone.at('.git/hooks/pre-push'), ['origin', sandbox.remote], {
        cwd: clone.path,
        env: sandbox.env,
        input: line.repeat(20_000),
      });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
    });

    it('refuses by itself, and its status is handed on', async () => {
      await installOverPush('#!/bin/sh\ncat >/dev/null\nexit 7\n');
      expect(await pushTwo()).toMatchObject({
        status: 1,
        stderr: expect.not.stringContaining('lazyspec-hooks:'),
      });
      const ran = await run(clone.at('.git/hooks/pre-push'), [], {
        cwd: clone.path,
        env: sandbox.env,
      });
      expect(ran.status).toBe(7);
    });

    it('is told nothing where git says nothing', async () => {
      const seen = join(sandbox.folder, 'nothing seen');
      await installOverPush(`#!/bin/sh\ncat >'${seen}'\n`);
      const ran = await run(clone.at('.git/hooks/pre-push'), ['origin', sandbox.remote], {
        cwd: clone.path,
        env: sandbox.env,
      });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(seen, 'utf8')).toBe('');
    });

    it('runs where ours is skipped, too', async () => {
      await installOverPush('#!/bin/sh\ncat >&2\nexit 0\n');
      const env = { LAZYSPEC_HOOKS: '0' };
      await sneak(clone, { [RFC_1]: '# New\n' });
      const ran = await push(clone, ['origin', 'HEAD:refs/heads/skipped'], { env });
      expect(ran).toMatchObject({ status: 0, stderr: expect.stringMatching(/^HEAD \w+ refs/) });
    });

    it('is not there: then ours is told all of it without a detour', async () => {
      before = await stateOf(clone);
      await install(clone);
      expectRefused(await pushTwo(), 'RFC-001');
    });
  });
});
