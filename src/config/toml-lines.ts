import { dottedKey, type KeyPath } from './problem.ts';

const BARE = '[A-Za-z0-9_-]+';
const HEADER = new RegExp(`^\\s*(\\[\\[?)\\s*(${BARE})\\s*\\]\\]?\\s*(#.*)?$`);
const KEY = new RegExp(`^\\s*(${BARE})\\s*=`);

/**
 * Lines of the plain `[table]`, `[[table]]` and `key =` of a TOML text, by dotted key; the parser
 * tells none for values that it could read.
 *
 * Other spellings (dotted or quoted keys, inline tables) are left out rather than guessed. So is
 * everything where a string or an inline table over several lines may hold what looks like a key.
 */
export function tomlLines(source: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  if (/"""|'''|\{[^}\n]*$/m.test(source)) return lines;
  const lengths = new Map<string, number>();
  const note = (path: KeyPath, line: number) => {
    const key = dottedKey(path);
    if (!lines.has(key)) lines.set(key, line);
  };

  let table: KeyPath | undefined = [];
  for (const [index, text] of source.split('\n').entries()) {
    const [, bracket, name] = HEADER.exec(text) ?? [];
    const [, key] = KEY.exec(text) ?? [];
    if (name !== undefined) {
      note([name], index + 1);
      const length = lengths.get(name) ?? 0;
      lengths.set(name, length + 1);
      table = bracket === '[[' ? [name, length] : [name];
      note(table, index + 1);
    } else if (/^\s*\[/.test(text)) {
      table = undefined;
    } else if (key !== undefined && table !== undefined) {
      note([...table, key], index + 1);
    }
  }
  return lines;
}

/** The line of a key, or of the list that it is an element of. */
export function lineOf(lines: ReadonlyMap<string, number>, path: KeyPath): number | undefined {
  const exact = lines.get(dottedKey(path));
  const isElement = typeof path.at(-1) === 'number';
  return exact ?? (isElement ? lines.get(dottedKey(path.slice(0, -1))) : undefined);
}
