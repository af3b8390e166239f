import { describe, expect, it } from '@jest/globals';
import { isVisible, shortLine, visible, visibleLine } from '../../src/visible-text.ts';
import { HOSTILE_TEXTS, steering } from '../helpers/hostile-text.ts';

describe('visible text', () => {
  it.each([
    'Zoë, 仕様, עברית, हिन्दी, "quoted" \\ backslash',
    'agent-7 😀 👩‍💻 👩🏽‍🚀 🏳️‍🌈 ❤️',
    'Cthulhu fhtagn e\u0301\u0323\u0302',
  ])('is left alone: %s', (text) => {
    expect(visible(text)).toBe(text);
    expect(isVisible(text)).toBe(true);
  });

  it.each(Object.entries(HOSTILE_TEXTS))('does not hold %s', (_, text) => {
    expect(isVisible(text)).toBe(false);
    expect(steering(visibleLine(text))).toEqual([]);
    expect(isVisible(visibleLine(text))).toBe(true);
  });

  it('joins pictures only, and nothing else', () => {
    expect(visible('a\u200db')).toBe('ab');
    expect(visible('\u200d😀\u200d')).toBe('😀');
    expect(visible('1\ufe0f')).toBe('1');
  });

  it('has an end, and never half a character there', () => {
    expect(shortLine('a\n😀😀😀', 3)).toBe('a 😀');
    expect(shortLine('\u200b'.repeat(100), 3)).toBe('');
  });
});
