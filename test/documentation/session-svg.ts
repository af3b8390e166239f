/**
 * A session at a terminal as a picture: the same text, in the colours that the terminal showed. Light
 * or dark as the reader has it; where that is not known it is readable on both.
 */
import type { Played } from './play.ts';

const ADVANCE = 8.4;
const LINE = 20;
const MARGIN = 16;
const BAR = 34;

/** What our programs ask of a terminal: SGR code → the class that is put on, and what ends it. */
const STYLES: Record<string, string> = { 1: 'b', 2: 'd', 31: 'r', 32: 'g', 33: 'y', 36: 'c' };
const ENDS: Record<string, string> = { 22: 'bd', 39: 'rgyc', 0: 'bdrgyc', '': 'bdrgyc' };

const ESCAPE = String.fromCharCode(27);
const SGR = new RegExp(`(${ESCAPE}\\[[\\d;]*m|\n)`);
const SGR_ALONE = new RegExp(`^${ESCAPE}\\[([\\d;]*)m$`);

const CSS = `
    .w { fill: #f6f8fa; stroke: #d0d7de }
    text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
    text { font-size: 14px; white-space: pre; fill: #1f2328 }
    .b, .p { font-weight: bold } .d { fill: #656d76 } .p { fill: #8250df }
    .r { fill: #cf222e } .g { fill: #1a7f37 } .y { fill: #9a6700 } .c { fill: #0969da }
    @media (prefers-color-scheme: dark) {
      .w { fill: #0d1117; stroke: #30363d }
      text { fill: #e6edf3 } .d { fill: #8d96a0 } .p { fill: #d2a8ff }
      .r { fill: #ff7b72 } .g { fill: #3fb950 } .y { fill: #d29922 } .c { fill: #79c0ff }
    }`;

export function sessionSvg(played: readonly Played[]): string {
  const lines = played.flatMap(({ who, command, screen }, index) => [
    ...(index > 0 ? [''] : []),
    `<tspan class="p">${escaped(who)}$</tspan> <tspan class="b">${escaped(command)}</tspan>`,
    ...painted(screen.replaceAll('\r\n', '\n').trimEnd()).split('\n').filter(Boolean),
  ]);
  const longest = Math.max(...lines.map((line) => unmarked(line).length));
  const width = Math.ceil(longest * ADVANCE) + 2 * MARGIN;
  const height = BAR + lines.length * LINE + MARGIN;
  const rows = lines.map((line, row) =>
    line
      ? `  <text x="${MARGIN}" y="${BAR + row * LINE + 14}" xml:space="preserve">${line}</text>`
      : '',
  );
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `  <circle cx="${20 + index * 18}" cy="17" r="5" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>A session at a terminal, played by npm run docs; the README has it as text</title>
  <style>${CSS}
  </style>
  <rect class="w" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${[...dots, ...rows.filter(Boolean)].join('\n')}
</svg>
`;
}

/** Text with what steers the terminal made into spans, none of which goes over the end of a line. */
function painted(text: string): string {
  let on = '';
  return text
    .split(SGR)
    .map((part) => {
      const [, code] = SGR_ALONE.exec(part) ?? [];
      if (code === undefined) return part.trim() && on ? span(on, part) : escaped(part);
      const style = STYLES[code];
      if (style !== undefined) on += style;
      else on = [...on].filter((one) => !ENDS[code]?.includes(one)).join('');
      return '';
    })
    .join('');
}

function span(styles: string, text: string): string {
  return `<tspan class="${[...styles].join(' ')}">${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unmarked(line: string): string {
  return line.replace(/<[^>]+>/g, '').replace(/&\w+;/g, '.');
}
