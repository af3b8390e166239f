/** Texts that would steer a terminal, hide, or look like what they are not. */

export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  'a CSI sequence': 'a\u001b[2J\u001b[1;31mred',
  'a window title': 'a\u001b]0;owned\u0007',
  'a hyperlink (OSC 8)': '\u001b]8;;https://evil.invalid\u001b\\click\u001b]8;;\u001b\\',
  'a clipboard write (OSC 52)': '\u001b]52;c;ZXZpbA==\u0007',
  'C1 controls': 'a\u009b2J\u009d0;x\u009c\u0090q\u0085',
  'a device query': '\u001b[6n\u001b[c\u0005',
  backspaces: 'agent-b\b\b\b\b\b\b\bagent-a',
  'a carriage return': 'agent-b\ragent-a',
  newlines: 'a\nClaimed RFC-001 (agent=agent-a)\r\nb',
  'a NUL': 'a\u0000b',
  'a right-to-left override': 'a\u202eb-tnega',
  'bidi embeddings': '\u202aa\u202bb\u202cc\u202dd',
  'bidi isolates': '\u2066a\u2067b\u2068c\u2069d',
  'direction marks': 'a\u200eb\u200fc\u061cd',
  'zero-width characters': 'agent\u200b-\u200c\u200da\u2060',
  'a byte order mark': '\ufeffagent-a',
  'tag characters': 'agent-a\u{e0001}\u{e0061}\u{e0062}\u{e007f}',
  'variation selectors': 'agent-a\ufe00\ufe0e\u{e0100}\u180b',
  'line separators': 'a\u2028b\u2029c',
  'lone surrogates': 'a\ud800b\udfffc',
  'invisible letters': 'a\u3164b\u115f\u1160\uffa0\u00ad\u034f',
  'annotation characters': 'a\ufff9b\ufffac\ufffbd',
  'a stack of accents': `a${'\u0301\u0323'.repeat(300)}`,
};

/**
 * What must never reach a terminal: controls, format characters, characters that show nothing.
 * Written down apart from src/visible-text.ts, so that neither can be wrong alone.
 */
const STEERS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** What of a text would steer or deceive a terminal, as escapes; [] where nothing does. */
export function steering(text: string): string[] {
  // A picture of several joined ones is a picture.
  const rest = text.replace(
    /(?<=\p{Extended_Pictographic})\u200d(?=\p{Extended_Pictographic})/gu,
    '',
  );
  const found = rest.match(STEERS) ?? [];
  const zalgo = /\p{M}{9}/u.test(text) ? ['a stack of marks'] : [];
  return [...new Set(found.map((one) => `U+${one.codePointAt(0)?.toString(16)}`)), ...zalgo];
}
