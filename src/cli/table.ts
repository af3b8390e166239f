import displayWidth from 'string-width';

interface Row {
  cells: string[];
  paint: (text: string) => string;
}

const GAP = '  ';

/** Aligned columns; the last one is cut where the line would be wider than the terminal. */
export function tableLines(
  header: readonly string[],
  rows: readonly Row[],
  columns: number,
  headerPaint: (text: string) => string,
): string[] {
  const all = [header, ...rows.map(({ cells }) => cells)];
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
  return [headerPaint(line(header)), ...rows.map(({ cells, paint }) => paint(line(cells)))];
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
