import { describe, expect, it } from '@jest/globals';
import { combined, refused } from '../../../src/server/refused.ts';

const because = (message: string) =>
  refused(message, { details: ['a detail'], remedy: 'Mend it.' });

describe('what is refused in one push', () => {
  it('is told as it is, where it is one thing', () => {
    const one = because('one');
    expect(combined([one])).toBe(one);
  });

  it('is told line by line, with what mends each', () => {
    const remedies = [{ label: 'claim it', command: 'lazyspec-lease claim RFC-001' }];
    const { message, details } = combined([because('one'), refused('two', { remedies })]);
    expect(message).toBe('this push was refused for 2 reasons');
    expect(details).toEqual([
      '- one',
      'a detail',
      'Mend it.',
      '- two',
      'claim it: lazyspec-lease claim RFC-001',
    ]);
  });

  it('is told in part where it is very much', () => {
    const { message, details } = combined(Array.from({ length: 5_000 }, () => because('one')));
    expect(message).toBe('this push was refused for 5000 reasons');
    expect(details).toHaveLength(61);
    expect(details.at(-1)).toBe('… and 4980 more');
  });
});
