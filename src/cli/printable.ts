/** Text from outside (agent names, notes, git's own words) made safe for a terminal. */
import { escapeInvisible, visibleLine } from '../visible-text.ts';

/** One line: tabs and newlines become spaces, everything else that steers a terminal goes. */
export function printable(text: string): string {
  return visibleLine(text);
}

/** JSON in which no character steers a terminal; it reads back as the same value. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return escapeInvisible(escapePiles(text), (character) =>
    character === '\n' ? '\n' : escaped(character),
  );
}

/** Marks beyond the eighth on one letter. */
function escapePiles(text: string): string {
  return text.replace(/(?<=\p{M}{8})\p{M}/gu, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
