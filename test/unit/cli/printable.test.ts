import { describe, expect, it } from '@jest/globals';
import { printable, printableJson } from '../../../src/cli/printable.ts';

describe('printable', () => {
  it('leaves ordinary text of any script alone', () => {
    const text = 'Zoë, 仕様, 😀 👩‍💻, עברית — "quoted" \\ backslash';
    expect(printable(text)).toBe(text);
  });

  it.each([
    ['NUL', '\u0000'],
    ['bell', '\u0007'],
    ['backspace', '\u0008'],
    ['escape', '\u001b'],
    ['DEL', '\u007f'],
    ['C1 control sequence introducer', '\u009b'],
    ['C1 operating system command', '\u009d'],
    ['Arabic letter mark', '\u061c'],
    ['left-to-right mark', '\u200e'],
    ['right-to-left mark', '\u200f'],
    ['left-to-right embedding', '\u202a'],
    ['right-to-left embedding', '\u202b'],
    ['pop directional formatting', '\u202c'],
    ['left-to-right override', '\u202d'],
    ['right-to-left override', '\u202e'],
    ['left-to-right isolate', '\u2066'],
    ['right-to-left isolate', '\u2067'],
    ['first strong isolate', '\u2068'],
    ['pop directional isolate', '\u2069'],
  ])('removes the %s', (_name, character) => {
    expect(printable(`a${character}b`)).toBe('ab');
  });

  it('takes the power from an escape sequence', () => {
    expect(printable('\u001b[31mred\u001b[0m')).toBe('[31mred[0m');
    expect(printable('\u001b]0;title\u0007')).toBe(']0;title');
  });

  it('makes one line of several', () => {
    expect(printable('a\r\n\tb\nc\rd')).toBe('a b c d');
  });
});

describe('printableJson', () => {
  const HOSTILE = { 'na\u202eme': 'a\u001b[31m\u009b\u007f\u200f\n\tb\u2069', list: ['\u0000'] };

  it('reads back as the same value', () => {
    expect(JSON.parse(printableJson(HOSTILE))).toEqual(HOSTILE);
  });

  it('holds no character that steers a terminal, but the newlines of its layout', () => {
    const text = printableJson(HOSTILE);
    expect(text.split('\n').map(printable).join('\n')).toBe(text);
    expect(text).toContain('\\u202e');
    expect(text).toContain('\\u009b');
  });

  it('is laid out for people', () => {
    expect(printableJson({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  });
});
