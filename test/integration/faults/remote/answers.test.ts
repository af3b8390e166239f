/** An HTTP server, or what stands before it, that answers something else than git expects. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { leaseOf, plant, RFC_001, remoteLease } from '../../../helpers/leases.ts';
import type { Answer } from '../../../helpers/proxy.ts';
import { httpProxy } from '../../../helpers/proxy.ts';
import { gitHttp } from '../../../helpers/remotes.ts';
import type { Clone } from '../../../helpers/sandbox.ts';
import { Sandbox } from '../../../helpers/sandbox.ts';
import { leasesOn, untruths } from './honest.ts';

const PAGE = '<html>Please log in</html>';
const SERVICE = 'application/x-git-receive-pack-advertisement';

/** To every request; nothing is sent after such an answer to the first. */
const FIRST: [string, Answer, code: string][] = [
  ['a page', { status: 200, body: PAGE }, 'REMOTE_UNREACHABLE'],
  ['a page as a ref advertisement', portal(PAGE), 'REMOTE_UNREACHABLE'],
  ['nothing as a ref advertisement', portal(''), 'REMOTE_UNREACHABLE'],
  ['half a ref advertisement', portal('001f# service=git-receive-pack\n00'), 'REMOTE_UNREACHABLE'],
  [
    'a redirection to a page',
    { status: 302, headers: { location: '/login' } },
    'REMOTE_UNREACHABLE',
  ],
  ['401', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, 'REMOTE_AUTH'],
  ['403', { status: 403 }, 'REMOTE_AUTH'],
  ['404', { status: 404 }, 'REMOTE_NOT_FOUND'],
  ['500', { status: 500, body: PAGE }, 'REMOTE_UNREACHABLE'],
  ['502', { status: 502, body: PAGE }, 'REMOTE_UNREACHABLE'],
];

/** To the write alone: the server has been asked, and nothing has reached it. */
const WRITE: [string, Answer][] = [
  ['a page', { status: 200, body: PAGE }],
  ['401', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }],
  ['403', { status: 403 }],
  ['500', { status: 500 }],
  [
    'nothing',
    { status: 200, headers: { 'content-type': 'application/x-git-receive-pack-result' } },
  ],
];

function portal(body: string): Answer {
  return { status: 200, headers: { 'content-type': SERVICE }, body };
}

describe('an HTTP remote that answers', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let answer: Answer | undefined;
  let toWrites = false;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    const address = await httpProxy(sandbox, await gitHttp(sandbox), (request) => {
      if (request.url?.startsWith('/login')) return { status: 200, body: PAGE };
      if (toWrites && request.method !== 'POST') return undefined;
      return toWrites && !request.url?.endsWith('receive-pack') ? undefined : answer;
    });
    await clone.git('remote', 'set-url', 'origin', address);
    await plant(sandbox, { content: leaseOf('agent-a') });
    await clone.lease(['leases']);
  });
  afterEach(() => {
    answer = undefined;
    toWrites = false;
  });
  afterAll(() => sandbox.dispose());

  const copy = () => clone.git('for-each-ref', '--format=%(objectname)', RFC_001);

  it.each(FIRST)(
    '%s has been sent nothing, and takes no local copy away',
    async (_, given, code) => {
      const before = await leasesOn(sandbox);
      answer = given;
      for (const command of ['heartbeat', 'gate']) {
        const ran = await clone.lease([command, 'RFC-001', '--json']);
        const { error } = JSON.parse(ran.stdout);
        expect({ command, status: ran.status, code: error.code }).toEqual({
          ...{ command, status: 3, code },
        });
        expect(error.message).toContain("'origin'");
        expect(error.remedy).toBeTruthy();
        expect(await copy()).not.toBe('');
      }
      expect(await leasesOn(sandbox)).toBe(before);
      answer = undefined;
      expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
    },
  );

  it.each(WRITE)('%s to the write is told of as it is', async (_, given) => {
    const before = await leasesOn(sandbox);
    answer = given;
    toWrites = true;
    const ran = await clone.lease(['heartbeat', 'RFC-001', '--json']);
    const after = await leasesOn(sandbox);
    expect(untruths(ran, { before, after, done: false })).toEqual([]);
    expect(after).toBe(before);
    answer = undefined;
    expect((await clone.lease(['heartbeat', 'RFC-001'])).status).toBe(0);
    expect(await remoteLease(sandbox)).toBe(await copy());
  });
});
