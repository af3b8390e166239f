import { appendFileSync, chmodSync, linkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
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

  describe('where our hook was edited by hand', () => {
    beforeEach(async () => {
      await install(clone);
      appendFileSync(hook, '\n# edited\n');
    });

    it('leave it alone when uninstalling', async () => {
      const edited = files(hook);
      await uninstall();
      expect(files(hook)).toEqual(edited);
    });

    it('keep it when installing again, and commits still pass and are refused', async () => {
      const edited = files(hook);
      await install(clone);
      expect(Object.values(files(kept))).toEqual(Object.values(edited));
      clone.write({ 'README.md': '# New\n' });
      expectPassed(await commitAll(clone));
      clone.write({ [RFC_1]: '# New\n' });
      expectRefused(await commitAll(clone), 'RFC-001');
    });
  });
});
