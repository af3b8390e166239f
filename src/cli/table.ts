import displayWidth from 'string-width';

interface Row {
  cells: string[];
  paint: (text: string) => string;
}

const GAP = '  ';

/** Of every column but the last: one long name must not push the others out of sight. */
const WIDEST = 40;
/** How far a column is narrowed so that the others fit: names first, then what has its own length. */
const NARROWEST_NAME = 13;
const NARROWEST = 16;
/** What is left for the last column at least, where the others can be narrowed. */
const LAST = 10;
/** More of a cell is on no terminal; measuring all of it would take its time. */
const LONGEST = 1_000;

/**
 * Aligned columns; the last one is cut where the line would be wider than the terminal.
 * @param names how many of the columns, from the left, hold names of any length
 */
export function tableLines(
  header: readonly string[],
  rows: readonly Row[],
  columns: number,
  headerPaint: (text: string) => string,
  names = 0,
): string[] {
  const fitting = (cells: readonly string[]) =>
    cells.map((cell, index) => {
      const last = index === header.length - 1;
      return cut(cell.slice(0, LONGEST), last ? columns : WIDEST);
    });
  const body = rows.map(({ cells, paint }) => ({ cells: fitting(cells), paint }));
  const all = [header, ...body.map(({ cells }) => cells)];
  const widest = header.map((_, index) =>
    Math.max(...all.map((cells) => displayWidth(cells[index] ?? ''))),
  );
  const room = columns - GAP.length * widest.length - LAST;
  const widths = narrowed(
    narrowed(widest.slice(0, -1), room, names, NARROWEST_NAME),
    room,
    widest.length - 1,
    NARROWEST,
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((whole, index) => {
      if (index === cells.length - 1) return whole;
      const width = widths[index] ?? 0;
      const cell = cut(whole, width);
      return cell + ' '.repeat(width - displayWidth(cell));
    });
    return cut(padded.join(GAP).trimEnd(), columns);
  };
  return [headerPaint(line(header)), ...body.map(({ cells, paint }) => paint(line(cells)))];
}

/** Takes from the widest of the first ones, as long as all of them together are too wide. */
function narrowed(
  widths: readonly number[],
  room: number,
  first: number,
  narrowest: number,
): number[] {
  const narrow = [...widths];
  for (let over = narrow.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...narrow.slice(0, first));
    if (widest <= narrowest) break;
    narrow[narrow.slice(0, first).lastIndexOf(widest)] = widest - 1;
  }
  return narrow;
}

function cut(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  let kept = '';
  for (const character of line) {
    if (displayWidth(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
