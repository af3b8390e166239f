import { describe, expect, it } from '@jest/globals';
import { globsOf } from '../../../src/git/globs.ts';
import { manyIds } from '../../helpers/many.ts';

const refs = (ids: readonly string[], type = 'rfc') =>
  ids.map((id) => `refs/lazyspec/leases/${type}/${id}`);

/** As git matches them: a star is anything. */
function matched(globs: readonly string[], ref: string): boolean {
  return globs.some((glob) => ref.startsWith(glob.replace(/\*$/, '')));
}

describe('the patterns of a fetch', () => {
  it('are one for each ref, where those are few', () => {
    expect(globsOf(refs(['RFC-001', 'RFC-002']))).toEqual([
      'refs/lazyspec/leases/rfc/RFC-001*',
      'refs/lazyspec/leases/rfc/RFC-002*',
    ]);
  });

  it('are few for many refs, name every one of them, and not all there is', () => {
    const many = refs(manyIds(1_000));
    const globs = globsOf(many);
    expect(globs.length).toBeLessThanOrEqual(64);
    expect(many.every((ref) => matched(globs, ref))).toBe(true);
    expect(refs(manyIds(8_000, 2_000)).some((ref) => matched(globs, ref))).toBe(false);
  });

  it('never reach beyond the type of a document', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
    const scattered = letters.flatMap((one) => letters.slice(0, 5).map((other) => one + other));
    expect(globsOf(refs(scattered))).toHaveLength(62);
    const types = manyIds(100).map((id) => `type-${id}`);
    const globs = globsOf(types.flatMap((type) => refs(['A-1', 'B-2'], type)));
    expect(globs).toEqual(types.map((type) => `refs/lazyspec/leases/${type}/*`));
  });
});
