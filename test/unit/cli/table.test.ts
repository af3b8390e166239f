import { describe, expect, it } from '@jest/globals';
import { tableLines } from '../../../src/cli/table.ts';

const plain = (text: string) => text;
const table = (header: string[], rows: string[][], columns = 80) =>
  tableLines(
    header,
    rows.map((cells) => ({ cells, paint: plain })),
    columns,
    plain,
  );

describe('tableLines', () => {
  it('aligns every column but the last with the widest of its cells', () => {
    expect(
      table(
        ['ID', 'HOLDER', 'NOTE'],
        [
          ['RFC-001', 'a', 'why'],
          ['X', 'agent-b', 'x'],
        ],
      ),
    ).toEqual(['ID       HOLDER   NOTE', 'RFC-001  a        why', 'X        agent-b  x']);
  });

  it('measures what a terminal shows, not characters', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['仕様', 'x'],
          ['😀', 'y'],
          ['e\u0301', 'z'],
        ],
      ),
    ).toEqual(['A     B', '仕様  x', '😀    y', 'e\u0301     z']);
  });

  it('leaves no blanks at the end of a line', () => {
    expect(table(['A', 'NOTE'], [['x', '']])).toEqual(['A  NOTE', 'x']);
  });

  it('fills the terminal to its last column, and cuts what would go beyond', () => {
    const [, fits] = table(['A', 'B'], [['x', '1234567']], 10);
    expect(fits).toBe('x  1234567');
    const [, cut] = table(['A', 'B'], [['x', '12345678']], 10);
    expect(cut).toBe('x  123456…');
  });

  it('never cuts a wide character in two', () => {
    const [, odd] = table(['A', 'B'], [['x', '仕様仕様']], 9);
    expect(odd).toBe('x  仕様…');
  });

  it('cuts before it paints, so that no colour is left open', () => {
    const red = (text: string) => `<red>${text}</red>`;
    const dim = (text: string) => `<dim>${text}</dim>`;
    const lines = tableLines(['A', 'B'], [{ cells: ['x', '12345678'], paint: red }], 10, dim);
    expect(lines).toEqual(['<dim>A  B</dim>', '<red>x  123456…</red>']);
  });

  it('is a header alone where there are no rows', () => {
    expect(table(['A', 'B'], [])).toEqual(['A  B']);
  });
});
