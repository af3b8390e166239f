/** Locks of refs that a killed git has left, on the server and in the clone. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, plant, RFC_001, remoteLease, remoteRecord } from '../../../helpers/leases.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../../helpers/sandbox.ts';

const FEW = 'max_push_retries = 1\n';

describe('a lock that is left', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create({ ...DOCUMENTS, '.lazyspec.toml': `[coordination]\n${FEW}` });
    clone = await sandbox.clone('agent-a');
  });
  afterEach(() => sandbox.dispose());

  function lock(...path: string[]): string {
    const file = `${join(...path)}.lock`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    return file;
  }

  it.each([
    ['of the ref', RFC_001],
    ['of the packed refs', 'packed-refs'],
  ])('on the server, %s, is told of by name, and nothing is changed', async (_, name) => {
    const before = await plant(sandbox, { content: leaseOf('agent-a') });
    await clone.lease(['leases']);
    const file = lock(sandbox.remote, name);
    const ran = await clone.lease(['release', 'RFC-001', '--json']);
    const { error } = JSON.parse(ran.stdout);
    expect({ status: ran.status, code: error.code }).toEqual({ status: 1, code: 'CONTENDED' });
    expect(error.details.join()).toContain(`${basename(file)}'`);
    expect(error.message).toContain("'origin' was busy: the lease was locked");
    expect(error.remedy).toContain('remove');
    expect(await remoteLease(sandbox)).toBe(before);
    rmSync(file);
    expect((await clone.lease(['release', 'RFC-001'])).status).toBe(0);
  });

  it('on the server, that goes away during the retries, is waited for', async () => {
    const file = lock(sandbox.remote, RFC_001);
    const tried = join(sandbox.folder, 'tried');
    const env = sandbox.shadow(
      'git',
      `#!/bin/sh
PATH='${sandbox.env.PATH}'
case " $* " in *" push "*) [ -e '${tried}' ] && rm -f '${file}'; : >'${tried}' ;; esac
exec git "$@"
`,
    );
    expect((await clone.lease(['claim', 'RFC-001'], { env })).status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
  });

  it("in the clone costs nothing: the remote's lease is what counts", async () => {
    const file = lock(clone.path, '.git', RFC_001);
    const ran = await clone.lease(['claim', 'RFC-001']);
    expect(ran.status).toBe(0);
    expect((await remoteRecord(sandbox)).agent).toBe('agent-a');
    rmSync(file);
    expect(await clone.lease(['gate', 'RFC-001'])).toMatchObject({ status: 0, stderr: '' });
  });

  it('in the clone never lets a lease pass that is gone', async () => {
    clone.write({ '.lazyspec.toml': '[coordination]\n[gate]\noffline = "allow-held"\n' });
    await clone.lease(['claim', 'RFC-001']);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);
    const file = lock(clone.path, '.git', RFC_001);
    const ran = await clone.lease(['gate', 'RFC-001', '--json']);
    expect(ran.status).toBe(3);
    const { error } = JSON.parse(ran.stdout);
    expect(error.code).toBe('GIT_FAILED');
    expect(error.details.join()).toContain('.lock');
    expect(error.remedy).toContain('remove');
    expect(existsSync(file)).toBe(true);
    rmSync(file);
    expect((await clone.json(['gate', 'RFC-001'])).documents[0].verdict).toBe('NOT_CLAIMED');
  });

  it('in the clone that coordinates itself is told of by name', async () => {
    clone.write({ '.lazyspec.toml': `[coordination]\nremote = "."\n${FEW}` });
    const file = lock(clone.path, '.git', RFC_001);
    const ran = await clone.lease(['claim', 'RFC-001', '--json']);
    const { error } = JSON.parse(ran.stdout);
    expect({ status: ran.status, code: error.code }).toEqual({ status: 1, code: 'CONTENDED' });
    expect(error.details.join()).toContain(`${basename(file)}'`);
    rmSync(file);
    expect((await clone.lease(['claim', 'RFC-001'])).status).toBe(0);
  });
});
