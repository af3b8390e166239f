import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../../helpers/clocks.ts';
import type { ForeignLease } from '../../helpers/leases.ts';
import { leaseOf, now, plant, RFC_001, remoteRecord } from '../../helpers/leases.ts';
import type { Person } from '../../helpers/served.ts';
import { pushRaw, Served } from '../../helpers/served.ts';

let served: Served;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  served = await Served.create();
  [ada, bob] = [await served.person('ada'), await served.person('bob')];
});
afterEach(() => served.dispose());

/** Pushes a lease that was made by hand, with objects that the server has not got. */
async function pushLease(who: Person, lease: ForeignLease, to = lease.ref ?? RFC_001) {
  const elsewhere = { ...served.sandbox, remote: who.clone.path } as typeof served.sandbox;
  const git = served.sandbox.git.bind(served.sandbox);
  const commit = await plant(Object.assign(elsewhere, { git }), { ...lease, ref: 'refs/scratch' });
  return who.push(['origin', `+${commit}:${to}`]);
}

describe('the commands of lazyspec-lease', () => {
  it('work as ever for whose lease it is', async () => {
    for (const args of [['claim'], ['claim'], ['heartbeat'], ['release']]) {
      const { status, stderr } = await ada.lease([...args, 'RFC-001', 'RFC-002']);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
    expect(await served.at('refs/lazyspec/')).toBe('');
  });

  it('tell why the server refuses, in its words', async () => {
    await ada.lease(['claim', 'RFC-001']);
    const { status, stderr } = await bob.lease(['release', 'RFC-001', '--expected-holder', 'ada']);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "lazyspec-lease: 'origin' refused the lease: RFC-001: the lease is held by 'ada', not by 'bob'\n",
    );
    expect(stderr).toContain('  administrator: lazyspec-lease release RFC-001');
    expect(stderr).not.toContain('remote:');
    const { error } = await bob.clone.json(['release', 'RFC-001', '--expected-holder', 'ada'], {
      env: { LAZYSPEC_PUSHER: 'bob' },
    });
    expect(error).toMatchObject({
      code: 'REMOTE_REFUSED',
      reason: "RFC-001: the lease is held by 'ada', not by 'bob'",
    });
  });

  it('let doctor try its scratch refs', async () => {
    const { stdout } = await ada.hooks(['doctor']);
    expect(stdout).toContain("'origin' takes leases, and compares before it swaps");
    expect(await served.at('refs/lazyspec/')).toBe('');
  });
});

describe('a claim', () => {
  it('in the name of another is refused, and tells both ways out', async () => {
    const { status, stderr } = await bob.lease(['--agent-id', 'ada', 'claim', 'RFC-001']);
    expect(status).toBe(1);
    expect(stderr).toContain("RFC-001: 'ada' is no agent of 'bob'");
    expect(stderr).toContain('git config lazyspec.agentId bob');
    expect(stderr).toContain('git config --add lazyspec.bob.agent ada');
  });

  it('in the name of an agent of one’s own passes', async () => {
    expect((await bob.lease(['--agent-id', 'bob/laptop', 'claim', 'RFC-001'])).status).toBe(0);
    await served.set('lazyspec.bob.agent', 'claude-*');
    expect((await bob.lease(['--agent-id', 'claude-7', 'claim', 'RFC-002'])).status).toBe(0);
  });

  it.each([
    ['lasts too long', { ...leaseOf('bob'), expires: now() + 90_000_000 }, 'max_lease_duration'],
    ['is over', leaseOf('bob', 9000), 'over before it began'],
    ['is no JSON', 'nonsense', 'is not a JSON object'],
    ['has no holder', { acquired: now(), expires: now() + 60 }, 'its agent is not a name'],
    ['has a holder that does not show', leaseOf('bob/\u200b'), 'do not show'],
  ])('that %s is refused', async (_, content, why) => {
    const { status, stderr } = await pushLease(bob, { content });
    expect(stderr).toContain(why);
    expect(status).toBe(1);
    expect(await served.at(RFC_001)).toBe('');
  });

  it('that has parents, as the Rust tool writes them, passes', async () => {
    const parents = [await bob.git('rev-parse', 'HEAD')];
    const { stderr, status } = await pushLease(bob, { content: leaseOf('bob'), parents });
    expect(stderr).not.toContain('remote: ');
    expect(status).toBe(0);
  });

  it('that was written in the server’s future is refused', async () => {
    const lease = { content: leaseOf('bob', -1000), committed: now() + 1000 };
    expect((await pushLease(bob, lease)).stderr).toContain("in the server's future");
  });

  it.each([
    'refs/lazyspec/leases/rfc/RFC-1-x',
    'refs/lazyspec/leases/rfc/STORY-001',
    'refs/lazyspec/leases/nothing/RFC-001',
    'refs/lazyspec/leases/rfc',
    'refs/lazyspec/leases/rfc/RFC-001/more',
    'refs/lazyspec/other',
  ])('at %s is refused: that is no document', async (ref) => {
    const { status, stderr } = await pushLease(bob, { content: leaseOf('bob') }, ref);
    expect(stderr).toMatch(/lease of no document|none of the refs that lazyspec has/);
    expect(status).toBe(1);
  });

  it('whose tree holds something else beside is refused', async () => {
    const commit = await plant(served.sandbox, { content: leaseOf('bob') });
    const blob = await served.git('rev-parse', `${commit}:lease.json`);
    await served.git('update-ref', '-d', RFC_001);
    await bob.git('fetch', '--quiet', 'origin');
    bob.clone.write({ 'lease.json': await served.git('cat-file', 'blob', blob), extra: 'x' });
    await bob.git('rm', '-rq', '--cached', '.');
    await bob.git('add', '-f', 'lease.json', 'extra');
    const tree = await bob.git('write-tree');
    const made = await bob.git('commit-tree', tree, '-m', 'lease');
    const { stderr } = await bob.push(['origin', `${made}:${RFC_001}`]);
    expect(stderr).toContain('its tree holds more than lease.json');
  });

  it('at a tag, or at no commit, is refused', async () => {
    bob.clone.write({ 'lease.json': JSON.stringify(leaseOf('bob')) });
    const blob = await bob.git('hash-object', '-w', 'lease.json');
    expect((await bob.push(['origin', `${blob}:${RFC_001}`])).status).toBe(1);
  });
});

