import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readGitConfig } from '../../src/git/config.ts';
import { plumbingStore } from '../../src/git/plumbing.ts';
import type { RefStore } from '../../src/git/ref-store.ts';
import type { Remote } from '../../src/git/remote.ts';
import { gitRemote } from '../../src/git/remote.ts';
import { createGit } from '../../src/git/run.ts';
import { gitDaemon, gitHttp } from '../helpers/remotes.ts';
import { gitSsh, noSshd, tellWithoutSshd } from '../helpers/remotes-ssh.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import {
  commitOf,
  HTML,
  httpAnswering,
  leaseRefs,
  PORTAL_PAGE,
  RFC_1,
  RFC_2,
  STORY,
  writeHook,
} from './worlds.ts';

interface Side {
  clone: Clone;
  store: RefStore;
  remote: Remote;
  warnings: string[];
}

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

/** A clone as the program sees it, with its remote at the given address. */
async function sideOf(clone: Clone, url?: string, signal?: AbortSignal): Promise<Side> {
  if (url) await clone.git('config', 'remote.origin.url', url);
  const settings = { cwd: clone.path, env: sandbox.env };
  const config = await readGitConfig(createGit(settings));
  const git = createGit({ ...settings, signal });
  const store = plumbingStore(git);
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const remote = await gitRemote(git, 'origin', {
    ...{ store, config, env: sandbox.env, warn },
    timeout: 60_000,
  });
  return { clone, store, remote, warnings };
}

/** What is written on the remote behind the clones' backs. */
async function onRemote(ref: string, content = ref): Promise<string> {
  const seed = await sandbox.clone(`seed-${Math.random()}`);
  const oid = await commitOf(seed, content);
  await seed.git('push', '--quiet', 'origin', `+${oid}:${ref}`);
  return oid;
}

const remoteRefs = () => leaseRefs(sandbox, sandbox.remote);
const localRefs = ({ clone }: Side) => leaseRefs(sandbox, clone.path);

describe('a swap of nothing, and a fetch of nothing', () => {
  it("touch no ref: not the user's branch, which git would push for want of a refspec", async () => {
    const clone = await sandbox.clone('agent-a');
    const side = await sideOf(clone);
    await clone.git('commit', '--quiet', '--allow-empty', '--message', 'Not pushed');
    const before = await sandbox.git(sandbox.remote, 'for-each-ref');
    expect(await side.remote.swap([])).toEqual({ kind: 'applied' });
    await side.remote.fetch([]);
    expect(await sandbox.git(sandbox.remote, 'for-each-ref')).toBe(before);
  });
});

