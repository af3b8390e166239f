import { describe, expect, it } from '@jest/globals';
import { kindOf, parseUpdates } from '../../../src/server/updates.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const NONE = '0'.repeat(40);

describe('what git says of a push', () => {
  it('is read line by line: made, moved, deleted', () => {
    const text = `${NONE} ${A} refs/heads/new\n${A} ${B} refs/heads/ä b\n${B} ${NONE} refs/tags/x\n`;
    expect(parseUpdates(text)).toEqual([
      { ref: 'refs/heads/new', old: undefined, next: A },
      { ref: 'refs/heads/ä b', old: A, next: B },
      { ref: 'refs/tags/x', old: B, next: undefined },
    ]);
  });

  it('may have ids of 64 digits', () => {
    const [long, none] = ['c'.repeat(64), '0'.repeat(64)];
    const [update] = parseUpdates(`${none} ${long} refs/heads/x\n`);
    expect(update).toEqual({ ref: 'refs/heads/x', old: undefined, next: long });
  });

  it.each([
    ['nothing', ''],
    ['no end', `${NONE} ${A} refs/heads/x`],
    ['an empty line', `${NONE} ${A} refs/heads/x\n\n`],
    ['no ref', `${NONE} ${A} \n`],
    ['a ref outside of refs/', `${NONE} ${A} HEAD\n`],
    ['from nothing to nothing', `${NONE} ${NONE} refs/heads/x\n`],
    ['a short id', `${NONE} abc refs/heads/x\n`],
    ['capitals', `${NONE} ${'A'.repeat(40)} refs/heads/x\n`],
    ['a ref twice', `${NONE} ${A} refs/heads/x\n${A} ${B} refs/heads/x\n`],
  ])('is refused where it is %s', (_, text) => {
    expect(() => parseUpdates(text)).toThrow('does not say which refs');
  });
});

describe('a ref', () => {
  it.each([
    ['refs/heads/main', 'branch'],
    ['refs/heads/refs/lazyspec/leases/rfc/RFC-001', 'branch'],
    ['refs/lazyspec/leases/rfc/RFC-001', 'lease'],
    ['refs/lazyspec/probe/0123456789abcdef01234567', 'probe'],
    ['refs/lazyspec/probe/0123456789abcdef01234567/x', 'reserved'],
    ['refs/lazyspec/probe/x', 'reserved'],
    ['refs/lazyspec/leases', 'reserved'],
    ['refs/lazyspec/anything', 'reserved'],
    ['refs/lazyspecs/x', 'other'],
    ['refs/tags/v1', 'other'],
  ])('%s is a %s', (ref, kind) => {
    expect(kindOf(ref)).toBe(kind);
  });
});
