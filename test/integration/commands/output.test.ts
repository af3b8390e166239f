import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, LEASE, run, Sandbox } from '../../helpers/sandbox.ts';

describe('Output', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
  });
  afterAll(() => sandbox.dispose());

  const printing = [
    [LEASE, '--help'],
    [LEASE, 'claim --help'],
    [LEASE, '--json leases'],
    [HOOKS, '--help'],
    [HOOKS, '--json install --dry-run'],
  ].map(([program = '', args = '']) => ({
    name: `${program.replace(/.*\//, '')} ${args}`,
    command: `'${process.execPath}' '${program}' ${args}`,
  }));
  const shell = (line: string) => run('bash', ['-c', line], { cwd: clone.path, env: sandbox.env });

  it.each(printing)('that nobody reads to its end is no failure: $name', async ({ command }) => {
    // The reader is gone before the first line.
    const line = `${command} | true; exit \${PIPESTATUS[0]}`;
    expect(await shell(line)).toMatchObject({ status: 0, stderr: '' });
  });

  it('is whole where the pipe is small, slow, and does not block', async () => {
    const page = `'${process.execPath}' '${LEASE}' man-page`;
    // F_SETPIPE_SZ, and O_NONBLOCK by F_GETFL and F_SETFL (fcntl(2), Linux).
    const narrow =
      'fcntl(STDOUT, 1031, 4096); fcntl(STDOUT, 4, fcntl(STDOUT, 3, 0) | 2048); exec @ARGV';
    const whole = await shell(page);
    const read = await shell(`perl -e '${narrow}' ${page} | (sleep 0.5; cat)`);
    expect(whole.stdout.length).toBeGreaterThan(4_096);
    expect(read).toMatchObject({ status: 0, stderr: '', stdout: whole.stdout });
  });

  it.each(printing)('that cannot be written ends with 3: $name', async ({ command }) => {
    const ran = await shell(`${command} >/dev/full`);
    expect(ran).toMatchObject({ status: 3, stderr: expect.stringContaining('cannot be written') });
  });
});
