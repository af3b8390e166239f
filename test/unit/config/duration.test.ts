import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from '../../../src/config/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['60m', 3600],
    ['24h', 86_400],
    ['0s', 0],
    ['007m', 420],
    ['87600h', 315_360_000],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '5', 'm', '-5m', '+5m', 'abc', '1.5h', '5 m', '5M', '1h30m', '5m\n', '٣m', '1e3s'])(
    'refuses %j and says what is allowed',
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `${JSON.stringify(text)} is not a duration`,
          remedy: expect.stringContaining('a whole number followed by s, m or h'),
        }),
      );
    },
  );

  it.each(['87601h', '315360001s', `${'9'.repeat(400)}h`])('refuses %s as too long', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('at most 10 years') }),
    );
  });

  it('tells days in hours', () => {
    expect(() => parseDuration('10d')).toThrow(expect.objectContaining({ remedy: 'Write 240h.' }));
    expect(() => parseDuration('99999d')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('at most 10 years') }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [90, '90s'],
    [3600, '1h'],
    [5400, '90m'],
    [86_400, '24h'],
    [3601, '3601s'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
    expect(parseDuration(text)).toBe(seconds);
  });
});
