/**
 * Every sentence of git that src/git/messages.ts looks for and that can be provoked here, provoked
 * with the git at hand: a git that words one differently makes a test fail.
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  connectionFailure,
  fetchFailure,
  meaningfulLines,
  refTransactionFailure,
} from '../../src/git/messages.ts';
import { pushOutcome } from '../../src/git/push-outcome.ts';
import type { SwapOutcome } from '../../src/git/ref-store.ts';
import { freePort, gitDaemon, gitHttp } from '../helpers/remotes.ts';
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
  rawGit,
  writeHook,
} from './worlds.ts';

let sandbox: Sandbox;
let clone: Clone;
let oid: string;
let other: string;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  oid = await commitOf(clone, 'one');
  other = await commitOf(clone, 'two');
});
afterEach(() => sandbox.dispose());

function lock(repository: string, ref: string): void {
  const path = join(repository, `${ref}.lock`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
}

describe('what a ref transaction of this clone says', () => {
  async function failureOf(command: string) {
    const input = `start\n${command}\nprepare\ncommit\n`;
    const ran = await rawGit(clone.path, sandbox.env, ['update-ref', '--stdin'], input);
    expect(ran.status).not.toBe(0);
    return refTransactionFailure(ran.stderr);
  }

  it('is stale where the ref exists already', async () => {
    await clone.git('update-ref', RFC_1, oid);
    expect(await failureOf(`create ${RFC_1} ${other}`)).toBe('stale');
  });

  it('is stale where the ref has another value', async () => {
    await clone.git('update-ref', RFC_1, oid);
    expect(await failureOf(`update ${RFC_1} ${oid} ${other}`)).toBe('stale');
    expect(await failureOf(`delete ${RFC_1} ${other}`)).toBe('stale');
  });

  it('is stale where the ref is gone', async () => {
    expect(await failureOf(`update ${RFC_1} ${oid} ${other}`)).toBe('stale');
    expect(await failureOf(`delete ${RFC_1} ${other}`)).toBe('stale');
  });

  it('is contended where the ref is locked', async () => {
    lock(clone.at('.git'), RFC_1);
    expect(await failureOf(`create ${RFC_1} ${oid}`)).toBe('contended');
  });

  it('is contended where the packed refs are locked', async () => {
    await clone.git('update-ref', RFC_1, oid);
    await clone.git('pack-refs', '--all');
    await clone.git('config', 'core.packedRefsTimeout', '0');
    lock(clone.at('.git'), 'packed-refs');
    expect(await failureOf(`delete ${RFC_1} ${oid}`)).toBe('contended');
  });

  it('is refused where a ref is above or below', async () => {
    await clone.git('update-ref', RFC_1, oid);
    expect(await failureOf(`create ${RFC_1}/below ${oid}`)).toBe('refused');
    expect(await failureOf(`create ${dirname(RFC_1)} ${oid}`)).toBe('refused');
  });

  it('is nothing we know where the object is missing', async () => {
    expect(await failureOf(`create ${RFC_1} ${'1'.repeat(40)}`)).toBeUndefined();
  });
});

/** Pushes `oid` to RFC-001 as a compare-and-swap, and says what git's words are taken for. */
async function push(url: string, expected = ''): Promise<SwapOutcome> {
  const lease = `--force-with-lease=${RFC_1}:${expected}`;
  const args = ['push', '--porcelain', '--atomic', lease, '--', url, `${oid}:${RFC_1}`];
  const changes = [{ ref: RFC_1, expected: expected || undefined, next: oid }];
  return pushOutcome(await rawGit(clone.path, sandbox.env, args), changes);
}

/** Makes the server change its own refs after the client has looked, and before it writes. */
function race(...commands: string[]): void {
  const quarantine = [
    'GIT_QUARANTINE_PATH',
    'GIT_OBJECT_DIRECTORY',
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  ];
  const free = `unset ${quarantine.join(' ')}`;
  writeHook(sandbox.remote, 'pre-receive', [free, ...commands.map((c) => `git ${c}`)].join('\n'));
}

