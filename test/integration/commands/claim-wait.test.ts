import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leaseOf, plant, RFC_001 } from '../../helpers/leases.ts';
import { HAS_PSEUDO_TERMINALS, PseudoTerminal } from '../../helpers/pseudo-terminal.ts';
import { gitHttp } from '../../helpers/remotes.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { LEASE, Sandbox } from '../../helpers/sandbox.ts';

let sandbox: Sandbox;
let clone: Clone;
let terminal: PseudoTerminal | undefined;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  clone = await sandbox.clone('agent-a');
  await plant(sandbox, { content: leaseOf('agent-b') });
});
afterEach(async () => {
  terminal?.end();
  await sandbox.dispose();
});

const release = () => sandbox.git(sandbox.remote, 'update-ref', '-d', RFC_001);

(HAS_PSEUDO_TERMINALS ? describe : describe.skip)('claim --wait on a terminal', () => {
  test('says who holds it, counts down in place, and takes that away at the end', async () => {
    terminal = new PseudoTerminal(
      [process.execPath, LEASE, 'claim', 'RFC-001', '--wait', '30m', '--no-color'],
      { cwd: clone.path, env: sandbox.env, columns: 120 },
    );
    const holder = "waiting for RFC-001 (held by 'agent-b', for ";
    const written = await terminal.until(/giving up in 29:5\d.*giving up in 29:5\d/s);
    const shown = written.split('\r\u001b[K').filter((text) => text.includes('waiting'));
    for (const text of shown) {
      expect(text.startsWith(holder)).toBe(true);
      expect(text).toMatch(/for (59:\d\d|1:00:00) more\); giving up in (29:\d\d|30:00) …$/);
    }
    expect(new Set(shown).size).toBe(shown.length);
    await release();
    expect(await terminal.ended).toBe(0);
    const last = terminal.written.split('\r\u001b[K').at(-1);
    expect(last).toMatch(/^Claimed RFC-001 \(agent=agent-a, [^\r\n]*\r\n$/);
  });
});

describe('claim --wait without a terminal', () => {
  test('says once who holds it and until when, and once more when that changes', async () => {
    const { expires } = leaseOf('agent-b');
    const waiting = clone.lease(['claim', 'RFC-001', '--wait', '30s', '--json'], {
      started: (child) => {
        child.stderr?.once('data', async () => {
          await new Promise((resolve) => setTimeout(resolve, 2_500));
          await plant(sandbox, { content: leaseOf('agent-c') });
          child.stderr?.once('data', release);
        });
      },
    });
    const { status, stdout, stderr } = await waiting;
    const lines = stderr.trimEnd().split('\n');
    const held = (agent: string) =>
      expect.stringMatching(
        new RegExp(`^waiting for RFC-001 \\(held by '${agent}', until 20\\S+T\\S+Z\\)$`),
      );
    expect(lines).toEqual([held('agent-b'), held('agent-c')]);
    const until = Date.parse(/until (\S+)\)/.exec(lines[0] ?? '')?.[1] ?? '') / 1000;
    expect(Math.abs(until - expires)).toBeLessThan(60);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'RFC-001', agent: 'agent-a' });
  });

  test('says that the remote is away, and goes on', async () => {
    let away = false;
    const url = await gitHttp(sandbox, () => away);
    await clone.git('remote', 'set-url', 'origin', url);
    const { status, stderr } = await clone.lease(['claim', 'RFC-001', '--wait', '60s'], {
      started: (child) => {
        child.stderr?.once('data', () => {
          away = true;
          child.stderr?.once('data', async () => {
            away = false;
            await release();
          });
        });
      },
    });
    expect(stderr).toMatch(/^waiting for RFC-001 .*\n.*origin.*; trying again\n/);
    expect(status).toBe(0);
  });

  test('says nothing with --quiet', async () => {
    const { status, stderr } = await clone.lease(['claim', 'RFC-001', '--wait', '1s', '--quiet']);
    expect(status).toBe(1);
    expect(stderr).not.toContain('waiting');
  });
});
