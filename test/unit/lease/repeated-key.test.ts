import { describe, expect, it } from '@jest/globals';
import { hasRepeatedKey } from '../../../src/lease/repeated-key.ts';

describe('a key that is there twice', () => {
  it.each([
    '{"agent":"a","agent":"b"}',
    '{"agent":"a","\\u0061gent":"b"}',
    '{"a":{"x":[1,{"y":2}]},"b":"}{","a":1}',
    '{"__proto__":1,"__proto__":2}',
  ])('is found in %s', (text) => {
    expect(hasRepeatedKey(text)).toBe(true);
  });

  it.each([
    '{}',
    '{"a":1,"b":{"a":2,"b":[{"a":3},{"a":4}]}}',
    '{"a":"a","b":"\\"a\\":","c":"a"}',
    '{"a":{"x":1,"x":2}}',
  ])('is not seen in %s', (text) => {
    expect(hasRepeatedKey(text)).toBe(false);
  });
});
