import { describe, expect, it } from '@jest/globals';
import { isMove, isOurRef, isPlain, isWholeId } from '../../../src/git/nodegit-guards.ts';

const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(40)];
const REF = 'refs/lazyspec/leases/rfc/RFC-001';

describe('what reaches nodegit', () => {
  it('is a whole SHA-1 id, not one that it would pad, cut or take for another', () => {
    expect(isWholeId(ONE)).toBe(true);
    const wrong = [
      ...[
        undefined,
        null,
        1,
        {},
        '',
        ONE.slice(1),
        `${ONE}1`,
        'x'.repeat(40),
        ONE.replace('1', 'A'),
      ],
      ...['0'.repeat(40), '1'.repeat(64), `${ONE}\0`, `${ONE}\n`, ` ${ONE}`.slice(0, 40)],
    ];
    expect(wrong.filter(isWholeId)).toEqual([]);
  });

  it('is a ref of ours that git would take, too', () => {
    const right = [REF, 'refs/lazyspec/probe/1234', 'refs/lazyspec/leases/rfc/ÜBER-1'];
    expect(right.filter((name) => !isOurRef(name))).toEqual([]);
    const wrong = [
      ...[undefined, '', 'HEAD', 'refs/heads/main', 'refs/worktree/lazyspec', 'refs/lazyspec'],
      ...['refs/lazyspec/', 'refs/lazyspec//a', 'refs/lazyspec/a/', 'refs/lazyspec/../heads/main'],
      ...['refs/lazyspec/.a', 'refs/lazyspec/a.', 'refs/lazyspec/a.lock', 'refs/lazyspec/a.lock/b'],
      ...['a b', 'a\0b', 'a\nb', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[', 'a\\b', 'a..b', 'a@{b'].map(
        (name) => `refs/lazyspec/${name}`,
      ),
    ];
    expect(wrong.filter(isOurRef)).toEqual([]);
  });

  it('is the move of one ref that is there, never a creation, a removal or several at once', () => {
    const move = { ref: REF, expected: ONE, next: TWO };
    expect(isMove([move])).toBe(true);
    const wrong = [
      [],
      [move, { ...move, ref: `${REF}x` }],
      [{ ...move, expected: undefined }],
      [{ ...move, next: undefined }],
      [{ ...move, expected: '0'.repeat(40) }],
      [{ ...move, next: ONE.slice(0, 7) }],
      [{ ...move, ref: 'refs/worktree/x' }],
    ];
    expect(wrong.filter(isMove)).toEqual([]);
  });

  it('is text that arrives as it is, at a time in whole seconds', () => {
    const commit = { author: 'Zoë 仕様', time: 5_000_000_000, message: 'claim\n', content: '{}\n' };
    expect(isPlain(commit)).toBe(true);
    const wrong = [
      ...[-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((time) => ({ time })),
      ...['a\0b', 'half \ud83d'].flatMap((text) => [
        { author: text },
        { message: text },
        { content: text },
      ]),
    ].map((change) => ({ ...commit, ...change }));
    expect(wrong.filter(isPlain)).toEqual([]);
  });
});