tellWithoutSshd('the contract of a remote');
const overSsh: [string, () => Promise<string>][] = noSshd ? [] : [['ssh', () => gitSsh(sandbox)]];
describe.each([
  ['a path', async () => sandbox.remote],
  ['git daemon', () => gitDaemon(sandbox)],
  ['http', () => gitHttp(sandbox)],
  ...overSsh,
])('a remote over %s', (_name, address) => {
  let side: Side;
  beforeEach(async () => {
    side = await sideOf(await sandbox.clone('agent-a'), await address());
  });
  const writtenHere = (content: string) => commitOf(side.clone, content);

  it('shows what it holds, and forgets here what is gone there', async () => {
    const [one, two] = [await onRemote(RFC_1), await onRemote(STORY)];
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [RFC_1]: one, [STORY]: two });
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_1);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [STORY]: two });
    await sandbox.git(sandbox.remote, 'update-ref', '-d', STORY);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({});
  });

  it('is asked for some leases only, and the copies of others stay as they are', async () => {
    const [one, two] = [await onRemote(RFC_1), await onRemote(STORY)];
    await side.remote.fetch([RFC_1, RFC_2]);
    expect(await localRefs(side)).toEqual({ [RFC_1]: one });
    await side.remote.fetch('all');
    for (const ref of [RFC_1, STORY]) await sandbox.git(sandbox.remote, 'update-ref', '-d', ref);
    await side.remote.fetch([RFC_1, RFC_2]);
    expect(await localRefs(side)).toEqual({ [STORY]: two });
  });

  it('takes its own word over a copy that was changed here', async () => {
    const oid = await onRemote(RFC_1);
    await side.clone.git('update-ref', RFC_1, await writtenHere('forged'));
    await side.clone.git('update-ref', RFC_2, await writtenHere('forged'));
    await side.remote.fetch([RFC_1, RFC_2]);
    expect(await localRefs(side)).toEqual({ [RFC_1]: oid });
  });

  it('is asked for a lease that nobody has, and that is no failure', async () => {
    await side.remote.fetch([RFC_1]);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({});
  });

  it('takes a swap, and the copy here moves with it', async () => {
    const [one, two] = [await writtenHere('one'), await writtenHere('two')];
    const steps = [
      [undefined, one],
      [one, two],
      [two, undefined],
    ] as const;
    for (const [expected, next] of steps) {
      const swapped = await side.remote.swap([{ ref: RFC_1, expected, next }]);
      expect(swapped).toEqual({ kind: 'applied' });
      expect(await remoteRefs()).toEqual(next ? { [RFC_1]: next } : {});
      expect(await localRefs(side)).toEqual(next ? { [RFC_1]: next } : {});
    }
    expect(side.warnings).toEqual([]);
  });

  it('takes a swap, and leaves a copy that another process has moved meanwhile', async () => {
    const [old, mine] = [await onRemote(RFC_1, 'old'), await writtenHere('mine')];
    await side.remote.fetch('all');
    const newer = await writtenHere('newer');
    await side.clone.git('update-ref', RFC_1, newer);
    const swapped = await side.remote.swap([{ ref: RFC_1, expected: old, next: mine }]);
    expect(swapped).toEqual({ kind: 'applied' });
    expect(await remoteRefs()).toEqual({ [RFC_1]: mine });
    expect(await localRefs(side)).toEqual({ [RFC_1]: newer });
    expect(side.warnings).toEqual([]);
  });

  it('takes no swap that expects something else, whatever the copy here says', async () => {
    const [mine, theirs] = [await writtenHere('mine'), await onRemote(RFC_1)];
    await side.clone.git('update-ref', RFC_1, mine);
    for (const expected of [undefined, mine]) {
      for (const next of [await writtenHere('next'), undefined]) {
        if (!expected && !next) continue;
        const swapped = await side.remote.swap([{ ref: RFC_1, expected, next }]);
        expect(swapped).toEqual({ kind: 'stale' });
      }
    }
    const gone = await side.remote.swap([{ ref: RFC_2, expected: mine, next: undefined }]);
    expect(gone).toEqual({ kind: 'stale' });
    expect(await remoteRefs()).toEqual({ [RFC_1]: theirs });
    expect(await localRefs(side)).toEqual({ [RFC_1]: mine });
  });

  it('takes several changes together, or none of them', async () => {
    const [first, next] = [await onRemote(RFC_1), await writtenHere('next')];
    await side.remote.fetch('all');
    const create = { ref: STORY, expected: undefined, next };
    const stale = { ref: RFC_1, expected: undefined, next };
    expect(await side.remote.swap([create, stale])).toEqual({ kind: 'stale' });
    expect(await remoteRefs()).toEqual({ [RFC_1]: first });
    expect(await localRefs(side)).toEqual({ [RFC_1]: first });
    const remove = { ref: RFC_1, expected: first, next: undefined };
    expect(await side.remote.swap([create, remove])).toEqual({ kind: 'applied' });
    expect(await remoteRefs()).toEqual({ [STORY]: next });
    expect(await localRefs(side)).toEqual({ [STORY]: next });
  });

  it('refuses by its hook, and nothing moves on either side', async () => {
    writeHook(sandbox.remote, 'pre-receive', 'echo "closed today" >&2; exit 1');
    const change = { ref: RFC_1, expected: undefined, next: await writtenHere('next') };
    expect(await side.remote.swap([change])).toMatchObject({ kind: 'refused' });
    expect([await remoteRefs(), await localRefs(side)]).toEqual([{}, {}]);
  });

  it('is given and asked for leases alone: no tags, no FETCH_HEAD', async () => {
    await side.clone.git('config', 'push.followTags', 'true');
    await side.clone.git('config', 'remote.origin.tagOpt', '--tags');
    const next = await writtenHere('next');
    await side.clone.git('tag', '-a', '-m', 'tag', 'local-tag', next);
    await side.remote.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(await sandbox.git(sandbox.remote, 'tag')).toBe('');
    await sandbox.git(sandbox.remote, 'tag', 'remote-tag', next);
    await side.remote.fetch('all');
    expect(await side.clone.git('tag')).toBe('local-tag');
    expect(() => side.clone.read('.git/FETCH_HEAD')).toThrow('ENOENT');
  });

  it('leaves no copies of leases where the fetch settings of the user would put them', async () => {
    await side.clone.git('config', 'remote.origin.fetch', '+refs/*:refs/copies/*');
    await onRemote(RFC_1);
    await side.remote.fetch('all');
    await side.remote.fetch([RFC_1]);
    expect(await side.clone.git('for-each-ref', 'refs/copies')).toBe('');
  });

  it("fires none of the user's hooks of a push", async () => {
    writeHook(side.clone.at('.git'), 'pre-push', 'exit 1');
    const change = { ref: RFC_1, expected: undefined, next: await writtenHere('next') };
    expect(await side.remote.swap([change])).toEqual({ kind: 'applied' });
  });

  it('serves a clone of its mirror: neither fetch nor swap touches other refs', async () => {
    const { clone } = side;
    await clone.git('config', 'remote.origin.mirror', 'true');
    await clone.git('config', '--replace-all', 'remote.origin.fetch', '+refs/*:refs/*');
    await clone.git('branch', 'only-here');
    const mirror = await sideOf(clone);
    const [there, next] = [await onRemote(STORY), await writtenHere('next')];
    await mirror.remote.fetch('all');
    const swapped = await mirror.remote.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(swapped).toEqual({ kind: 'applied' });
    expect(await localRefs(mirror)).toEqual({ [RFC_1]: next, [STORY]: there });
    expect(await clone.git('branch', '--list', 'only-here')).toContain('only-here');
    const branches = await sandbox.git(sandbox.remote, 'for-each-ref', 'refs/heads/only-here');
    expect(branches).toBe('');
  });

  it('says that it holds no such repository', async () => {
    rmSync(sandbox.remote, { recursive: true });
    await expect(side.remote.fetch('all')).rejects.toMatchObject({ code: 'REMOTE_NOT_FOUND' });
    const change = { ref: RFC_1, expected: undefined, next: await writtenHere('next') };
    expect(await side.remote.swap([change])).toMatchObject({
      kind: 'unreachable',
      code: 'REMOTE_NOT_FOUND',
    });
    expect(await localRefs(side)).toEqual({});
  });
});

