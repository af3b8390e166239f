import displayWidth from 'string-width';

interface Row {
  cells: string[];
  paint: (text: string) => string;
}

const GAP = '  ';

/** Of every column but the last: one long name must not push the others out of sight. */
const WIDEST = 40;
/** More of a cell is on no terminal; measuring all of it would take its time. */
const LONGEST = 1_000;

/** Aligned columns; the last one is cut where the line would be wider than the terminal. */
export function tableLines(
  header: readonly string[],
  rows: readonly Row[],
  columns: number,
  headerPaint: (text: string) => string,
): string[] {
  const fitting = (cells: readonly string[]) =>
    cells.map((cell, index) => {
      const last = index === header.length - 1;
      return cut(cell.slice(0, LONGEST), last ? columns : WIDEST);
    });
  const body = rows.map(({ cells, paint }) => ({ cells: fitting(cells), paint }));
  const all = [header, ...body.map(({ cells }) => cells)];
  const widths = header.map((_, index) =>
    Math.max(...all.map((cells) => displayWidth(cells[index] ?? ''))),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, index) => {
      const last = index === cells.length - 1;
      return last ? cell : cell + ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
    });
    return cut(padded.join(GAP).trimEnd(), columns);
  };
  return [headerPaint(line(header)), ...body.map(({ cells, paint }) => paint(line(cells)))];
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
