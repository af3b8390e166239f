import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clone, Sandbox } from '../../helpers/sandbox.ts';
import { commitAll, expectPassed, expectRefused, install, RFC_1 } from '../hooks/guarded.ts';
import { files, stateOf } from './state.ts';

const FOREIGN = '#!/bin/sh\necho "theirs" >&2\n';

describe('install and uninstall, again and in every state', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let hook: string;
  let kept: string;
  let number = 0;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    hook = clone.at('.git/hooks/pre-commit');
    kept = `${hook}.before-lazyspec`;
  });
  afterAll(() => sandbox.dispose());

  async function uninstall(): Promise<void> {
    expect(await clone.hooks(['uninstall'])).toMatchObject({ status: 0, stderr: '' });
  }

  it('leave everything as it was', async () => {
    const before = await stateOf(clone);
    await install(clone);
    expect(await stateOf(clone)).not.toEqual(before);
    expect(await clone.git('status', '--porcelain')).toBe('');
    await uninstall();
    expect(await stateOf(clone)).toEqual(before);
  });

  it('keep heartbeat state out of git status', async () => {
    await install(clone);
    clone.write({ '.lazyspec/state/heartbeat-rfc-RFC-001': 'then\n' });
    expect(await clone.git('status', '--porcelain')).toBe('');
  });

  it('leave an exclude file as it was, also one without a last line end', async () => {
    writeFileSync(clone.at('.git/info/exclude'), '*.log\r\n*.tmp');
    const before = await stateOf(clone);
    await install(clone);
    clone.write({ 'a.log': '', 'b.tmp': '', '.lazyspec/state/x': '' });
    expect(await clone.git('status', '--porcelain')).toBe('');
    await clone.git('clean', '--quiet', '-dffx');
    await uninstall();
    expect(await stateOf(clone)).toEqual(before);
  });

  it('leave the mode of an exclude file as it was', async () => {
    chmodSync(clone.at('.git/info/exclude'), 0o600);
    const before = await stateOf(clone);
    await install(clone);
    expect(files(clone.at('.git/info/exclude')).exclude).toMatch(/^100600 /);
    await uninstall();
    expect(await stateOf(clone)).toEqual(before);
  });

  it('leave an exclude file that is a symbolic link one', async () => {
    writeFileSync(join(sandbox.folder, 'my exclude'), '*.log\n');
    rmSync(clone.at('.git/info/exclude'));
    symlinkSync('../../../my exclude', clone.at('.git/info/exclude'));
    const before = await stateOf(clone, join(sandbox.folder, 'my exclude'));
    await install(clone);
    await uninstall();
    expect(await stateOf(clone, join(sandbox.folder, 'my exclude'))).toEqual(before);
  });

  it('do without an info and a hooks folder', async () => {
    rmSync(clone.at('.git/info'), { recursive: true });
    rmSync(clone.at('.git/hooks'), { recursive: true, force: true });
    const before = await stateOf(clone);
    await install(clone);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('reset', '--quiet', '--hard');
    await uninstall();
    expect(await stateOf(clone)).toEqual(before);
  });

  it('do twice what they do once', async () => {
    writeFileSync(hook, FOREIGN, { mode: 0o755 });
    const before = await stateOf(clone);
    await install(clone);
    const once = await stateOf(clone);
    const again = await clone.hooks(['install']);
    expect(again.stdout).toContain('are installed already');
    expect(await stateOf(clone)).toEqual(once);

    await uninstall();
    expect(await stateOf(clone)).toEqual(before);
    const gone = await clone.hooks(['uninstall']);
    expect(gone).toMatchObject({ status: 0, stderr: '' });
    expect(gone.stdout).toContain('Nothing of ours is installed');
    expect(await stateOf(clone)).toEqual(before);
  });

  it('change nothing with --dry-run, and show what they would', async () => {
    writeFileSync(hook, FOREIGN, { mode: 0o755 });
    const before = await stateOf(clone);
    const plan = await clone.hooks(['install', '--dry-run']);
    expect(plan.status).toBe(0);
    expect(plan.stdout).toContain(`copy to .git/hooks/pre-commit.before-lazyspec\n`);
    expect(plan.stdout).toMatch(/^\+\+\+ \.git\/hooks\/pre-commit\n@@ .* @@\n\+#!\/bin\/sh\n/m);
    expect(plan.stdout).toContain('+.lazyspec/state/\n');
    expect(await stateOf(clone)).toEqual(before);

    await install(clone);
    const installed = await stateOf(clone);
    const back = await clone.hooks(['uninstall', '--dry-run']);
    expect(back.stdout).toContain('rename to .git/hooks/pre-commit\n');
    expect(await stateOf(clone)).toEqual(installed);
  });

  it('make our hook executable again', async () => {
    await install(clone);
    const installed = await stateOf(clone);
    chmodSync(hook, 0o644);
    await install(clone);
    expect(await stateOf(clone)).toEqual(installed);
  });

  describe('after an install that was killed', () => {
    it('when the old hook had two names, go on or go back', async () => {
      writeFileSync(hook, FOREIGN, { mode: 0o755 });
      const before = await stateOf(clone);
      linkSync(hook, kept); // the first of the two steps
      await install(clone);
      expect(files(kept)).toMatchObject({
        'pre-commit.before-lazyspec': `100755 ${FOREIGN}`,
      });
      clone.write({ [RFC_1]: '# New\n' });
      const ran = await commitAll(clone);
      expectRefused(ran, 'RFC-001');
      expect(ran.stderr).toMatch(/^theirs\nlazyspec-hooks/);
      await clone.git('reset', '--quiet', '--hard');
      await uninstall();
      expect(await stateOf(clone)).toEqual(before);

      linkSync(hook, kept);
      await uninstall();
      expect(await stateOf(clone)).toEqual(before);
    });

    it('when the old hook was only kept, go on or go back', async () => {
      writeFileSync(hook, FOREIGN, { mode: 0o755 });
      const before = await stateOf(clone);
      const onlyKept = () => {
        rmSync(hook);
        writeFileSync(kept, FOREIGN, { mode: 0o755 });
      };
      onlyKept();
      await install(clone);
      clone.write({ [RFC_1]: '# New\n' });
      expect((await commitAll(clone)).stderr).toMatch(/^theirs\nlazyspec-hooks/);
      await clone.git('reset', '--quiet', '--hard');
      await uninstall();
      expect(await stateOf(clone)).toEqual(before);

      onlyKept();
      await uninstall();
      expect(await stateOf(clone)).toEqual(before);
    });
  });

  it('tell of two hooks that are not ours, and touch neither', async () => {
    writeFileSync(hook, FOREIGN, { mode: 0o755 });
    writeFileSync(kept, `${FOREIGN}# another\n`, { mode: 0o755 });
    const before = await stateOf(clone);
    const ran = await clone.hooks(['install']);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain('there are two hooks that are not ours');
    expect(await stateOf(clone)).toEqual(before);
    expect((await clone.hooks(['uninstall'])).status).toBe(0);
    expect(await stateOf(clone)).toEqual(before);
  });

  async function expectOursGone(): Promise<void> {
    await uninstall();
    clone.write({ [RFC_1]: `# ${Math.random()}\n` });
    expectPassed(await commitAll(clone));
    const left = Object.keys(files(clone.at('.git/hooks')));
    expect(left.filter((name) => !name.endsWith('.sample'))).toEqual([]);
  }

  const BEHIND = 'echo behind >&2\n';
  const FRONT = '#!/bin/bash\n# mine\necho front >&2\n';

  describe.each([
    ['behind ours', (text: string) => `${text}${BEHIND}`, `#!/bin/sh\n${BEHIND}`],
    ['in front of ours', (text: string) => text.replace('#!/bin/sh\n', FRONT), FRONT],
    [
      'in front of ours and behind',
      (text: string) => text.replace('#!/bin/sh\n', FRONT) + BEHIND,
      FRONT + BEHIND,
    ],
    [
      'within ours',
      (text: string) => text.replace('\nlazyspec_pushed=', `\n${BEHIND}lazyspec_pushed=`),
      `#!/bin/sh\n${BEHIND}`,
    ],
    [
      'behind ours, whose last line is gone',
      (text: string) => `${text.replace(/# lazyspec-hooks: end.*\n/, '')}\n${BEHIND}`,
      `#!/bin/sh\n${BEHIND}`,
    ],
    [
      'behind ours, and all is reindented with CRLF',
      (text: string) => `${text}${BEHIND}`.replaceAll(/^ +/gm, '\t').replaceAll('\n', '\r\n'),
      `#!/bin/sh\n${BEHIND}`,
    ],
  ])('with lines of the user %s', (_, edit, left) => {
    const lines = left.split('\n').slice(1);
    const edited = () => writeFileSync(hook, edit(readFileSync(hook, 'utf8')), { mode: 0o755 });

    it('keep them when installing again, once or twice, and the gate refuses', async () => {
      await install(clone);
      edited();
      await install(clone);
      const once = await stateOf(clone);
      for (const line of lines) expect(readFileSync(hook, 'utf8')).toContain(line);
      await install(clone);
      expect(await stateOf(clone)).toEqual(once);
      clone.write({ [RFC_1]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-001');
    });

    it('leave them alone when uninstalling, once or twice, and commits pass', async () => {
      await install(clone);
      edited();
      await uninstall();
      expect(readFileSync(hook, 'utf8')).toBe(left);
      await uninstall();
      expect(readFileSync(hook, 'utf8')).toBe(left);
      clone.write({ [RFC_1]: '# New\n' });
      const ran = await commitAll(clone);
      expectPassed({ ...ran, stderr: '' });
      expect(ran.stderr).toMatch(/front|behind/);
    });

    it('keep them beside a hook that was there before, which runs as well', async () => {
      writeFileSync(hook, FOREIGN, { mode: 0o755 });
      await install(clone);
      edited();
      await uninstall();
      clone.write({ [RFC_1]: '# New\n' });
      const ran = await commitAll(clone);
      expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('theirs') });
      expect(ran.stderr).toMatch(/front|behind/);
      await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
      await install(clone);
      clone.write({ [RFC_1]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-001');
      for (const line of lines) expect(readFileSync(hook, 'utf8')).toContain(line);
    });
  });

  it('set a hook of ours aside in which our own lines were changed', async () => {
    await install(clone);
    const edited = readFileSync(hook, 'utf8').replace('lazyspec_pushed=', 'pushed=');
    const aside = `${hook}.edited-lazyspec`;
    writeFileSync(hook, edited, { mode: 0o755 });
    await install(clone);
    expect(readFileSync(aside, 'utf8')).toBe(edited);
    clone.write({ [RFC_1]: '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    writeFileSync(hook, edited, { mode: 0o755 });
    const ran = await clone.hooks(['uninstall']);
    expect(ran.stdout).toContain('kept our hook as it was edited');
    expect(readFileSync(`${aside}-2`, 'utf8')).toBe(edited);
    expectPassed(await commitAll(clone));
    for (const name of [aside, `${aside}-2`]) rmSync(name);
    await expectOursGone();
  });

  it.each([
    ['copied', (to: string) => copyFileSync(hook, to), 'post-rewrite'],
    ['copied as a backup', (to: string) => copyFileSync(hook, to), 'pre-push.old'],
    ['renamed', (to: string) => renameSync(hook, to), 'prepare-commit-msg'],
    ['moved by pre-commit', (to: string) => renameSync(hook, to), 'pre-commit.legacy'],
    ['linked', (to: string) => symlinkSync('pre-commit', to), 'post-rewrite'],
    [
      'replaced by a link to a copy',
      (to: string) => {
        renameSync(hook, to);
        symlinkSync(to, hook);
      },
      '../copy',
    ],
    ['made not executable', () => chmodSync(hook, 0o644), ''],
  ])('leave no hook behind that was %s', async (_, change, to) => {
    await install(clone);
    change(clone.at('.git/hooks', to));
    await expectOursGone();
  });

  it('remove a hook of ours that an earlier version kept as the hook of before', async () => {
    await install(clone);
    copyFileSync(hook, kept);
    appendFileSync(kept, BEHIND);
    await uninstall();
    expect(readFileSync(hook, 'utf8')).toBe(`#!/bin/sh\n${BEHIND}`);
    await install(clone);
    copyFileSync(hook, kept);
    rmSync(hook);
    writeFileSync(hook, readFileSync(kept, 'utf8').replace(BEHIND, ''), { mode: 0o755 });
    writeFileSync(kept, readFileSync(hook, 'utf8'), { mode: 0o755 });
    await expectOursGone();
  });

  it('leave a hook of before as it was edited since', async () => {
    writeFileSync(hook, FOREIGN, { mode: 0o755 });
    await install(clone);
    appendFileSync(kept, '# since\n');
    await uninstall();
    expect(readFileSync(hook, 'utf8')).toBe(`${FOREIGN}# since\n`);
  });

  it('work from a linked work tree for all of the clone', async () => {
    await clone.git('worktree', 'add', '--quiet', clone.at('linked'), '-b', 'linked');
    const linked = new Clone(sandbox, clone.at('linked'));
    await install(linked);
    appendFileSync(hook, BEHIND);
    expect(await linked.hooks(['uninstall'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(hook, 'utf8')).toBe(`#!/bin/sh\n${BEHIND}`);
    linked.write({ [RFC_1]: '# New\n' });
    expect(await commitAll(linked)).toMatchObject({ status: 0, stderr: 'behind\n' });
  });
});