describe('a captive portal', () => {
  let closed: boolean;
  let url: string;
  let side: Side;
  let kept: Record<string, string>;

  beforeEach(async () => {
    closed = false;
    url = await gitHttp(sandbox, () => closed);
    side = await sideOf(await sandbox.clone('agent-a'), url);
    kept = { [RFC_1]: await onRemote(RFC_1), [STORY]: await onRemote(STORY) };
    await side.remote.fetch('all');
    closed = true;
  });

  const portal = {
    code: 'REMOTE_UNREACHABLE',
    message: "'origin' answered, but not as a git server",
  };

  it('wipes nothing, whatever was asked for', async () => {
    for (const refs of ['all', [RFC_1], [RFC_1, RFC_2]] as const) {
      await expect(side.remote.fetch(refs)).rejects.toMatchObject(portal);
      expect(await localRefs(side)).toEqual(kept);
    }
  });

  it('wipes nothing where the address is only rewritten to one of the web', async () => {
    await side.clone.git('config', `url.${url}.insteadOf`, 'work:remote.git');
    const rewritten = await sideOf(side.clone, 'work:remote.git');
    await expect(rewritten.remote.fetch('all')).rejects.toMatchObject(portal);
    expect(await localRefs(side)).toEqual(kept);
  });

  it('takes no swap, and nothing moves', async () => {
    const next = await commitOf(side.clone, 'next');
    const create = { ref: RFC_2, expected: undefined, next };
    expect(await side.remote.swap([create])).toMatchObject({
      kind: 'unreachable',
      code: 'REMOTE_UNREACHABLE',
    });
    // The page looks like no refs at all. The fetch that follows a stale swap finds it out.
    const remove = { ref: RFC_1, expected: kept[RFC_1], next: undefined };
    expect(await side.remote.swap([remove])).toEqual({ kind: 'stale' });
    expect([await localRefs(side), await remoteRefs()]).toEqual([kept, kept]);
  });

  it('is over once somebody has logged in', async () => {
    await expect(side.remote.fetch('all')).rejects.toMatchObject(portal);
    closed = false;
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_1);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [STORY]: kept[STORY] });
  });

  it.each(['0', '1', '2'])('is not seen in a server that speaks protocol %s', async (version) => {
    closed = false;
    await side.clone.git('config', 'protocol.version', version);
    await sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_1);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [STORY]: kept[STORY] });
  });

  it('wipes nothing and takes nothing where its page has several lines', async () => {
    const page = await httpAnswering(sandbox, 200, HTML, PORTAL_PAGE);
    const { remote } = await sideOf(side.clone, page);
    await expect(remote.fetch('all')).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    const change = { ref: RFC_1, expected: kept[RFC_1], next: undefined };
    expect(await remote.swap([change])).toMatchObject({ kind: 'unreachable' });
    expect(await localRefs(side)).toEqual(kept);
  });
});

