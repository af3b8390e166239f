/**
 * What a person sees, of the real programs on terminals of 80 and of 200 columns, with colour and without:
 * it fits, only colours are used that can be read on light and on dark, and none of them alone tells
 * anything.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import displayWidth from 'string-width';
import { hooksProgram } from '../../../src/cli/hooks-program.ts';
import { leaseProgram } from '../../../src/cli/lease-program.ts';
import { leaseOf, plant } from '../../helpers/leases.ts';
import { HAS_PSEUDO_TERMINALS, PseudoTerminal } from '../../helpers/pseudo-terminal.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { HOOKS, LEASE, Sandbox } from '../../helpers/sandbox.ts';

const ESCAPE = '\u001b';
/** Bold, dim, and the dark red, green, yellow and cyan of the reader's own theme; and what ends each. */
const READABLE = new Set([1, 2, 22, 31, 32, 33, 36, 39]);
const SGR = new RegExp(`${ESCAPE}\\[([\\d;]*)m`, 'g');

/** What is shown in place while something takes its time, and taken away again. */
const PROGRESS = new RegExp(`\\r${ESCAPE}\\[K([^\\r\\n]*…)?`, 'g');

const COLUMNS = [80, 200];

const describeThere = HAS_PSEUDO_TERMINALS ? describe : describe.skip;

describeThere('on a terminal', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0 });
    await clone.lease(['claim', 'RFC-001', '--note', 'mine']);
    const ref = (name: string) => `refs/lazyspec/leases/${name}`;
    const wide = {
      ...leaseOf('エージェント🦊', 60),
      note: `書き直し中 ${'🙂 many words '.repeat(20)}`,
    };
    await plant(sandbox, { ref: ref('rfc/RFC-002'), content: wide });
    await plant(sandbox, { ref: ref('story/STORY-042'), content: leaseOf('agent-b', 8_000) });
    await plant(sandbox, { ref: ref('story/STORY-043'), content: 'nonsense' });
    await plant(sandbox, {
      ref: ref(`rfc/RFC-${'9'.repeat(60)}`),
      content: leaseOf('x'.repeat(90)),
    });
    clone.write({ 'docs/rfcs/RFC-002-another.md': '# Changed\n' });
    await clone.git('add', '--all');
  });
  afterAll(() => sandbox.dispose());

  async function seen(columns: number, command: string[], env: Record<string, string> = {}) {
    const terminal = new PseudoTerminal(command, {
      cwd: clone.path,
      env: { ...sandbox.env, LANG: 'C.UTF-8', ...env },
      columns,
    });
    await terminal.ended;
    return terminal.written.replaceAll('\r\n', '\n').replace(PROGRESS, '');
  }

  /** Times go on between two looks. */
  const timeless = (text: string) =>
    text
      .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'then')
      .replace(/(in )?\d+ (s|min|h)( \d+ min)?( ago)?|now/g, 'a while')
      .replace(/from [\d:]+Z( by observation)?/g, 'from then')
      .replace(/ +/g, ' ');

  const tooWide = (text: string, columns: number) =>
    text.split('\n').filter((line) => displayWidth(line) > columns);

  const cases: [string, string[]][] = [
    ['a commit that is refused', ['git', 'commit', '-m', 'x']],
    ['a claim that is refused', [process.execPath, LEASE, 'claim', 'RFC-002']],
    [
      'a gate that refuses several',
      [process.execPath, LEASE, 'gate', 'RFC-002', 'STORY-042', 'STORY-043'],
    ],
    ['the leases', [process.execPath, LEASE, 'leases']],
    ['a lease', [process.execPath, LEASE, 'show', 'RFC-002']],
    ['an error code', [process.execPath, LEASE, 'explain', 'LEASE_LOST']],
    ['a slip', [process.execPath, LEASE, 'clam']],
    ['a plan', [process.execPath, HOOKS, 'uninstall', '--dry-run']],
    ['doctor', [process.execPath, HOOKS, 'doctor']],
  ];

  it.each(cases)(
    '%s: colours tell nothing by themselves, and can be read on any ground',
    async (_, command) => {
      const plain = await seen(80, command, { NO_COLOR: '1', LANG: 'C' });
      expect(plain).not.toMatch(SGR);
      expect(plain.trim()).not.toBe('');
      const coloured = await seen(80, command);
      const used = [...coloured.matchAll(SGR)].flatMap(([, codes = '']) =>
        codes.split(';').map(Number),
      );
      expect(used.filter((code) => !READABLE.has(code))).toEqual([]);
      const asAscii = coloured.replace(SGR, '').replaceAll('█', '#').replaceAll('░', '.');
      expect(timeless(asAscii)).toBe(timeless(plain));
    },
  );

  it.each(COLUMNS)(
    'the table of leases fits %d columns, and says all in words',
    async (columns) => {
      const text = (await seen(columns, [process.execPath, LEASE, 'leases'])).replace(SGR, '');
      expect(tooWide(text, columns)).toEqual([]);
      const [, first = ''] = text.split('\n');
      expect(first).toMatch(/^RFC-001 +agent-a \(you\) /);
      expect(text).toMatch(/^STORY-042 +agent-b .* expired 1 h 13 min/m);
      expect(text).toMatch(/^STORY-043 +\? .* malformed /m);
      expect(text).toMatch(/^RFC-002 +エージェント(🦊|…) .*書き直し.*…$/m);
      if (columns === 200) expect(text).toContain('many words');
    },
  );

  describe.each([
    ['lazyspec-lease', LEASE, leaseProgram],
    ['lazyspec-hooks', HOOKS, hooksProgram()],
  ])('the help of %s', (_name, path, program: Command) => {
    const names = ['', ...program.commands.map((command) => command.name())];
    it.each(names)("fits 80 columns, but for what is to be pasted: '%s'", async (name) => {
      const args = name ? [name, '--help'] : ['--help'];
      const text = await seen(80, [process.execPath, path, ...args]);
      expect(text).toContain('Usage:');
      expect(text).toContain('Examples:');
      expect(tooWide(text, 80).filter((line) => !/^ +(\$ |npx )/.test(line))).toEqual([]);
    });
  });
});
