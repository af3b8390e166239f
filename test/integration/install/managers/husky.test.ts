import { chmodSync, rmSync, statSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Installed } from '../../../helpers/managers.ts';
import { installManagers } from '../../../helpers/managers.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { run, Sandbox } from '../../../helpers/sandbox.ts';
import { commitAll, expectRefused, RFC_1 } from '../../hooks/guarded.ts';
import { shells } from '../../hooks/shells.ts';
import {
  expectDone,
  expectFails,
  expectGuarded,
  expectProven,
  OUR_COMMAND,
  PROJECT,
  plugIn,
  unplug,
} from './plugged.ts';

const HOOKS = ['pre-commit', 'pre-merge-commit', 'pre-push'];

describe('husky', () => {
  let sandbox: Sandbox;
  let managers: Installed;
  let clone: Clone;
  let number = 0;

  beforeAll(async () => {
    [sandbox, managers] = await Promise.all([Sandbox.create(PROJECT), installManagers('husky')]);
  });
  beforeEach(async () => {
    clone = await sandbox.clone(`agent-${++number}`);
    managers.into(clone);
  });
  afterAll(async () => {
    await sandbox.dispose();
    managers.dispose();
  });

  async function husky(...args: string[]): Promise<void> {
    const ran = await run(clone.at('node_modules/.bin/husky'), args, {
      cwd: clone.path,
      env: sandbox.env,
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
  }

  it('runs ours from its own scripts, which are made where there are none', async () => {
    await husky();
    const { before, plan, result } = await plugIn(clone);
    expect(plan).toContain('+++ .husky/pre-push\n');
    expect(result.manager).toBe('husky');
    for (const hook of HOOKS) expect(clone.read(`.husky/${hook}`)).toContain(`hooks/${hook}`);
    await expectGuarded(clone);
    await husky(); // fills its own folder anew
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('keeps its scripts in another folder, and so do we', async () => {
    clone.write({ '.config/husky/pre-commit': 'echo theirs >&2\n' });
    await husky('.config/husky');
    const { before } = await plugIn(clone);
    expect(clone.read('.config/husky/pre-push')).toContain('hooks/pre-push');
    await expectGuarded(clone);
    await expectProven(clone);
    await unplug(clone, before);
  });

  it('is not set up in this clone: its scripts are changed, and that is said', async () => {
    clone.write({ '.husky/pre-commit': 'npm test\n' });
    const { before, result } = await plugIn(clone);
    expect(result.notes[0]).toContain('npx husky');
    await unplug(clone, before);
  });

  it.each([
    ['no shebang', 'echo theirs >&2\n'],
    ['a shebang', '#!/usr/bin/env sh\necho theirs >&2\n'],
    ['no last line end', 'echo theirs >&2'],
    ['a shebang alone, and no line end', '#!/bin/sh'],
    ['exec at its end', 'exec echo theirs >&2\n'],
    ['exit at its end', 'echo theirs >&2\nexit 0\n'],
    ['nothing in it', ''],
  ])('runs ours after a script with %s', async (_, script) => {
    clone.write({ '.husky/pre-commit': script });
    await husky();
    const { before } = await plugIn(clone);
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it.each([
    ['', ''],
    ['exit 0 at its end', 'exit 0\n'],
    ['exec at its end', 'exec true\n'],
    ['a here-document that never ends', 'cat >&2 <<NEVER\n'],
  ])('judges what a script stages, also with %s', async (_, end) => {
    const stage = `echo new >${RFC_1}\ngit add ${RFC_1}\n`;
    clone.write({ '.husky/pre-commit': `${stage}${end}` });
    await husky();
    const { before } = await plugIn(clone);
    clone.write({ 'README.md': '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    await clone.git('checkout', '--quiet', 'HEAD', '--', RFC_1, 'README.md');
    await unplug(clone, before);
  });

  it('judges what lines stage that were appended after install', async () => {
    await husky();
    await plugIn(clone);
    const script = `${clone.read('.husky/pre-commit')}echo new >${RFC_1}\ngit add ${RFC_1}\nexit 0\n`;
    clone.write({ '.husky/pre-commit': script, 'README.md': '# New\n' });
    expectRefused(await commitAll(clone), 'RFC-001');
    const again = await clone.hooks(['install', '--dry-run']);
    expect(again.stdout).not.toContain('pre-commit');
  });

  it('runs a script once, and the commit fails with it', async () => {
    clone.write({ '.husky/pre-commit': 'echo once >&2\nexit 7\n' });
    await husky();
    await plugIn(clone);
    clone.write({ [RFC_1]: '# New\n' });
    const { status, stderr } = await commitAll(clone);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^once\nhusky - pre-commit script failed \(code 7\)\n$/);
  });

  it('has CRLF lines in a script, which come back as they were', async () => {
    clone.write({ '.husky/pre-commit': '#!/bin/sh\r\necho theirs\r\n' });
    await husky();
    const { before } = await plugIn(clone);
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it('leaves what somebody has added since to a script', async () => {
    clone.write({ '.husky/pre-commit': 'echo theirs >&2\n' });
    await husky();
    await plugIn(clone);
    clone.write({ '.husky/pre-commit': `${clone.read('.husky/pre-commit')}echo more\n` });
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('.husky/pre-commit')).toBe('echo theirs >&2\necho more\n');
  });

  it.each([
    ['inside', (block: string) => block.replace('  exit\n', '  exit\necho mine\n')],
    [
      'inside, and the last line of ours is gone',
      (block: string) => block.replace(/# lazyspec-hooks: end\n/, 'echo mine\n'),
    ],
    [
      'inside, reindented with CRLF',
      (block: string) =>
        block
          .replace('fi\n', 'fi\necho mine\n')
          .replaceAll(/^(?=.)/gm, '\t')
          .replaceAll('\n', '\r\n'),
    ],
    [
      'inside, and a line of ours is gone',
      (block: string) => block.replace('  exit\n', 'echo mine\n'),
    ],
  ])('keeps a line that was added to our part (%s), and says so', async (_, edit) => {
    await husky();
    await plugIn(clone);
    const ours = clone.read('.husky/pre-commit');
    clone.write({ '.husky/pre-commit': edit(ours) });
    const ran = await clone.hooks(['install']);
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('echo mine') });
    expect(clone.read('.husky/pre-commit').replaceAll(/[\r\t]/g, '')).toBe(`${ours}echo mine\n`);
    clone.write({ '.husky/pre-commit': edit(ours) });
    const gone = await clone.hooks(['uninstall']);
    expect(gone).toMatchObject({ status: 0, stdout: expect.stringContaining('echo mine') });
    expect(clone.read('.husky/pre-commit').trim()).toBe('echo mine');
    clone.write({ [RFC_1]: '# New\n' });
    expect(await commitAll(clone)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('mine'),
    });
  });

  it('has a part that an earlier version wrote: it is replaced whole', async () => {
    const command = "sh -c 'h=node_modules/lazyspec-hooks/hooks/pre-push; exit 1' lazyspec-hooks";
    clone.write({ '.husky/pre-push': `${FORMER_PUSH.replace('OURS', command)}echo theirs >&2\n` });
    await husky();
    await plugIn(clone);
    const script = clone.read('.husky/pre-push');
    expect(script).not.toContain('exec <<LAZYSPEC_PUSHED');
    expect(script).toMatch(
      /^# lazyspec-hooks: refuses [\s\S]*\n# lazyspec-hooks: end\necho theirs >&2\n$/,
    );
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('.husky/pre-push')).toBe('echo theirs >&2\n');
  });

  it('is at version 8, whose scripts git runs itself', async () => {
    clone.write({
      '.husky/_/husky.sh': HUSKY_8,
      '.husky/pre-push': `#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\necho theirs >&2`,
      '.husky/_/.gitignore': '*\n',
    });
    chmodSync(clone.at('.husky/pre-push'), 0o755);
    await clone.git('config', 'core.hooksPath', '.husky');
    const { before, result } = await plugIn(clone);
    expect(result.manager).toBe('husky');
    expect(statSync(clone.at('.husky/pre-commit')).mode & 0o777).toBe(0o755);
    expect(clone.read('.husky/pre-push')).toMatch(/husky\.sh"\n# lazyspec-hooks/);
    await expectGuarded(clone);
    await unplug(clone, before);
  });

  it.each(['.husky/_', '.config/husky/_'])('gets no files of ours into %s', async (folder) => {
    await husky(folder.slice(0, -2));
    await expectFails(clone, ['install', '--manager', 'git'], {
      status: 2,
      words: ['run by husky', 'install --manager husky'],
    });
  });

  describe.each(shells)('pre-push under %s', (shell) => {
    const LINES = 'refs/heads/a b 1234 refs/heads/a 0000\nrefs/tags/$HOME `x` 5 refs/x 6\n';

    /** Runs the script as husky does, ours replaced by something that tells what it read. */
    async function push(input: string, ours: string) {
      await husky();
      clone.write({ '.husky/pre-push': 'cat >theirs.txt\necho "$@" >>theirs.txt\n' });
      await plugIn(clone);
      const script = clone.read('.husky/pre-push').replaceAll(OUR_COMMAND, ours);
      clone.write({ 'script.sh': script });
      const [program = '', ...args] = [...shell.split(' '), '-e', 'script.sh', 'origin', 'url x'];
      return run(program, args, { cwd: clone.path, env: sandbox.env, input });
    }

    it('lets both read what git says', async () => {
      expect(await push(LINES, 'tee ours.txt')).toMatchObject({ status: 0, stderr: '' });
      expect(clone.read('ours.txt')).toBe(LINES);
      expect(clone.read('theirs.txt')).toBe(`${LINES}origin url x\n`);
    });

    it('lets both see that git says nothing', async () => {
      expect(await push('', 'tee ours.txt')).toMatchObject({ status: 0, stderr: '' });
      expect(clone.read('theirs.txt')).toBe('origin url x\n');
    });

    it('ends with our exit status, once theirs has run', async () => {
      clone.write({ 'no.sh': 'cat >/dev/null; exit 7' });
      expect(await push(LINES, 'sh ./no.sh')).toMatchObject({ status: 7, stderr: '' });
      expect(clone.read('theirs.txt')).toBe(`${LINES}origin url x\n`);
    });
  });

  it('has moved to another folder since: uninstall still finds what it changed', async () => {
    clone.write({ '.husky/pre-commit': 'echo theirs >&2\n' });
    await husky();
    const { before } = await plugIn(clone);
    await clone.git('config', '--unset', 'core.hooksPath');
    rmSync(clone.at('.husky/_'), { recursive: true });
    clone.write({ '.husky/pre-push': `${clone.read('.husky/pre-push')}echo more\n` });
    expectDone(await clone.hooks(['uninstall']));
    expect(clone.read('.husky/pre-commit')).toBe(before['.husky/pre-commit']?.slice(7));
    expect(clone.read('.husky/pre-push')).toBe('echo more\n');
  });
});

/** Our part as an earlier version wrote it. */
const FORMER_PUSH = `# lazyspec-hooks: refuses changes to documents that you have not claimed
lazyspec_pushed=$(cat)
if [ -n "$lazyspec_pushed" ]; then
  printf '%s\\n' "$lazyspec_pushed" | OURS "$@" || exit
  exec <<LAZYSPEC_PUSHED
$lazyspec_pushed
LAZYSPEC_PUSHED
else
  exec </dev/null
fi
# lazyspec-hooks: end
`;

/** The part of husky 8 that takes over: it runs the script once more, and reports. */
const HUSKY_8 = `#!/usr/bin/env sh
if [ -z "$husky_skip_init" ]; then
  readonly husky_skip_init=1
  export husky_skip_init
  sh -e "$0" "$@"
  exitCode="$?"
  exit $exitCode
fi
`;