tellWithoutSshd('what a push says');
const overSsh: [string, () => Promise<string>][] = noSshd ? [] : [['ssh', () => gitSsh(sandbox)]];
describe.each([
  ['a path', async () => sandbox.remote],
  ['git daemon', () => gitDaemon(sandbox)],
  ['http', () => gitHttp(sandbox)],
  ...overSsh,
])('what a push over %s says', (_name, address) => {
  let url: string;
  let head: string;
  beforeEach(async () => {
    url = await address();
    head = await clone.git('rev-parse', 'HEAD');
  });

  it('is applied, and applied once more for the same commit', async () => {
    expect(await push(url)).toEqual({ kind: 'applied' });
    expect(await push(url, oid)).toEqual({ kind: 'applied' });
  });

  it('is stale where the client sees it, and where only the server does', async () => {
    expect(await push(url, other)).toEqual({ kind: 'stale' });
    race(`update-ref ${RFC_1} ${head}`);
    expect(await push(url)).toEqual({ kind: 'stale' });
  });

  it('is stale where the server has moved or deleted the ref meanwhile', async () => {
    await sandbox.git(sandbox.remote, 'update-ref', RFC_1, head);
    race(`update-ref -d ${RFC_1}`);
    expect(await push(url, head)).toEqual({ kind: 'stale' });
    await sandbox.git(sandbox.remote, 'update-ref', RFC_1, head);
    race(`update-ref ${RFC_1} ${head}^{tree}`);
    expect(await push(url, head)).toEqual({ kind: 'stale' });
  });

  it('is contended where the ref is locked on the server', async () => {
    lock(sandbox.remote, RFC_1);
    expect(await push(url)).toMatchObject({
      kind: 'contended',
      detail: expect.stringContaining('.lock'),
    });
  });

  it('is refused where a ref above is in the way', async () => {
    await sandbox.git(sandbox.remote, 'update-ref', dirname(RFC_1), head);
    expect(await push(url)).toMatchObject({
      kind: 'refused',
      details: [expect.stringContaining('exists; cannot create')],
    });
  });

  it('is refused by a hook, in its own words', async () => {
    writeHook(sandbox.remote, 'pre-receive', 'echo "closed today" >&2; exit 1');
    expect(await push(url)).toEqual({
      kind: 'refused',
      reason: 'pre-receive hook declined',
      details: ['remote: closed today'],
    });
    writeHook(sandbox.remote, 'pre-receive', 'exit 0');
    writeHook(sandbox.remote, 'update', 'echo "not you" >&2; exit 1');
    expect(await push(url)).toMatchObject({
      kind: 'refused',
      reason: 'hook declined',
      details: expect.arrayContaining(['remote: not you']),
    });
  });
});

// Not over HTTP: git 2.39 then waits for ever, which only a deadline ends.
describe.each([
  ['a path', async () => sandbox.remote],
  ['git daemon', () => gitDaemon(sandbox)],
  ...overSsh,
])('a push over %s to a server that dies after the write', (_name, address) => {
  const DYING = '[ "$1" != committed ] || kill -9 $PPID';

  it('is unknown', async () => {
    writeHook(sandbox.remote, 'reference-transaction', DYING);
    expect(await push(await address())).toMatchObject({ kind: 'unknown' });
    expect(await leaseRefs(sandbox, sandbox.remote)).toEqual({ [RFC_1]: oid });
  });

  it('is unknown, though a hook spoke of a connection of its own', async () => {
    writeHook(sandbox.remote, 'reference-transaction', DYING);
    writeHook(sandbox.remote, 'pre-receive', 'echo "policy server: Connection refused" >&2');
    expect(await push(await address())).toMatchObject({ kind: 'unknown' });
    expect(await leaseRefs(sandbox, sandbox.remote)).toEqual({ [RFC_1]: oid });
  });
});

