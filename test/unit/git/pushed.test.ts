import { describe, expect, it } from '@jest/globals';
import { judgedRefs, parsePushedRefs } from '../../../src/git/pushed.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const ZERO = '0'.repeat(40);
const ref = (localOid: string, remoteRef: string, remoteOid: string) => {
  return { localOid, remoteRef, remoteOid };
};

describe('what git tells a pre-push hook', () => {
  it('may be nothing', () => {
    expect(parsePushedRefs('')).toEqual([]);
    expect(parsePushedRefs('\n')).toEqual([]);
  });

  it('is every line of it', () => {
    const text = `refs/heads/main ${A} refs/heads/main ${B}\nHEAD ${B} refs/heads/x ${ZERO}\n`;
    const refs = [ref(A, 'refs/heads/main', B), ref(B, 'refs/heads/x', ZERO)];
    expect(parsePushedRefs(text)).toEqual(refs);
    expect(parsePushedRefs(text.trimEnd())).toEqual(refs);
  });

  it.each([
    ['spaces', 'HEAD^{/some  message }'],
    ['what looks like the rest of the line', `HEAD^{/x ${B} refs/heads/y ${B} }`],
    ['the end of a line', 'HEAD^{/one\ntwo}'],
    ['what is no UTF-8', 'HEAD^{/\ufffd}'],
  ])('is read from the right: a local ref may hold %s', (_, local) => {
    const text = `${local} ${A} refs/heads/main ${ZERO}\nHEAD ${B} refs/heads/x ${ZERO}\n`;
    const last = [ref(A, 'refs/heads/main', ZERO), ref(B, 'refs/heads/x', ZERO)];
    expect(parsePushedRefs(text).slice(-2)).toEqual(last);
  });

  it('may have object ids of 64 digits', () => {
    const [long, zero] = ['c'.repeat(64), '0'.repeat(64)];
    const refs = parsePushedRefs(`HEAD ${long} refs/heads/main ${zero}\n`);
    expect(refs).toEqual([ref(long, 'refs/heads/main', zero)]);
  });

  it.each([
    ['a word', 'nonsense'],
    ['half a line', `refs/heads/main ${A} refs/heads/main`],
    ['a line that breaks off', `HEAD ${A} refs/heads/x ${B}\nHEAD ${A} refs/he`],
    ['an id that is too short', `HEAD ${A.slice(1)} refs/heads/x ${B}`],
    ['an id that is too long', `HEAD ${A}${A.slice(1)} refs/heads/x ${B}`],
    ['tabs', `HEAD\t${A}\trefs/heads/x\t${B}`],
  ])('is not taken for nothing where it is %s', (_, text) => {
    expect(() => parsePushedRefs(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', remedy: expect.stringContaining('stdin') }),
    );
  });
});

describe('the refs that are judged', () => {
  it('are neither those that are deleted, nor leases', () => {
    const refs = [
      ref(ZERO, 'refs/heads/gone', A),
      ref(A, 'refs/lazyspec/leases/rfc/RFC-001', ZERO),
      ref(A, 'refs/lazyspec/probe', ZERO),
      ref(A, 'refs/lazyspecial', ZERO),
      ref(B, 'refs/tags/v1', ZERO),
    ];
    expect(judgedRefs({ remote: 'origin', url: '', refs })).toEqual(refs.slice(3));
  });
});
