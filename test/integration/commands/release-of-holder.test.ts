/** An administrator releases all leases of somebody who left. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { shellQuote } from '../../../src/shell-quote.ts';
import { atTerminal } from '../../helpers/at-terminal.ts';
import { leaseOf, plant } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, Sandbox } from '../../helpers/sandbox.ts';

const ALL = ['release', '--all', '--expected-holder', 'ada'];
const LEASES = 'refs/lazyspec/leases';

describe('release --all --expected-holder', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('admin');
    for (const ref of ['rfc/RFC-001', 'rfc/RFC-002']) {
      await plant(sandbox, { ref: `${LEASES}/${ref}`, content: leaseOf('ada') });
    }
    await plant(sandbox, { ref: `${LEASES}/story/STORY-042`, content: leaseOf('ben') });
  });
  afterEach(() => sandbox.dispose());

  async function left(): Promise<string[]> {
    const args = ['for-each-ref', '--format=%(refname:lstrip=3)', LEASES];
    return (await sandbox.git(sandbox.remote, ...args)).split('\n').filter(Boolean);
  }

  it('releases all leases of that holder with --yes, and no others', async () => {
    const ran = await clone.lease([...ALL, '--yes']);
    expect(ran).toMatchObject({ status: 0, stdout: 'Released RFC-001\nReleased RFC-002\n' });
    expect(await left()).toEqual(['story/STORY-042']);
    expect(await clone.lease([...ALL, '--yes'])).toMatchObject({
      status: 0,
      stdout: "'ada' holds no lease.\n",
    });
  });

  it('prints them as JSON', async () => {
    expect(await clone.json([...ALL, '--yes'])).toEqual([
      { released: 'RFC-001' },
      { released: 'RFC-002' },
    ]);
  });

  it('releases nothing without --yes where nobody can be asked, and lists what it would', async () => {
    const ran = await clone.lease(ALL);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("2 leases of 'ada' would be released");
    expect(ran.stderr).toContain('RFC-001\n  RFC-002');
    expect((await clone.json(ALL)).error.code).toBe('USAGE');
    expect(await left()).toHaveLength(3);
  });

  it.each([
    ['n', 3],
    ['', 3],
    ['y', 1],
  ])('asks at a terminal, where the answer %j leaves %d leases', async (answer, count) => {
    const command = [process.execPath, LEASE, ...ALL].map(shellQuote).join(' ');
    const { screen } = await atTerminal(sandbox, clone.path, command, '[y/N]', [`${answer}\n`]);
    expect(screen).toContain("Release 2 leases of 'ada'? [y/N]");
    expect(await left()).toHaveLength(count);
  });

  it('reports a lease that somebody else took meanwhile, and releases the others', async () => {
    const git = await takeMeanwhile();
    const { error } = await clone.json([...ALL, '--yes'], { env: git });
    expect(error).toMatchObject({
      code: 'NOT_HOLDER',
      documents: [{ id: 'RFC-002', holder: 'ben' }],
      released: ['RFC-001'],
    });
    expect(await left()).toEqual(['rfc/RFC-002', 'story/STORY-042']);
  });

  /** A git which, after the first fetch, finds that ben has taken RFC-002 over. */
  async function takeMeanwhile(): Promise<{ PATH: string }> {
    const ref = `${LEASES}/rfc/RFC-002`;
    const ben = await sandbox.git(sandbox.remote, 'rev-parse', `${LEASES}/story/STORY-042`);
    const once = `${sandbox.folder}/taken`;
    return sandbox.shadow(
      'git',
      `#!/bin/sh
PATH='${sandbox.env.PATH}'
git "$@"; status=$?
case " $* " in
  *' fetch '*) [ -e '${once}' ] || { : >'${once}'; git --git-dir='${sandbox.remote}' update-ref ${ref} ${ben}; } ;;
esac
exit $status
`,
    );
  }
});
