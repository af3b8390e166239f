import { describe, expect, it } from '@jest/globals';
import { chooseSpelling } from '../../../src/documents/spelling.ts';

function rfc(id: string) {
  return { id, type: 'rfc' };
}

describe('chooseSpelling', () => {
  it('takes the exact id before any other spelling', () => {
    expect(chooseSpelling(rfc('RFC-1'), [rfc('RFC-001'), rfc('RFC-1')])).toEqual(rfc('RFC-1'));
  });

  it('brings a number to the spelling of the tree', () => {
    expect(chooseSpelling(rfc('RFC-1'), [rfc('RFC-010'), rfc('RFC-001')])).toEqual(rfc('RFC-001'));
    expect(chooseSpelling(rfc('RFC-0'), [rfc('RFC-000')])).toEqual(rfc('RFC-000'));
  });

  it('compares other keys without regard to case', () => {
    expect(chooseSpelling(rfc('RFC-KXW'), [rfc('RFC-kxw')])).toEqual(rfc('RFC-kxw'));
    expect(chooseSpelling(rfc('RFC-01a'), [rfc('RFC-1a')])).toEqual(rfc('RFC-01a'));
  });

  it('tells numbers apart that are too long for a number', () => {
    const long = rfc('RFC-90071992547409930');
    expect(chooseSpelling(rfc('RFC-90071992547409931'), [long])).toEqual(
      rfc('RFC-90071992547409931'),
    );
    expect(chooseSpelling(rfc('RFC-090071992547409930'), [long])).toEqual(long);
  });

  it('names all documents where several would fit', () => {
    const existing = [rfc('RFC-001'), rfc('RFC-01'), rfc('RFC-001')];
    expect(chooseSpelling(rfc('RFC-1'), existing)).toEqual({
      ambiguous: [rfc('RFC-001'), rfc('RFC-01')],
    });
  });

  it('knows a document once, however many files it has', () => {
    expect(chooseSpelling(rfc('RFC-1'), [rfc('RFC-001'), rfc('RFC-001')])).toEqual(rfc('RFC-001'));
  });

  it('leaves the id as it is where the tree has none like it, or one of another type', () => {
    expect(chooseSpelling(rfc('RFC-1'), [{ id: 'RFC-001', type: 'other' }])).toEqual(rfc('RFC-1'));
    expect(chooseSpelling(rfc('RFC-1'), [])).toEqual(rfc('RFC-1'));
  });
});
