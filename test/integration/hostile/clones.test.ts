import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { steering } from '../../helpers/hostile-text.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';

/** Whoever clones a repository, and looks around in it, runs nothing that came with it. */
describe('in a clone of a hostile repository', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let ran: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    ran = join(sandbox.folder, 'ran');
    const touch = `touch '${ran}'`;
    const config = `[core]
	bare = false
	worktree = ..
	fsmonitor = "${touch}; false"
	sshCommand = "${touch};"
	hooksPath = hooks
	pager = "${touch};"
[remote "origin"]
	url = ssh://x.invalid/y
	uploadpack = "${touch};"
	receivepack = "${touch};"
[filter "evil"]
	clean = "${touch}; cat"
	smudge = "${touch}; cat"
	process = "${touch}"
[diff "evil"]
	command = "${touch}"
	textconv = "${touch}; cat"
[lazyspec]
	agentId = evil
`;
    const seed = await sandbox.clone('seed-2');
    seed.write({
      '.gitattributes': '* filter=evil diff=evil merge=evil\n',
      '.gitconfig': config,
      'docs/naked/HEAD': 'ref: refs/heads/main\n',
      'docs/naked/config': config,
      'docs/naked/objects/.keep': '',
      'docs/naked/refs/.keep': '',
      'docs/naked/hooks/pre-commit': `#!/bin/sh\n${touch}\n`,
      'docs/naked/below/RFC-001-x.md': '# x\n',
      'docs/linked/HEAD': 'ref: refs/heads/main\n',
      'docs/linked/config': `[include]\n\tpath = ../../.gitconfig\n`,
      'docs/linked/objects/.keep': '',
      'docs/linked/refs/.keep': '',
    });
    await seed.git('add', '--all');
    await seed.git('commit', '--quiet', '--message', 'Evil');
    await seed.git('push', '--quiet', 'origin', 'HEAD');
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  it.each(['docs/naked', 'docs/naked/below', 'docs/linked'])(
    'a git directory in %s is not taken for ours',
    async (folder) => {
      const cwd = clone.at(folder);
      for (const args of [
        ['leases', '--json'],
        ['claim', 'RFC-001', '--json'],
        ['gate', '--staged', '--json'],
      ]) {
        const { status, stdout } = await clone.lease(args, { cwd });
        expect([status, JSON.parse(stdout).error.code]).toEqual([3, 'NOT_A_REPOSITORY']);
      }
      expect((await clone.hooks(['run', 'pre-commit'], { cwd })).status).toBe(3);
      expect((await clone.hooks(['doctor'], { cwd })).stdout).toContain('failed');
      expect(existsSync(ran)).toBe(false);
    },
  );

  it('attributes, hooks and settings that are only files run nothing', async () => {
    await clone.hooks(['install']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Changed\n' });
    await clone.git('add', '--all');
    for (const args of [
      ['leases'],
      ['claim', 'RFC-001'],
      ['gate', '--staged'],
      ['show', 'RFC-001'],
    ]) {
      expect((await clone.lease(args)).status).toBe(0);
    }
    expect(existsSync(ran)).toBe(false);
  });

  it.each([
    ['an option', '--upload-pack=touch ran'],
    ['an option of ssh', 'ssh://-oProxyCommand=touch%20ran/x'],
    ['another option of ssh', '-oProxyCommand=touch ran:x'],
    ['a remote helper', 'ext::sh -c "touch ran"'],
    ['a descriptor', 'fd::0,1/x'],
    ['a helper that is not there', 'no-such-helper::x'],
    ['a device', '/dev/zero'],
    ['a device, as a URL', 'file:///dev/zero'],
    ['escapes', 'https://\u001b[2J\u202e.invalid/x'],
  ])('%s as an address is asked for nothing', async (_, url) => {
    await clone.git('config', 'remote.origin.url', url);
    const answer = await clone.lease(['claim', 'RFC-002', '--json']);
    expect(steering(answer.stdout + answer.stderr)).toEqual([]);
    const { code } = JSON.parse(answer.stdout).error;
    // git may be killed by what it writes to a helper that is not there: then nothing is sure.
    if (code === 'INDETERMINATE') expect(answer.status).toBe(4);
    else expect([answer.status, code]).toEqual([3, expect.stringMatching(/^(REMOTE_|GIT_FAILED)/)]);
    expect(existsSync(clone.at('ran')) || existsSync(ran)).toBe(false);
    await clone.git('config', 'remote.origin.url', sandbox.remote);
  });
});

describe('beside hostile notes of earlier runs', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create(DOCUMENTS);
    clone = await sandbox.clone('agent-a');
    await clone.lease(['claim', 'RFC-001']);
  });
  afterAll(() => sandbox.dispose());

  it('a heartbeat waits for no pipe, and writes nowhere else', async () => {
    const outside = join(sandbox.folder, 'outside');
    mkdirSync(join(outside, 'state'), { recursive: true });
    const beat = () => clone.lease(['heartbeat', 'RFC-001', '--min-interval', '1m']);
    mkdirSync(clone.at('.lazyspec', 'state'), { recursive: true });
    execFileSync('mkfifo', [clone.at('.lazyspec', 'state', 'heartbeat-rfc-RFC-001')]);
    expect((await beat()).stdout).toMatch(/^Heartbeat RFC-001 \(agent/);
    execFileSync('rm', ['-r', clone.at('.lazyspec')]);
    symlinkSync(outside, clone.at('.lazyspec'));
    const linked = await beat();
    expect(linked.status).toBe(0);
    expect(linked.stderr).toContain('is a symbolic link');
    expect(readdirSync(join(outside, 'state'))).toEqual([]);
  });

  it.each<[string, (file: string) => void]>([
    ['a pipe', (file) => execFileSync('mkfifo', [file])],
    ['a device', (file) => symlinkSync('/dev/zero', file)],
    ['a folder', (file) => mkdirSync(file)],
    ['a million lists', (file) => writeFileSync(file, '['.repeat(1_000_000))],
    ['100 MB', (file) => writeFileSync(file, Buffer.alloc(100 * 1024 * 1024, ' '))],
  ])('what was observed may be %s', async (_, make) => {
    const file = clone.at('.git', 'lazyspec', 'observed.json');
    execFileSync('rm', ['-rf', file]);
    mkdirSync(clone.at('.git', 'lazyspec'), { recursive: true });
    make(file);
    const shown = await clone.lease(['show', 'RFC-001', '--json']);
    expect(shown.status).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'live' });
  });
});
