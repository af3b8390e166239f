/**
 * Which characters show what they are. The others steer a terminal, turn the direction of text
 * around, or show nothing at all, so that two names look like one.
 */

// Controls, format characters, lone surrogates, line and paragraph separators; and all that Unicode
// wants to show as nothing (Default_Ignorable_Code_Point: fillers, joiners, tags, selectors).
const INVISIBLE = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';
// A picture made of several (a family, a flag of two colours), as keyboards write it.
const PICTURE = '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier})?';
const JOINED = `${PICTURE}(?:\\u200d${PICTURE})*`;

/** A picture, which stays, or a character that has to go. */
const PICTURE_OR_INVISIBLE = new RegExp(`(${JOINED})|${INVISIBLE}`, 'gu');
/** Marks that pile up over the lines above and below; no script needs as many on one letter. */
const PILE = /(\p{M}{8})\p{M}+/gu;

/** A text without the characters that do not show, and without piles of marks. */
export function visible(text: string): string {
  return text.replace(PICTURE_OR_INVISIBLE, (_, picture = '') => picture).replace(PILE, '$1');
}

/** One line of it: tabs and newlines become spaces. */
export function visibleLine(text: string): string {
  return visible(text.replace(/[\t\r\n]+/g, ' '));
}

/** The same, with an end: what people are told in a lease has to leave room for the rest. */
export function shortLine(text: string, longest: number): string {
  return [...visibleLine(text.slice(0, 4 * longest))].slice(0, longest).join('');
}

/** A text in which each of them is replaced by what `written` makes of it; no mark is taken away. */
export function escapeInvisible(text: string, written: (character: string) => string): string {
  return text.replace(
    PICTURE_OR_INVISIBLE,
    (character, picture?: string) => picture ?? written(character),
  );
}

/** Whether a text is what it looks like. */
export function isVisible(text: string): boolean {
  return visible(text) === text;
}

/** A longer list fills a screen, or an agent's whole context. */
export const MOST_SHOWN = 20;

/**
 * The first of a list, as lines, and a count of the others.
 * @param lines the lines of one
 * @param all what lists all of them
 */
export function firstLines<T>(
  list: readonly T[],
  lines: (one: T) => string | readonly string[],
  all?: string,
): string[] {
  const more = list.length - MOST_SHOWN;
  const shown = list.slice(0, MOST_SHOWN).flatMap(lines);
  return more > 0 ? [...shown, `… and ${more} more${all ? `; ${all} lists all` : ''}`] : shown;
}
