/** Damaged JSON records in .git/lazyspec are dropped with a line, and made again. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clone, Sandbox } from '../../helpers/sandbox.ts';
import { act } from '../agents/calls.ts';
import { commitAll, configureMore, expectPassed, guardedClone, RFC_1 } from '../hooks/guarded.ts';

const DAMAGED = ['', '\0\0\0\0', '{"edited":'];

describe.each(DAMAGED)('a record that holds %j', (content) => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await guardedClone(sandbox);
  });
  afterEach(() => sandbox.dispose());

  const damage = (path: string) => writeFileSync(clone.at('.git/lazyspec', path), content);

  it('of how long leases were seen is dropped, said once, and made again', async () => {
    await clone.lease(['claim', 'RFC-001']);
    damage('observed.json');
    const first = await clone.lease(['leases']);
    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(/^warning: .*observed\.json was damaged, and was dropped: .*\n$/);
    expect(await clone.lease(['leases'])).toMatchObject({ status: 0, stderr: '' });
    clone.write({ [RFC_1]: '# Mine\n' });
    expectPassed(await commitAll(clone));
  });

  it('of the leases that were read does not open the gate, and costs nothing', async () => {
    damage('noted-leases.json');
    expect(await clone.lease(['claim', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('of when a heartbeat was sent costs one heartbeat', async () => {
    await clone.lease(['claim', 'RFC-001']);
    clone.write({ '.lazyspec/state/heartbeat-rfc-RFC-001': content });
    const heartbeat = ['heartbeat', 'RFC-001', '--min-interval', '5m'];
    expect((await clone.lease(heartbeat)).stdout).not.toContain('skipped');
    expect((await clone.lease(heartbeat)).stdout).toContain('skipped');
  });

  it("of an agent's session is dropped, and said to the agent", async () => {
    const call = { env: { ASSIGNED_TASK: 'RFC-001' } };
    expect((await act(clone, 'session-start', call)).stdout).toContain('RFC-001 is claimed');
    const [name] = readdirSync(clone.at('.git/lazyspec/sessions'));
    damage(`sessions/${name}`);
    const step = await act(clone, 'after-tool');
    expect(step).toMatchObject({ status: 0, stdout: '' });
    expect(step.stderr).toMatch(/was damaged, and was dropped\. Claim what you work on again/);
    expect(await act(clone, 'after-tool')).toMatchObject({ status: 0, stderr: '' });
    expect(await act(clone, 'session-end')).toMatchObject({ status: 0 });
    expect(await clone.json(['leases'])).toEqual([]);
  });

  it('of read-only files is dropped with a warning, and made again', async () => {
    await configureMore(clone, '[comfort]\nread_only = true\n');
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0 });
    await clone.lease(['claim', 'RFC-002']);
    damage('read-only-.git');
    const claimed = await clone.lease(['claim', 'RFC-001']);
    expect(claimed.status).toBe(0);
    expect(claimed.stderr).toMatch(/was damaged, and was dropped: .*chmod u\+w/);
    expect(statSync(clone.at(RFC_1)).mode & 0o200).toBe(0o200);
    expect((await clone.lease(['claim', 'RFC-001'])).stderr).toBe('');
  });

  it('of what install changed does not keep install and uninstall from working', async () => {
    clone.write({ 'package.json': '{"scripts":{}}\n' });
    expect(await clone.hooks(['install', '--save'])).toMatchObject({ status: 0 });
    damage('installed.json');
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0, stderr: '' });
    damage('installed.json');
    const { status, stdout } = await clone.hooks(['uninstall']);
    expect(status).toBe(0);
    expect(stdout).toContain('installed.json is damaged');
    expect(clone.read('package.json')).not.toContain('lazyspec');
    expect(clone.has('.git/hooks/pre-commit')).toBe(false);
  });
});
