import { describe, expect, it } from '@jest/globals';
import { documentOf, leaseRef, viewOf } from '../../../src/lease/view.ts';

const OID = 'a'.repeat(40);
const RECORD = { agent: 'agent-a', acquired: 1_000, expires: 2_000 };
const CONTENT = Buffer.from(JSON.stringify(RECORD));

describe('viewOf', () => {
  it('takes commit and committer time from the ref, the rest from the record', () => {
    expect(viewOf({ oid: OID, committed: 1_500, content: CONTENT })).toEqual({
      state: 'held',
      commit: OID,
      committed: 1_500,
      lease: RECORD,
    });
  });

  it('never takes what is not at a commit for a lease, though its content reads as one', () => {
    const view = viewOf({ oid: OID, committed: undefined, content: CONTENT });
    expect(view).toEqual({
      state: 'malformed',
      commit: OID,
      problem: 'its ref points at no commit',
    });
  });

  it.each([0, 253_402_300_800, 99_999_999_999_999, Number.NaN])(
    // git tells 0 for a date that it cannot hold.
    'is malformed where the commit is dated %d: no calendar can tell that second',
    (committed) => {
      const view = viewOf({ oid: OID, committed, content: CONTENT });
      expect(view).toMatchObject({ state: 'malformed', commit: OID });
    },
  );

  it('is held where the commit is dated in the last second that can be told', () => {
    const view = viewOf({ oid: OID, committed: 253_402_300_799, content: CONTENT });
    expect(view).toMatchObject({ state: 'held', committed: 253_402_300_799 });
  });

  it('is malformed where there is no content, and where it does not parse', () => {
    const missing = viewOf({ oid: OID, committed: 1, content: { problem: 'it is missing' } });
    expect(missing).toEqual({ state: 'malformed', commit: OID, problem: 'it is missing' });
    const empty = viewOf({ oid: OID, committed: 1, content: Buffer.alloc(0) });
    expect(empty).toMatchObject({ state: 'malformed', problem: 'its lease.json is empty' });
  });
});

describe('the ref of a document', () => {
  it('leads back to it', () => {
    const document = { id: 'RFC-001', type: 'rfc' };
    expect(leaseRef(document)).toBe('refs/lazyspec/leases/rfc/RFC-001');
    expect(documentOf(leaseRef(document))).toEqual(document);
  });

  it.each([
    'refs/lazyspec/leases/rfc',
    'refs/lazyspec/leases/rfc/',
    'refs/lazyspec/leases//RFC-001',
    'refs/lazyspec/leases/rfc/RFC-001/x',
    'refs/heads/rfc/RFC-001',
  ])('is no document where it reads %s', (ref) => {
    expect(documentOf(ref)).toBeUndefined();
  });
});