describe('a clone that does not hold everything', () => {
  async function cloned(...args: string[]): Promise<Side> {
    await sandbox.git(sandbox.remote, 'config', 'uploadpack.allowFilter', 'true');
    const clone = await sandbox.clone('agent-a');
    rmSync(clone.path, { recursive: true });
    const url = `file://${sandbox.remote}`;
    await sandbox.git(sandbox.folder, 'clone', '--quiet', ...args, url, clone.path);
    return sideOf(clone);
  }

  it('reads leases without another connection where blobs are left out', async () => {
    const side = await cloned('--filter=blob:none');
    await onRemote(RFC_1, 'one');
    await onRemote(STORY, 'two');
    await side.remote.fetch('all');
    await side.clone.git('remote', 'set-url', 'origin', '/nowhere');
    const read = await side.store.read([RFC_1, STORY]);
    expect(read.map(({ content }) => String(content))).toEqual(['one', 'two']);
    expect(await side.clone.git('config', 'remote.origin.partialclonefilter')).toBe('blob:none');
  });

  it('swaps where blobs are left out', async () => {
    const side = await cloned('--filter=blob:none');
    const [next = ''] = await side.store.write([
      { author: 'agent-a', time: 1_778_490_000, message: 'claim', content: '{}' },
    ]);
    const create = { ref: RFC_1, expected: undefined, next };
    expect(await side.remote.swap([create])).toEqual({ kind: 'applied' });
    const remove = { ref: RFC_1, expected: next, next: undefined };
    expect(await side.remote.swap([remove])).toEqual({ kind: 'applied' });
  });

  it('stays as shallow as it was', async () => {
    const seed = await sandbox.clone('agent-s');
    await seed.git('commit', '--quiet', '--allow-empty', '-m', 'Go on');
    await seed.git('push', '--quiet');
    const side = await cloned('--depth=1');
    const there = await onRemote(RFC_1);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [RFC_1]: there });
    const next = await commitOf(side.clone, 'next');
    const swapped = await side.remote.swap([{ ref: RFC_1, expected: there, next }]);
    expect(swapped).toEqual({ kind: 'applied' });
    expect(await side.clone.git('rev-list', '--count', 'HEAD')).toBe('1');
    expect(await side.clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });
});

