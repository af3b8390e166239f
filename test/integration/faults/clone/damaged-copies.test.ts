/** Copies of leases in a clone as a power failure, a full disk or a bad one leaves them. */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001, RFC_002, remoteLease } from '../../../helpers/leases.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';

const NOWHERE = '1234567890123456789012345678901234567890';
const DROPPED = 'damaged copies of leases in this clone were dropped, to be fetched again: ';

let sandbox: Sandbox;
let clone: Clone;

beforeAll(async () => {
  sandbox = await Sandbox.create();
});
afterAll(() => sandbox.dispose());

const git = (...path: string[]) => clone.at('.git', ...path);
const looseFile = (oid: string) => git('objects', oid.slice(0, 2), oid.slice(2));

/** Replaces a file, which may be a hard link to one of the remote. */
function overwrite(path: string, content: string | Buffer): void {
  rmSync(path, { force: true, recursive: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** The files of the lease's commit, its tree and its lease.json. */
async function objectFiles(): Promise<string[]> {
  const names = [RFC_001, `${RFC_001}^{tree}`, `${RFC_001}:lease.json`];
  return (await clone.git('rev-parse', ...names)).split('\n').map(looseFile);
}

async function objectFile(index: number): Promise<string> {
  return (await objectFiles())[index] ?? '';
}

async function packedAs(oid: string): Promise<void> {
  await clone.git('pack-refs', '--all');
  const path = git('packed-refs');
  const line = new RegExp(`^[0-9a-f]+ ${RFC_001}$`, 'm');
  writeFileSync(path, readFileSync(path, 'utf8').replace(line, `${oid} ${RFC_001}`));
}

const DAMAGES: Record<string, () => unknown> = {
  'an empty ref file': () => overwrite(git(RFC_001), ''),
  'a ref file of garbage': () => overwrite(git(RFC_001), 'garbage\n'),
  'a ref file of NULs': () => overwrite(git(RFC_001), '\0'.repeat(41)),
  'a ref to an object that is missing': () => overwrite(git(RFC_001), `${NOWHERE}\n`),
  'an empty file in place of the folder of a type': () => overwrite(git(dirname(RFC_001)), ''),
  'a ref in place of the folder of a type': async () =>
    overwrite(git(dirname(RFC_001)), `${await clone.git('rev-parse', 'HEAD')}\n`),
  'a packed ref to an object that is missing': () => packedAs(NOWHERE),
  'a line of packed-refs that is damaged': () => packedAs('zzzz'),
  'an empty commit': async () => overwrite(await objectFile(0), ''),
  'a commit that is cut': async () => {
    const file = await objectFile(0);
    overwrite(file, readFileSync(file).subarray(0, 40));
  },
  'a missing commit': async () => rmSync(await objectFile(0)),
  'a tree of NULs': async () => overwrite(await objectFile(1), '\0'.repeat(60)),
  'an empty lease.json': async () => overwrite(await objectFile(2), ''),
  'a missing lease.json': async () => rmSync(await objectFile(2)),
  'an empty ref file and empty objects': async () => {
    for (const file of await objectFiles()) overwrite(file, '');
    overwrite(git(RFC_001), '');
  },
};

const COMMANDS = ['gate', 'leases', 'show', 'heartbeat', 'claim', 'release'];

describe('A clone with a damaged copy of a lease', () => {
  beforeEach(async () => {
    await plant(sandbox, { content: leaseOf('agent-a') });
    await plant(sandbox, { ref: RFC_002, content: leaseOf('agent-b') });
    if (clone) rmSync(clone.path, { recursive: true });
    clone = await sandbox.clone('agent-a');
    await clone.lease(['leases']);
  });

  it.each(Object.keys(DAMAGES))('(%s) drops it and goes on, and says so once', async (name) => {
    for (const command of COMMANDS) {
      await DAMAGES[name]?.();
      const args = command === 'leases' ? [] : ['RFC-001'];
      const ran = await clone.lease([command, ...args]);
      expect({ command, status: ran.status, stderr: ran.stderr }).toMatchObject({ status: 0 });
      expect(ran.stderr.split(DROPPED).length).toBeLessThanOrEqual(2);
      expect(ran.stderr.replace(/^warning: damaged copies .*\n/, '')).toBe('');
      if (command === 'leases') expect(ran.stdout).toContain(`${RFC_001}\tagent-a\t`);
      await clone.git('fetch', '--quiet');
    }
    expect(await remoteLease(sandbox)).toBe('');
    expect(await remoteLease(sandbox, RFC_002)).not.toBe('');
  });

  it('judges the commit of a lease by the remote, not by the damage', async () => {
    await clone.hooks(['install', '--quiet']);
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Mine\n' });
    await DAMAGES['an empty ref file and empty objects']?.();
    const committed = await clone.tryGit(['commit', '--all', '--message', 'Mine']);
    expect(committed).toMatchObject({ status: 0 });
    expect(committed.stderr).toContain(`${DROPPED}RFC-001`);

    await plant(sandbox, { content: leaseOf('agent-b') });
    await DAMAGES['an empty commit']?.();
    clone.write({ 'docs/rfcs/RFC-001-some-title.md': '# Mine again\n' });
    const refused = await clone.tryGit(['commit', '--all', '--message', 'Mine again']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("(held by 'agent-b')");
  });

  it('claims another document although the objects of a copy are damaged', async () => {
    await DAMAGES['an empty commit']?.();
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_002);
    const ran = await clone.lease(['claim', 'RFC-002']);
    expect(ran).toMatchObject({ status: 0, stderr: `warning: ${DROPPED}RFC-001\n` });
  });

  it('is healed in a linked worktree and in a submodule, whose git directories are elsewhere', async () => {
    const linked = clone.at('..', `linked-${now()}`);
    await clone.git('worktree', 'add', '--quiet', linked);
    overwrite(git(RFC_001), '');
    const ran = await clone.lease(['gate', 'RFC-001'], { cwd: linked });
    expect(ran).toMatchObject({ status: 0, stderr: `warning: ${DROPPED}RFC-001\n` });

    const outer = await sandbox.clone(`outer-${now()}`);
    const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
    await outer.git(...add, sandbox.remote, 'sub');
    await outer.lease(['leases'], { cwd: outer.at('sub') });
    overwrite(outer.at('.git/modules/sub', RFC_001), '');
    const within = await outer.lease(['show', 'RFC-001'], { cwd: outer.at('sub') });
    expect(within).toMatchObject({ status: 0, stderr: `warning: ${DROPPED}RFC-001\n` });
  });

  it('is healed by doctor', async () => {
    await DAMAGES['an empty commit']?.();
    const { stderr, stdout } = await clone.hooks(['doctor']);
    expect(stderr).toContain(`${DROPPED}RFC-001`);
    expect(stdout).toContain("'origin' answers, with 2 leases");
  });

  it('keeps damaged bytes, and touches nothing that is not the copy of a lease', async () => {
    const head = looseFile(await clone.git('rev-parse', 'HEAD'));
    overwrite(head, '');
    const commit = await objectFile(0);
    const oid = await clone.git('rev-parse', RFC_001);
    overwrite(commit, 'damaged');
    const { error } = await clone.json(['gate', 'RFC-001']);
    expect(error.code).toBe('GIT_FAILED');
    expect(error.details.join()).toContain(head.slice(-38));
    expect(existsSync(head)).toBe(true);
    expect(readFileSync(git('lazyspec', `damaged-${oid}`), 'utf8')).toBe('damaged');
  });

  it('names packed-refs if more than our lines are damaged, and blames no remote', async () => {
    await clone.git('pack-refs', '--all');
    const before = `${readFileSync(git('packed-refs'), 'utf8')}zzzz refs/heads/topic\n`;
    writeFileSync(git('packed-refs'), before);
    for (const command of ['gate', 'claim', 'heartbeat', 'release']) {
      const { error } = await clone.json([command, 'RFC-001']);
      expect({ command, code: error.code }).toEqual({ command, code: 'GIT_FAILED' });
      expect(error.details.join()).toContain('packed-refs: zzzz');
      expect(error.message).not.toContain('origin');
    }
    expect(readFileSync(git('packed-refs'), 'utf8')).toBe(before);
  });

  it('takes away the lock of a copy that nobody holds any more, and no younger one', async () => {
    await plant(sandbox, { content: { ...leaseOf('agent-a'), note: 'renewed elsewhere' } });
    const lock = git(`${RFC_001}.lock`);
    overwrite(lock, '');
    const { error } = await clone.json(['gate', 'RFC-001']);
    expect(error.code).toBe('GIT_FAILED');
    expect(error.details.join()).toContain(lock);
    utimesSync(lock, now() - 3600, now() - 3600);
    expect((await clone.lease(['gate', 'RFC-001'])).status).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });

  it('names a folder of other files in the place of a copy', async () => {
    rmSync(git(RFC_001));
    overwrite(git(RFC_001, '.theirs'), 'theirs');
    const { error } = await clone.json(['gate', 'RFC-001']);
    expect(error.code).toBe('GIT_FAILED');
    expect(error.details.join()).toContain(`non-empty directory '.git/${RFC_001}'`);
    expect(error.remedy).toContain('remove what is named above');
    expect(existsSync(git(RFC_001, '.theirs'))).toBe(true);
  });
});
