import { describe, expect, it } from '@jest/globals';
import { leaseLines } from '../../../src/cli/render.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import type { ListedLease } from '../../../src/commands/results.ts';

const NOW = Date.parse('2026-05-11T12:00:00Z') / 1000;

describe('the table of leases, for a person', () => {
  const stream = { write: () => {}, isTTY: true, columns: 200 };
  const streams = { stdout: stream, stderr: stream };
  const terminal = createTerminal({ ...streams, env: {}, color: false, quiet: false });

  async function table(lease: Partial<ListedLease>): Promise<string> {
    const ref = 'refs/lazyspec/leases/rfc/RFC-001';
    const times = { acquired: '2026-05-11T11:59:00Z', expires: '2026-05-11T13:00:00Z' };
    const whole = {
      ref,
      id: 'RFC-001',
      agent: 'ada',
      ...times,
      state: 'live',
      mine: false,
    } as const;
    const lines = leaseLines([{ ...whole, ...lease }], NOW, terminal, await terminal.paint());
    return lines.join('\n');
  }

  it('has a line for each lease, below a header', async () => {
    expect((await table({ note: 'a palette' })).split('\n')).toEqual([
      'DOCUMENT  HOLDER  CLAIMED    EXPIRES  NOTE',
      'RFC-001   ada     1 min ago  in 1 h   a palette',
    ]);
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
