/** What the generated parts are made of. */

/** A table of GitHub's Markdown; what is in its cells is Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** Plain words, with values, placeholders, options and variables shown as code. */
export function words(text: string): string {
  return text.replace(/"[^"]+"|<[^>]+>|(?<!\S)--[a-z-]+|\$[A-Z_]+/g, code);
}