describe('what goes wrong on this side', () => {
  it('is a remote that the clone does not have', async () => {
    const clone = await sandbox.clone('agent-a');
    await clone.git('remote', 'rename', 'origin', 'upstream');
    await expect(sideOf(clone)).rejects.toMatchObject({
      code: 'REMOTE_NOT_FOUND',
      message: "this clone has no remote 'origin' (it has upstream)",
    });
  });

  it('is a copy that cannot be moved: the swap counts, with a warning', async () => {
    const side = await sideOf(await sandbox.clone('agent-a'));
    const next = await commitOf(side.clone, 'next');
    await side.clone.git('update-ref', 'refs/lazyspec/leases/rfc', next);
    const swapped = await side.remote.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(swapped).toEqual({ kind: 'applied' });
    expect(side.warnings).toEqual(["this clone's copy of a lease could not be updated"]);
    expect(await remoteRefs()).toEqual({ [RFC_1]: next });
  });

  it('is another work tree that is fetching the same leases just now', async () => {
    const clone = await sandbox.clone('agent-a');
    await onRemote(RFC_1, 'old');
    await (await sideOf(clone)).remote.fetch('all');
    const oid = await onRemote(RFC_1, 'new');
    // The lock is there for as long as the first fetch takes.
    const lock = clone.at('.git', `${RFC_1}.lock`);
    const once = join(sandbox.folder, 'once');
    const script = `#!/bin/sh
PATH='${sandbox.env.PATH}'
case " $* " in *" fetch "*) [ -e '${once}' ] || { : >'${once}'; : >'${lock}'; held=1; } ;; esac
git "$@"
status=$?
[ -z "$held" ] || rm '${lock}'
exit $status
`;
    Object.assign(sandbox.env, sandbox.shadow('git', script));
    const side = await sideOf(clone);
    await side.remote.fetch('all');
    expect(await localRefs(side)).toEqual({ [RFC_1]: oid });
  });

  it('is a server that never answers, up to the deadline', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    sandbox.onDispose(() => server.close());
    const url = `git://127.0.0.1:${(server.address() as AddressInfo).port}/remote.git`;
    const side = await sideOf(await sandbox.clone('agent-a'), url);
    await expect(side.remote.fetch('all', 300)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      details: ['no answer within 0.3 s'],
    });
  });

  it('is a person who interrupts before anything is sent', async () => {
    const clone = await sandbox.clone('agent-a');
    const next = await commitOf(clone, 'next');
    const { remote } = await sideOf(clone, undefined, AbortSignal.abort());
    await expect(remote.fetch('all')).rejects.toMatchObject({ code: 'CANCELLED' });
    const swapped = await remote.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(swapped).toEqual({ kind: 'cancelled' });
  });

  it('is an address that would run a command: it never does', async () => {
    const side = await sideOf(await sandbox.clone('agent-a'), 'ext::touch ran');
    await side.clone.git('config', 'protocol.ext.allow', 'always');
    await expect(side.remote.fetch('all')).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(() => side.clone.read('ran')).toThrow('ENOENT');
  });

  it('is a path with a space, which is no trouble at all', async () => {
    const side = await sideOf(await sandbox.clone('agent with space'));
    expect(join(side.clone.path, 'x')).toContain(' ');
    const next = await commitOf(side.clone, 'next');
    const swapped = await side.remote.swap([{ ref: RFC_1, expected: undefined, next }]);
    expect(swapped).toEqual({ kind: 'applied' });
  });
});
