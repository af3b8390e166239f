import { describe, expect, it } from '@jest/globals';
import { matchKey, patternProblem } from '../../../src/documents/match.ts';
import { RFC } from './document-type.ts';

function keyOfFile(pattern: string, name: string): string | undefined {
  return matchKey({ ...RFC, match: [pattern] }, name, false);
}

function keyOfFolder(pattern: string, name: string): string | undefined {
  return matchKey({ ...RFC, match: [pattern] }, name, true);
}

describe('matchKey', () => {
  it.each([
    ['{n:04}-{title}.md', '0001-use-it.md', '0001'],
    ['{n:04}-{title}.md', '7-use-it.md', '7'],
    ['{n}.md', '12.md', '12'],
    ['{n}', '12.md', '12'],
    ['{title}-{n}', 'use-it-12.md', '12'],
    ['{n}-{title}', '0001-a.b.md', '0001'],
    ['{date}-{n}-{title}.md', '2026-03-04-12-a.md', '12'],
    ['{type}{n}.md', 'rFc12.md', '12'],
    ['{n}-{title}.draft.md', '3-a.draft.md', '3'],
  ])('reads by %s of the file %s the key %s', (pattern, name, key) => {
    expect(keyOfFile(pattern, name)).toBe(key);
  });

  it.each([
    ['{n:04}-{title}.md', '0008-badge.png', 'another extension'],
    ['{n:04}-{title}.md', '0008-badge', 'no extension'],
    ['{n:04}-{title}.md', '0008-.md', 'no title'],
    ['{n:04}-{title}.md', '0008.md', 'no dash'],
    ['{n:04}-{title}.md', 'x0008-a.md', 'something before'],
    ['{n:04}-{title}.md', '٣-a.md', 'digits that are not ASCII'],
    ['{date}-{n}', '2026-3-4-12', 'a date of another form'],
    ['{n}.a+b', '1.aab', 'text that would fit as a regular expression'],
    ['{n}_{title}', '1-a', 'other text between'],
  ])('does not fit %s to the file %s: %s', (pattern, name) => {
    expect(keyOfFile(pattern, name)).toBeUndefined();
  });

  it("does not ask a folder for the pattern's extension", () => {
    expect(keyOfFolder('{n:04}-{title}.md', '0042-a-title')).toBe('0042');
    expect(keyOfFolder('{n:04}.md', '0042')).toBe('0042');
    expect(keyOfFolder('{n:04}', '0042.x')).toBeUndefined();
  });

  it('tries several patterns in order', () => {
    const type = { ...RFC, match: ['{n}-{title}.md', 'v{n}.txt'] };
    expect(matchKey(type, 'v3.txt', false)).toBe('3');
  });

  it.each(['{title}-{n}', '{title}1{n}', '{n}-{title}-x'])(
    'is done soon with a long name that almost fits %s',
    (pattern) => {
      const start = performance.now();
      keyOfFile(pattern, `${'1-'.repeat(2000)}!`);
      keyOfFile(pattern, `${'1'.repeat(4000)}!`);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );
});

describe('patternProblem', () => {
  it.each(['{n}', '{n:04}-{title}.md', '{type}-{n}', '{date}.{n}'])('accepts %s', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each([
    ['{n}-{slug}', '{slug}'],
    ['{n:x}', '{n:x}'],
    ['{n}-{}', '{}'],
    ['{n}-{title', 'not closed'],
    ['a/{n}', 'slash'],
    ['{title}', '{n} is missing'],
    ['{n}-{n}', 'only once'],
    ['{title}{n}', 'between'],
  ])('refuses %s and names %s', (pattern, said) => {
    expect(patternProblem(pattern)).toContain(said);
  });
});
