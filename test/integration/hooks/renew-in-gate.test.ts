import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseOf, now, plant, RFC_001, remoteLease, remoteRecord } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { DOCUMENTS, Sandbox } from '../../helpers/sandbox.ts';
import {
  claim,
  commitAll,
  configure,
  expectPassed,
  expectRefused,
  guardedClone,
  push,
  RFC_1,
  RFC_2,
  sneak,
} from './guarded.ts';

const ON = `${DOCUMENTS['.lazyspec.toml']}[comfort]\nrenew_in_gate = true\n`;
const LINES = Array.from({ length: 20 }, (_, line) => `line ${line}\n`);
const withLine = (at: number) => LINES.map((old, line) => (line === at ? 'new\n' : old)).join('');

describe('with renew_in_gate = true an expired lease that is still in place', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let expired: string;

  beforeEach(async () => {
    const files = { ...DOCUMENTS, '.lazyspec.toml': ON, [RFC_1]: LINES.join('') };
    sandbox = await Sandbox.create(files);
    clone = await guardedClone(sandbox);
    expired = await plant(sandbox, { content: leaseOf('agent-a', 7200) });
  });
  afterEach(() => sandbox.dispose());

  const change = () => clone.write({ [RFC_1]: withLine(3) });

  async function expectRenewed(): Promise<void> {
    const { agent, expires } = await remoteRecord(sandbox);
    expect(agent).toBe('agent-a');
    expect(expires).toBeGreaterThan(now());
    // In place of the very one that was seen.
    const parents = await sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', RFC_001);
    expect(parents).toBe('renew RFC-001');
  }

  it('is renewed by a commit, which passes', async () => {
    change();
    expectPassed(await commitAll(clone));
    await expectRenewed();
    // And by what it has become the next one passes without Node.
    const renewed = await remoteLease(sandbox);
    clone.write({ [RFC_1]: withLine(4) });
    expectPassed(await commitAll(clone));
    expect(await remoteLease(sandbox)).toBe(renewed);
  });

  it('is renewed by a merge that git commits by itself', async () => {
    await clone.git('checkout', '--quiet', '-b', 'theirs');
    await sneak(clone, { [RFC_1]: withLine(17) });
    await clone.git('checkout', '--quiet', 'main');
    await sneak(clone, { [RFC_1]: withLine(2) });
    expectPassed(await clone.tryGit(['merge', '--quiet', '--no-edit', 'theirs']));
    await expectRenewed();
  });

  it('is renewed by a push', async () => {
    await sneak(clone, { [RFC_1]: withLine(3) });
    expectPassed(await push(clone));
    await expectRenewed();
  });

  it('is left alone by a push of what the remote has already', async () => {
    await sneak(clone, { [RFC_1]: withLine(3) });
    await clone.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/heads/other');
    await clone.git('update-ref', '-d', 'refs/remotes/origin/other');
    expectPassed(await push(clone));
    expect(await remoteLease(sandbox)).toBe(expired);
  });

  it('is left alone by who only asks: gate, its range, and doctor', async () => {
    const head = await sneak(clone, { [RFC_1]: withLine(3) });
    change();
    clone.write({ [RFC_1]: withLine(9) });
    await clone.git('add', '--all');
    for (const args of [['RFC-001'], ['--staged'], ['--range', `${head}~1..${head}`]]) {
      const asked = await clone.lease(['gate', ...args]);
      expect({ args, status: asked.status }).toEqual({ args, status: 1 });
      expect(asked.stderr).toContain('expired');
    }
    await clone.hooks(['doctor']);
    const env = { LAZYSPEC_PROBE: `${sandbox.folder}/probe` };
    expectRefused(await commitAll(clone, { env }), 'RFC-001');
    expect(existsSync(env.LAZYSPEC_PROBE)).toBe(true);
    expect(await remoteLease(sandbox)).toBe(expired);
  });

  it('is left alone where something else is refused', async () => {
    clone.write({ [RFC_1]: withLine(3), [RFC_2]: 'new\n' });
    expectRefused(await commitAll(clone), 'RFC-001', 'RFC-002');
    expect(await remoteLease(sandbox)).toBe(expired);
  });

  it('that another took a moment before our write is refused as ever', async () => {
    // Whoever comes first takes it over just before our write arrives.
    const theirs = await plant(sandbox, { ref: 'refs/others/1', content: leaseOf('agent-b') });
    const raced = sandbox.shadow(
      'git',
      `#!/bin/sh
case " $* " in *" push "*--force-with-lease*)
  PATH='${sandbox.env.PATH}' git --git-dir='${sandbox.remote}' update-ref ${RFC_001} ${theirs} ;;
esac
PATH='${sandbox.env.PATH}' exec git "$@"
`,
    );
    change();
    await clone.git('add', '--all');
    const hook = await clone.hooks(['run', 'pre-commit'], { env: raced });
    expectRefused(hook, 'RFC-001');
    expect(hook.stderr).toContain("held by 'agent-b'");
    expect(await remoteLease(sandbox)).toBe(theirs);
  });

  it('is refused as ever, and that is said, where it is not known to be renewed', async () => {
    const broken = sandbox.shadow(
      'git',
      `#!/bin/sh
case " $* " in *" push "*--force-with-lease*) echo 'fatal: unable to access it' >&2; exit 128 ;; esac
PATH='${sandbox.env.PATH}' exec git "$@"
`,
    );
    change();
    await clone.git('add', '--all');
    const hook = await clone.hooks(['run', 'pre-commit'], { env: broken });
    expect(hook.stderr).toContain('warning: an expired lease could not be renewed: ');
    expect(hook.stderr).toContain('RFC-001: your lease expired');
    expect(hook.status).toBe(1);
    expect(await remoteLease(sandbox)).toBe(expired);
  });

  it('is refused as ever without the key', async () => {
    await configure(clone, DOCUMENTS['.lazyspec.toml']);
    change();
    expectRefused(await commitAll(clone), 'RFC-001');
    expect(await remoteLease(sandbox)).toBe(expired);
  });

  it('is no claim: what was never claimed is refused', async () => {
    await claim(clone, 'STORY-042');
    clone.write({ [RFC_2]: 'new\n' });
    expectRefused(await commitAll(clone), 'RFC-002');
  });
});
