import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leaseOf, plant } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

let sandbox: Sandbox;
let a: Clone;

beforeAll(async () => {
  sandbox = await Sandbox.create();
  a = await sandbox.clone('agent-a');
  const b = await sandbox.clone('agent-b');
  await b.lease(['claim', 'RFC-002']);
  await a.lease(['claim', 'RFC-001', 'STORY-042']);
  await a.lease(['leases']);
});

afterAll(() => sandbox.dispose());

/** What a word may become; the first is what else the shell may offer. */
async function completed(clone: Clone, ...words: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await clone.lease(['complete', '--', ...words]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

const values = async (clone: Clone, ...words: string[]) =>
  (await completed(clone, ...words)).slice(1).map((line) => line.split('\t')[0]);

describe('what a word may become', () => {
  test('commands, as the help has them, and no hidden one', async () => {
    const names = await values(a, '');
    expect(names).toEqual(
      expect.arrayContaining(['claim', 'release', 'heartbeat', 'leases', 'show', 'gate']),
    );
    expect(names).not.toContain('complete');
    expect(await values(a, '-C', '/', '--json', 'cl')).toEqual(['claim']);
  });

  test('options of the command and of all commands, each once', async () => {
    expect(await values(a, 'claim', '--f')).toEqual(['--force', '--for']);
    expect(await values(a, 'claim', '--force', '--f')).toEqual(['--for']);
    expect(await values(a, 'leases', '--js')).toEqual(['--json']);
    expect(await values(a, 'claim', '--', '--f')).toEqual([]);
  });

  test('values of options, after a space and after an equals sign', async () => {
    expect(await values(a, 'gate', '--format', 'gi')).toEqual(['github', 'gitlab']);
    expect(await values(a, 'gate', '--format=gi')).toEqual(['--format=github', '--format=gitlab']);
    expect(await values(a, 'leases', '--type', 's')).toEqual(['story', 'spec']);
    expect(await values(a, 'release', '--expected-holder', '')).toEqual(['agent-a', 'agent-b']);
    expect(await completed(a, 'claim', '--note', 'RFC')).toEqual(['none']);
    expect(await completed(a, '-C', '')).toEqual(['folders']);
    expect(await completed(a, 'gate', '--report', '')).toEqual(['files']);
  });

  test('documents of the work tree, with who holds them', async () => {
    expect(await completed(a, 'claim', '')).toEqual([
      'files',
      expect.stringMatching(/^RFC-001\theld by 'agent-a', \d+ min left$/),
      expect.stringMatching(/^RFC-002\theld by 'agent-b', \d+ min left$/),
      expect.stringMatching(/^STORY-042\theld by 'agent-a', \d+ min left$/),
    ]);
    expect(await values(a, 'claim', 'RFC-001', 'rfc')).toEqual(['RFC-002']);
    expect(await values(a, 'claim', '--wait', 'sto')).toEqual(['STORY-042']);
    expect(await values(a, 'show', 'RFC-002', '')).toEqual([]);
  });

  test('only what I hold, where only that can be given back or renewed', async () => {
    expect(await values(a, 'release', '')).toEqual(['RFC-001', 'STORY-042']);
    expect(await values(a, 'heartbeat', '')).toEqual(['RFC-001', 'STORY-042']);
    expect(await values(a, '--agent-id', 'agent-b', 'release', '')).toEqual(['RFC-002']);
    expect(await values(a, 'release', '--expected-holder', 'agent-b', 'R')).toEqual([
      'RFC-001',
      'RFC-002',
    ]);
  });

  test('codes that can be explained, and shells', async () => {
    expect(await values(a, 'explain', 'held')).toEqual(['HELD_BY_OTHER']);
    expect(await values(a, 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });
});

test('lazyspec-hooks completes its own', async () => {
  const ask = async (...words: string[]) =>
    (await a.hooks(['complete', '--', ...words])).stdout
      .split('\n')
      .map((line) => line.split('\t')[0]);
  expect(await ask('inst')).toEqual(['none', 'install', '']);
  expect(await ask('install', '--manager', 'le')).toEqual(['none', 'lefthook', '']);
  expect(await ask('agent', 'before')).toEqual(['none', 'before-edit', '']);
  const { stdout } = await a.hooks(['completion', 'bash']);
  expect(stdout).toContain('complete -o default -F _lazyspec-hooks lazyspec-hooks');
});

describe('without harm', () => {
  test('no remote is asked, and git is started a few times only', async () => {
    const { env, calls } = sandbox.countingGit();
    const { stdout } = await a.lease(['complete', '--', 'claim', ''], { env });
    expect(stdout).toContain('RFC-001');
    expect(calls()).not.toEqual(expect.arrayContaining([expect.stringMatching(/fetch|push|ls-r/)]));
    expect(calls().length).toBeLessThanOrEqual(5);
  });

  test('outside of a repository, and where the configuration is broken, nothing is said', async () => {
    const broken = await sandbox.clone('broken');
    broken.write({ '.lazyspec.toml': '[coordination\n' });
    expect(await completed(broken, 'claim', '')).toEqual(['none']);
    const nowhere = await a.lease(['complete', '--', 'claim', ''], { cwd: sandbox.folder });
    expect(nowhere).toMatchObject({ status: 0, stdout: 'none\n', stderr: '' });
    expect(await completed(a, '-C', '/no such', 'claim', '')).toEqual(['none']);
    expect(await completed(a, '--nonsense', 'claim', '--nonsense=')).toEqual(['none']);
    expect(await values(a)).toContain('claim');
  });

  test('names that do not show, and those that read as options, are left out', async () => {
    const other = await sandbox.clone('other');
    const names = ['-rf', 'Jane Doe', "it's $(id)", 'a\u202eb', 'line\tbreak'];
    for (const [index, agent] of names.entries()) {
      const ref = `refs/lazyspec/leases/rfc/RFC-10${index}`;
      await plant(sandbox, { ref, content: leaseOf(agent) });
    }
    await other.lease(['leases']);
    expect((await values(other, 'release', '--expected-holder', '')).sort()).toEqual([
      'Jane Doe',
      'agent-a',
      'agent-b',
      "it's $(id)",
    ]);
  });
});
