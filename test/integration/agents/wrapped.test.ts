import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { remoteLease } from '../../helpers/leases.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { LEASE, PACKAGE, run, Sandbox } from '../../helpers/sandbox.ts';

describe('templates/agent.sh', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let path: { PATH: string };

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('ada');
    path = sandbox.shadow(
      'npx',
      `#!/bin/sh\n[ "$1 $2" = "--no-install lazyspec-lease" ] || exit 9\nshift 2\nexec '${process.execPath}' '${LEASE}' "$@"\n`,
    );
  });
  afterAll(() => sandbox.dispose());

  function wrap(args: string[], env: Record<string, string> = {}): Promise<Ran> {
    const script = join(PACKAGE, 'templates', 'agent.sh');
    return run('sh', [script, ...args], {
      cwd: clone.path,
      env: { ...sandbox.env, ...path, LAZYSPEC_AGENT_ID: 'agent-7', ...env },
    });
  }

  it('holds the documents while the agent runs, and ends as the agent does', async () => {
    const script = 'git ls-remote origin "refs/lazyspec/*" | sed "s/.*refs/refs/"; exit 7';
    const ran = await wrap(['RFC-001 RFC-002', 'sh', '-c', script]);
    expect(ran).toMatchObject({ status: 7, stderr: '' });
    expect(ran.stdout).toContain('refs/lazyspec/leases/rfc/RFC-001\n');
    expect(ran.stdout).toContain('refs/lazyspec/leases/rfc/RFC-002\n');
    expect(await clone.json(['leases'])).toEqual([]);
  });

  it('renews them meanwhile', async () => {
    const commit = 'git ls-remote origin "refs/lazyspec/leases/rfc/RFC-001"';
    const script = `first=$(${commit}); for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      sleep 1; [ "$first" = "$(${commit})" ] || exit 0; done; exit 1`;
    const ran = await wrap(['RFC-001', 'sh', '-c', script], { LAZYSPEC_HEARTBEAT: '1' });
    expect(ran.status).toBe(0);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('does not start the agent where another holds one of them', async () => {
    await clone.lease(['claim', 'RFC-002']);
    const ran = await wrap(['RFC-001 RFC-002', 'touch', 'started']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("held by 'ada'");
    expect(clone.has('started')).toBe(false);
    expect(await remoteLease(sandbox)).toBe('');
  });

  it('does not start it under nobody’s name, nor without documents', async () => {
    expect(await wrap(['RFC-001', 'true'], { LAZYSPEC_AGENT_ID: '' })).not.toMatchObject({
      status: 0,
    });
    expect(await wrap([])).not.toMatchObject({ status: 0 });
  });
});
