import { describe, expect, it } from '@jest/globals';
import { leaseTable } from '../../../src/cli/lease-table.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import type { ListedLease } from '../../../src/commands/results.ts';

const NOW = Date.parse('2026-05-11T12:00:00Z') / 1000;

describe('the table of leases, for a person', () => {
  const stream = { write: () => {}, isTTY: true, columns: 200 };
  const streams = { stdout: stream, stderr: stream };
  const terminal = createTerminal({ ...streams, env: {}, color: false, quiet: false });

  function lease(fields: Partial<ListedLease>): ListedLease {
    const ref = 'refs/lazyspec/leases/rfc/RFC-001';
    const times = { acquired: '2026-05-11T11:59:00Z', expires: '2026-05-11T13:00:00Z' };
    return {
      ref,
      id: 'RFC-001',
      agent: 'ada',
      ...times,
      state: 'live',
      mine: false,
      ...fields,
    };
  }

  async function tableOf(leases: Partial<ListedLease>[], columns = 200): Promise<string[]> {
    const sized = { ...terminal, columns };
    return leaseTable(leases.map(lease), NOW, sized, await terminal.paint());
  }

  const table = async (fields: Partial<ListedLease>) => (await tableOf([fields])).join('\n');

  it('has a line for each lease, below a header', async () => {
    expect((await table({ note: 'a palette' })).split('\n')).toEqual([
      'DOCUMENT  HOLDER  CLAIMED    EXPIRES            NOTE',
      'RFC-001   ada     1 min ago  ########## in 1 h  a palette',
    ]);
  });

  it('has mine first, then what ends soonest, and last what cannot be read', async () => {
    const at = (time: string) => ({ expires: `2026-05-11T${time}Z` });
    const lines = await tableOf([
      { id: 'LATE', ...at('14:00:00') },
      { id: 'BROKEN', expires: null, state: 'malformed', problem: 'no JSON' },
      { id: 'SOON', ...at('12:10:00') },
      { id: 'MINE-LATE', mine: true, ...at('15:00:00') },
      { id: 'OVER', state: 'expired', ...at('11:00:00') },
      { id: 'MINE', mine: true, ...at('13:00:00') },
    ]);
    const ids = lines.slice(1).map((line) => line.split(' ')[0]);
    expect(ids).toEqual(['MINE', 'MINE-LATE', 'OVER', 'SOON', 'LATE', 'BROKEN']);
  });

  it.each([
    ['11:55:00', '  expired 5 min ago'],
    ['12:00:01', '#......... in 1 s'],
    ['12:29:00', '#####..... in 29 min'],
    ['12:59:00', '########## in 59 min'],
  ])('shows what is left at 12:00 of a lease of 11:30 or 12:00 until %s', async (time, shown) => {
    const expires = `2026-05-11T${time}Z`;
    const state = time < '12' ? 'expired' : 'live';
    // Renewed: what is left is measured from the last time that it was written.
    const committed = `2026-05-11T${time === '12:29:00' ? '11:31' : '11:59'}:00Z`;
    const early = { ...(time < '12' && { committed: '2026-05-11T11:00:00Z' }) };
    const [, line] = await tableOf([{ expires, state, committed, ...early }]);
    expect(line).toContain(shown);
  });

  it.each([80, 100, 120, 200])('fits %d columns with the longest of names', async (columns) => {
    const lines = await tableOf(
      [
        { id: `RFC-${'1'.repeat(60)}`, agent: `a${'b'.repeat(80)}`, note: 'why '.repeat(80) },
        { id: 'RFC-2', agent: '31e2b8a7-4cd5-49f7-8b3e-5d0d3a4b8e50', mine: true, note: 'short' },
      ],
      columns,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(/RFC-2 .*31e2b8a7.*in 1 h.*short/);
    expect(lines[2]).toMatch(/in 1 h {2}why w/);
  });

  it('draws with blocks where the terminal shows them in colour', async () => {
    const rich = createTerminal({
      ...streams,
      env: { LANG: 'de_DE.UTF-8' },
      color: true,
      quiet: false,
    });
    expect(rich.rich).toBe(true);
    const lines = leaseTable([lease({})], NOW, rich, await terminal.paint());
    expect(lines[1]).toContain('██████████ in 1 h');
    for (const [env, color] of [
      [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, true],
      [{ LANG: 'de_DE.UTF-8' }, false],
      [{ LANG: 'de_DE.UTF-8', NO_COLOR: '1' }, true],
    ] as const) {
      expect(createTerminal({ ...streams, env, color, quiet: false }).rich).toBe(false);
    }
  });

  it.each(['agent', 'note', 'problem', 'ref'] as const)(
    'shows nothing of a hostile %s that steers the terminal',
    async (field) => {
      const hidden = { id: undefined as unknown as string };
      const shown = await table({
        ...(field === 'ref' && hidden),
        [field]: 'x\u001b[2J\u202e\u200bx',
      });
      expect(shown).toContain('x[2Jx');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
    },
  );
});
