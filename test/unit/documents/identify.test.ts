import { describe, expect, it } from '@jest/globals';
import { identifyPath } from '../../../src/documents/identify.ts';
import { CONVENTION, documentType, RFC, STORY } from './document-type.ts';

const ITERATION = documentType({ name: 'iteration', dir: 'docs/iterations', prefix: 'ITERATION' });
const DICTUM = documentType({ name: 'dictum', dir: 'docs/convention', prefix: 'DICTUM' });
const TYPES = [RFC, STORY, ITERATION, CONVENTION, DICTUM];

function idOf(path: string, types = TYPES): string | undefined {
  return identifyPath(path, types)?.id;
}

describe('identifyPath', () => {
  it.each([
    ['docs/rfcs/RFC-001.md', 'RFC-001'],
    ['docs/rfcs/RFC-001-title/index.md', 'RFC-001'],
    ['docs/rfcs/RFC-014-nested/notes.md', 'RFC-014'],
    ['docs/rfcs/RFC-014-nested/STORY-003-x.md', 'STORY-003'],
    ['docs/rfcs/RFC-014-nested/a/b/c.png', 'RFC-014'],
    ['docs/rfcs/old/RFC-002', 'RFC-002'],
    ['docs/rfcs/RFC-003_draft.md', 'RFC-003'],
    ['docs/rfcs/RFC-12a.md', 'RFC-12a'],
    ['docs/convention/CONVENTION.md', 'CONVENTION'],
    ['docs/convention/DICTUM-001-testing.md', 'DICTUM-001'],
  ])('takes %s for %s', (path, id) => {
    expect(idOf(path)).toBe(id);
  });

  it.each([
    ['docs/iterations/2026-03-04-design.md', 'no component names a document'],
    ['src/RFC-001.md', 'it lies under no dir'],
    ['docs/rfcs-old/RFC-001.md', 'the dir only starts like one'],
    ['docs/rfcs', 'it is the dir itself'],
    ['docs/rfcs/RFC-template.md', 'the key holds no digit'],
    ['docs/rfcs/RFC001.md', 'there is no dash'],
    ['docs/rfcs/RFC-.md', 'the key is empty'],
    ['docs/rfcs/RFC-001 title.md', 'a space does not end a key'],
    ['docs/rfcs/RFC-001é.md', 'a key is ASCII'],
    ['docs/rfcs/old-RFC-001.md', 'the prefix is not at the start'],
    ['docs/convention/convention.md', "a singleton's stem is the prefix as configured"],
    ['docs/convention/CONVENTION/notes.md', 'a singleton is a file'],
    ['docs/rfcs/RFC.md', 'only a singleton is named by its prefix alone'],
  ])('leaves %s alone: %s', (path) => {
    expect(identifyPath(path, TYPES)).toBeUndefined();
  });

  it('spells the prefix as configured and the key as written', () => {
    expect(identifyPath('docs/rfcs/rfc-007A-x.md', TYPES)).toEqual({ id: 'RFC-007A', type: 'rfc' });
  });

  it('gives a document the type of its prefix, wherever it lies', () => {
    expect(identifyPath('docs/rfcs/STORY-003.md', TYPES)).toEqual({
      id: 'STORY-003',
      type: 'story',
    });
  });

  it('takes the longest prefix that fits', () => {
    const long = documentType({ name: 'long', dir: 'docs/rfcs', prefix: 'RFC-X' });
    expect(idOf('docs/rfcs/RFC-X-1.md', [RFC, long])).toBe('RFC-X-1');
    expect(idOf('docs/rfcs/RFC-X1-a.md', [RFC, long])).toBe('RFC-X1');
    const longer = documentType({ name: 'longer', dir: 'docs/rfcs', prefix: 'RFC-1' });
    expect(idOf('docs/rfcs/RFC-1-2.md', [RFC, longer])).toBe('RFC-1-2');
  });

  it('takes a key without a digit where the numbering is sqids', () => {
    const sqids = { ...RFC, numbering: 'sqids' as const };
    expect(idOf('docs/rfcs/RFC-kxw-title.md', [sqids])).toBe('RFC-kxw');
  });

  it('asks the type with the longest dir first', () => {
    const outer = documentType({ name: 'doc', dir: 'docs', prefix: 'DOC', match: ['{n}-{title}'] });
    const inner = documentType({ ...outer, name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC' });
    expect(idOf('docs/rfcs/1-a.md', [outer, inner])).toBe('RFC-1');
    expect(idOf('docs/1-a.md', [outer, inner])).toBe('DOC-1');
  });

  it('goes on to the outer type where the inner one finds nothing', () => {
    const outer = documentType({ name: 'doc', dir: 'docs', prefix: 'DOC', match: ['{n}-{title}'] });
    expect(idOf('docs/rfcs/1-a.md', [outer, RFC])).toBe('DOC-1');
  });

  it('takes the innermost document, but the outermost where a document is a folder', () => {
    const path = 'docs/rfcs/RFC-001-a/RFC-002-b/RFC-003-c.md';
    expect(idOf(path, [RFC])).toBe('RFC-003');
    expect(idOf('docs/rfcs/RFC-001-a/RFC-002-b/c.md', [RFC])).toBe('RFC-002');
    expect(idOf(path, [{ ...RFC, subdirectory: true }])).toBe('RFC-001');
    expect(idOf('docs/rfcs/RFC-003.md', [{ ...RFC, subdirectory: true }])).toBe('RFC-003');
  });

  it('looks at every path where the dir is the root', () => {
    const root = documentType({ name: 'rfc', dir: '', prefix: 'RFC' });
    expect(idOf('RFC-001.md', [root])).toBe('RFC-001');
    expect(idOf('a/b/RFC-002.md', [root])).toBe('RFC-002');
  });

  it('takes a prefixed name before a pattern, and a pattern before a singleton', () => {
    const type = documentType({ ...RFC, singleton: true, match: ['{title}-{n}', 'RFC.v{n}'] });
    expect(idOf('docs/rfcs/RFC-1-2.md', [type])).toBe('RFC-1');
    expect(idOf('docs/rfcs/RFC.v7', [type])).toBe('RFC-7');
    expect(idOf('docs/rfcs/RFC.md', [type])).toBe('RFC');
  });

  it('lets a type that is kept elsewhere than in files govern no path', () => {
    const elsewhere = { ...STORY, store: 'github-issues' };
    expect(idOf('docs/stories/STORY-001.md', [RFC, elsewhere])).toBeUndefined();
    expect(idOf('docs/rfcs/STORY-001.md', [RFC, elsewhere])).toBeUndefined();
  });
});