describe('the lease of another', () => {
  beforeEach(async () => {
    await ada.lease(['claim', 'RFC-001']);
  });

  it('is neither renewed nor replaced nor removed', async () => {
    const before = await served.at(RFC_001);
    const replaced = await pushLease(bob, { content: leaseOf('bob') });
    expect(replaced.stderr).toContain("the lease of 'ada' cannot be taken over yet");
    const renewed = await pushLease(bob, { content: leaseOf('ada') });
    expect(renewed.stderr).toContain("'ada' is no agent of 'bob'");
    const removed = await bob.push(['origin', `:${RFC_001}`]);
    expect(removed.stderr).toContain("the lease is held by 'ada', not by 'bob'");
    expect(await served.at(RFC_001)).toBe(before);
  });

  it('is not removed by who names an old value that the server has not got', async () => {
    const before = await served.at(RFC_001);
    const [unknown, none] = ['1'.repeat(40), '0'.repeat(40)];
    const { stdout, stderr } = await pushRaw(served, 'bob', unknown, none, RFC_001);
    expect(stdout + stderr).toContain('pre-receive hook declined');
    expect(await served.at(RFC_001)).toBe(before);
  });

  it('is removed by an administrator', async () => {
    await served.set('lazyspec.administrator', 'bob');
    const released = await bob.lease(['release', 'RFC-001', '--expected-holder', 'ada']);
    expect(released.stderr).toBe('');
    expect(released.status).toBe(0);
  });
});

describe('a takeover', () => {
  it('is by the server’s clock, not by that of whoever takes', async () => {
    await ada.lease(['claim', 'RFC-001']);
    const hurried = new Clock(served.sandbox, 'hurried');
    hurried.set({ wall: 3600 + 180 });
    const early = await bob.lease(['claim', 'RFC-001', '--force', '--for', '1m'], {
      env: hurried.env,
    });
    expect(early.status).toBe(1);
    expect(early.stderr).toContain("RFC-001: the lease was written in the server's future");
    // With nothing in the record that tells of another clock.
    const disguised = await pushLease(bob, { content: leaseOf('bob') });
    expect(disguised.stderr).toContain("RFC-001: the lease of 'ada' cannot be taken over yet");

    const clock = new Clock(served.sandbox, 'server');
    served.protect(clock);
    clock.set({ wall: 3600 + 180 });
    const taken = await bob.lease(['claim', 'RFC-001', '--force'], { env: clock.env });
    expect(taken.stderr).toBe('');
    expect(await remoteRecord(served.sandbox)).toMatchObject({ agent: 'bob' });
  });

  it('by observation counts from when the lease came to the server', async () => {
    served.unprotect();
    await ada.commit({ '.lazyspec.toml': '[coordination]\ntakeover = "observed"\n' });
    await ada.git('push', '--quiet', 'origin', 'HEAD');
    const clock = new Clock(served.sandbox);
    served.protect(clock);
    await bob.git('pull', '--quiet');
    const asked = { env: clock.env };
    await ada.lease(['claim', 'RFC-001'], asked);
    clock.pass(1800);
    await bob.lease(['leases'], asked);
    clock.pass(1800 + 60);
    // Of whoever did not come here to see, and of whoever says to have seen it for long.
    const early = await pushLease(bob, {
      content: { agent: 'bob', acquired: clock.now(), expires: clock.now() + 60 },
      committed: clock.now(),
    });
    expect(early.stderr).toContain("the lease of 'ada' cannot be taken over yet");
    clock.pass(180);
    const taken = await pushLease(bob, {
      content: { agent: 'bob', acquired: clock.now(), expires: clock.now() + 60 },
      committed: clock.now(),
    });
    expect(taken.stderr).not.toContain('remote: ');
    expect(taken.status).toBe(0);
  });

  it('of a malformed lease is for administrators', async () => {
    await plant(served.sandbox, { content: 'nonsense' });
    const refused = await pushLease(bob, { content: leaseOf('bob') });
    expect(refused.stderr).toContain('its lease is malformed');
    const removed = await bob.push(['origin', `:${RFC_001}`]);
    expect(removed.status).toBe(1);
    await served.set('lazyspec.administrator', 'bob');
    expect((await bob.lease(['release', 'RFC-001', '--expected-holder', '?'])).status).toBe(0);
  });
});
