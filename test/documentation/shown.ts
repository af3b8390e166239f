/** What a terminal shows, so that two sessions at different times can be compared. */
import { stripVTControlCharacters } from 'node:util';

/** Text without what steers the terminal. */
export function screenText(written: string): string {
  return stripVTControlCharacters(written).replaceAll('\r\n', '\n');
}

/** What differs from one session to the next, and from one machine to another. */
const DIFFERENT: readonly [pattern: RegExp, name: string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>'],
  [/\b\d\d:\d\dZ/g, '<hour>'],
  [/\b\d+ (?:s|sec|min|h)\b(?: \d+ (?:s|min))?/g, '<span>'],
  [/<span> ago|\bnow\b/g, '<when>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<session>'],
  [/\b[\da-f]{7,64}\b/g, '<commit>'],
  [/ is on \S+,/g, ' is on <host>,'],
  [/[█░]+/g, '<bar>'],
  [/ +/g, ' '],
];

/** The lines of a text, with names in the place of what differs. */
export function comparable(text: string): string[] {
  const named = DIFFERENT.reduce((all, [pattern, name]) => all.replace(pattern, name), text);
  return named
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean);
}

/** What a page leaves out is left out of what was shown: from where it has a line `…` to its next. */
export function withoutElided(shown: readonly string[], told: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const [index, line] of told.entries()) {
    if (line.trim() !== '…') {
      result.push(...shown.slice(at, at + 1));
      at++;
      continue;
    }
    const next = told[index + 1];
    const found = next === undefined ? shown.length : shown.indexOf(next, at);
    if (found === -1) break;
    result.push(line);
    at = found;
  }
  return [...result, ...shown.slice(at)];
}
