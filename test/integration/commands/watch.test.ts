import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HAS_PSEUDO_TERMINALS, PseudoTerminal } from '../../helpers/pseudo-terminal.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, Sandbox } from '../../helpers/sandbox.ts';

let sandbox: Sandbox;
let a: Clone;
let b: Clone;
let terminal: PseudoTerminal | undefined;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  a = await sandbox.clone('agent-a');
  b = await sandbox.clone('agent-b');
});
afterEach(async () => {
  terminal?.end();
  await sandbox.dispose();
});

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

function watch(args: string[] = [], env: NodeJS.ProcessEnv = {}): PseudoTerminal {
  terminal = new PseudoTerminal([process.execPath, LEASE, 'leases', '--watch', '1', ...args], {
    cwd: a.path,
    env: { ...sandbox.env, ...env },
    columns: 90,
  });
  return terminal;
}

(HAS_PSEUDO_TERMINALS ? describe : describe.skip)('leases --watch', () => {
  test('follows what others do, in place, until Ctrl-C, and leaves the last table', async () => {
    await a.lease(['claim', 'RFC-002', '--note', 'mine']);
    const live = watch();
    await live.until('RFC-002');
    await b.lease(['claim', 'RFC-001', '--note', 'theirs']);
    await live.until('theirs');
    await b.lease(['release', 'RFC-001']);
    const gone = live.written.length;
    await live.until(/DOCUMENT(?:(?!DOCUMENT|theirs).)*Ctrl-C ends/s, gone);
    live.type('\u0003');
    expect(await live.ended).toBe(0);
    const [before, after] = live.written.split(LEAVE);
    expect(before).toContain(ENTER);
    const lines = after?.split('\r\n');
    expect(lines).toEqual([
      expect.stringContaining('DOCUMENT'),
      expect.stringMatching(/RFC-002 .*agent-a \(you\).*mine/),
      '',
    ]);
    expect(live.written).not.toContain('asking');
  });

  test('outlasts a remote that is away, says so, and says no more of it once it is back', async () => {
    await b.lease(['claim', 'RFC-001']);
    const live = watch();
    await live.until('agent-b');
    renameSync(sandbox.remote, `${sandbox.remote}.away`);
    const away = await live.until(/No answer for \d+ s: /);
    expect(away).toContain('RFC-001');
    renameSync(`${sandbox.remote}.away`, sandbox.remote);
    await b.lease(['claim', 'STORY-042']);
    const back = live.written.length;
    await live.until(/STORY-042(?:(?!No answer).)*Ctrl-C ends/s, back);
    live.type('\u0003');
    expect(await live.ended).toBe(0);
  });

  test('is one connection each time', async () => {
    const { env, calls } = sandbox.countingGit();
    const live = watch([], env);
    await live.until('No leases');
    await b.lease(['claim', 'RFC-001']);
    await live.until('agent-b');
    live.type('\u0003');
    await live.ended;
    const fetches = calls().filter((call) => call === 'fetch').length;
    const listed = calls().filter((call) => call === 'for-each-ref').length;
    expect(fetches).toBeGreaterThanOrEqual(2);
    expect(listed).toBeLessThanOrEqual(fetches + 2);
    expect(calls()).not.toEqual(expect.arrayContaining(['ls-remote']));
  });
});

test.each([
  ['--watch needs a terminal', ['leases', '--watch']],
  ['--watch needs a terminal', ['leases', '--watch', '30s', '--mine']],
  ['--json prints one value', ['leases', '--watch', '--json']],
  ['not between a second and an hour', ['leases', '--watch', '0']],
  ['not between a second and an hour', ['leases', '--watch', '2h']],
  ['is not a duration', ['leases', '--watch', 'often']],
])('where it cannot be drawn, or asked so often, it is refused: %s', async (message, args) => {
  const { status, stdout, stderr } = await a.lease(args);
  expect(status).toBe(2);
  expect(stdout + stderr).toContain(message);
});
