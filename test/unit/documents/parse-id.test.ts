import { describe, expect, it } from '@jest/globals';
import { assertSafeId, parseId } from '../../../src/documents/parse-id.ts';
import { CONVENTION, RFC, STORY } from './document-type.ts';

const TYPES = [RFC, CONVENTION, { ...STORY, store: 'github-issues' }];

describe('parseId', () => {
  it.each([
    ['RFC-001', 'RFC-001', 'rfc'],
    ['rfc-1', 'RFC-1', 'rfc'],
    ['RFC-001-some-title.md', 'RFC-001', 'rfc'],
    ['CONVENTION', 'CONVENTION', 'convention'],
    ['convention', 'CONVENTION', 'convention'],
    ['CONVENTION.md', 'CONVENTION', 'convention'],
    ['story-12', 'STORY-12', 'story'],
  ])('reads %s as %s', (text, id, type) => {
    expect(parseId(text, TYPES)).toEqual({ id, type });
  });

  it.each([
    'UNKNOWN-001',
    'RFC',
    'RFC-',
    'RFC-abc',
    'RFC-1 2',
    '',
    '-1',
    '--help',
    'RFC-001-x/notes.md',
  ])('finds no document in %j', (text) => {
    expect(parseId(text, TYPES)).toBeUndefined();
  });
});

describe('assertSafeId', () => {
  it.each(['RFC-001', 'CONVENTION', 'RFC-12a'])('lets %s pass', (text) => {
    expect(() => assertSafeId(text)).not.toThrow();
  });

  it.each([
    ['', 'is empty'],
    ['A-..1', '".."'],
    ['A-@{1', '"@{"'],
    ['A-1.lock', '.lock'],
    ['A-1.', 'ends with'],
    ['.A-1', 'starts with "."'],
    ['-A-1', 'starts with "-"'],
    ['A-1\u0007', 'control'],
    ['A-1\u007f', 'control'],
    ['A 1', 'space'],
    ['A/1', '/'],
    ['A\\1', '\\'],
    ['A:1', ':'],
    ['A*1', '*'],
    ['A?1', '?'],
    ['A[1', '['],
    ['A~1', '~'],
    ['A^1', '^'],
    [`A-${'1'.repeat(199)}`, 'longer than 200'],
  ])('refuses %j', (text, said) => {
    expect(() => assertSafeId(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(said) }),
    );
  });
});