describe('what git says of a remote that it cannot reach', () => {
  /** Asserts what both a fetch and a push make of it; neither has changed anything. */
  async function expectFailure(url: string, code: string, words: RegExp): Promise<void> {
    const fetch = await rawGit(clone.path, sandbox.env, ['fetch', '--', url]);
    expect(fetch.stderr).toMatch(words);
    expect(connectionFailure(fetch.stderr)).toBe(code);
    const pushed = await push(url);
    expect(pushed).toMatchObject({ kind: 'unreachable', code });
    expect(pushed).toMatchObject({ detail: expect.stringMatching(words) });
  }
  const basic = { 'www-authenticate': 'Basic realm="x"' };

  it('is that nothing listens there', async () => {
    const port = await freePort();
    const http = `http://127.0.0.1:${port}/remote.git`;
    await expectFailure(http, 'REMOTE_UNREACHABLE', /Failed to connect/);
    const daemon = `git://127.0.0.1:${port}/remote.git`;
    await expectFailure(daemon, 'REMOTE_UNREACHABLE', /unable to connect/);
    await expectFailure(daemon, 'REMOTE_UNREACHABLE', /Connection refused/);
  });

  it('is nothing of its own where the other end closes the connection at once', async () => {
    const server = createServer((socket) => socket.resume().end()).listen(0, '127.0.0.1');
    sandbox.onDispose(() => server.close());
    await once(server, 'listening');
    const url = `git://127.0.0.1:${(server.address() as AddressInfo).port}/remote.git`;
    const { stderr } = await rawGit(clone.path, sandbox.env, ['fetch', '--', url]);
    expect(meaningfulLines(stderr)).toEqual([]);
    expect(fetchFailure(stderr)).toBe('REMOTE_UNREACHABLE');
    // A server that said why is to be heard.
    expect(fetchFailure(`remote: no entry\n${stderr}`)).toBeUndefined();
  });

  it('is that the host is unknown', async () => {
    const host = 'no-such-host.invalid/remote.git';
    await expectFailure(`http://${host}`, 'REMOTE_UNREACHABLE', /Could not resolve host/);
    await expectFailure(`git://${host}`, 'REMOTE_UNREACHABLE', /unable to look up/);
  });

  it('is that no repository is at the path', async () => {
    const path = join(sandbox.folder, 'gone.git');
    await expectFailure(path, 'REMOTE_NOT_FOUND', /does not appear to be a git repository/);
  });

  it.each([
    ['an option of ssh', 'ssh://-oProxyCommand=x/y', /strange hostname '.*' blocked/],
    ['an option of the other git', '--upload-pack=x', /strange pathname '.*' blocked/],
    ['no helper that is there', 'nothing::x', /'remote-nothing' is not a git command/],
  ])('is that an address is %s', async (_, address, sentence) => {
    await expectFailure(address, 'REMOTE_NOT_FOUND', sentence);
  });

  it('is that git daemon has no such repository', async () => {
    const url = (await gitDaemon(sandbox)).replace('remote.git', 'gone.git');
    await expectFailure(url, 'REMOTE_NOT_FOUND', /repository not exported/);
  });

  it('is that the web server has no such repository', async () => {
    const url = (await gitHttp(sandbox)).replace('remote.git', 'gone.git');
    await expectFailure(url, 'REMOTE_NOT_FOUND', /repository '.*' not found/);
  });

  it('is that it wants a name or a password, and nobody is there to ask', async () => {
    const url = await httpAnswering(sandbox, 401, basic);
    await expectFailure(url, 'REMOTE_AUTH', /could not read Username/);
    const named = url.replace('//', '//somebody@');
    await expectFailure(named, 'REMOTE_AUTH', /could not read Password/);
  });

  it('is that the password is wrong', async () => {
    const url = (await httpAnswering(sandbox, 401, basic)).replace('//', '//somebody:wrong@');
    await expectFailure(url, 'REMOTE_AUTH', /Authentication failed/);
  });

  it('is that we may not', async () => {
    const url = await httpAnswering(sandbox, 403);
    await expectFailure(url, 'REMOTE_AUTH', /The requested URL returned error: 403/);
  });

  it.each([500, 502, 503, 429])('is that the web server answers %d', async (status) => {
    const url = await httpAnswering(sandbox, status);
    await expectFailure(url, 'REMOTE_UNREACHABLE', /unable to access '/);
  });

  it('is that the address would run a command', async () => {
    await expectFailure('ext::echo x', 'REMOTE_UNREACHABLE', /transport 'ext' not allowed/);
  });

  it("is that a captive portal's page of several lines is no list of refs", async () => {
    const url = await httpAnswering(sandbox, 200, HTML, PORTAL_PAGE);
    await expectFailure(url, 'REMOTE_UNREACHABLE', /is this a git repository\?/);
  });

  it("is, of a push, that a captive portal's page of one line speaks no WebDAV", async () => {
    const url = await gitHttp(sandbox, () => true);
    expect(await push(url)).toMatchObject({
      kind: 'unreachable',
      code: 'REMOTE_UNREACHABLE',
      detail: expect.stringMatching(/no DAV locking support/),
    });
  });
});

describe('meaningfulLines', () => {
  it('leaves out what git adds to every failure', async () => {
    const path = join(sandbox.folder, 'gone.git');
    const { stderr } = await rawGit(clone.path, sandbox.env, ['fetch', '--', path]);
    expect(stderr).toContain('Please make sure you have the correct access rights');
    expect(meaningfulLines(stderr)).toEqual([
      `fatal: '${path}' does not appear to be a git repository`,
    ]);
  });

  it('ends after twenty lines, however much a server has to say', () => {
    expect(meaningfulLines('remote: spam\n'.repeat(500))).toHaveLength(20);
  });
});
