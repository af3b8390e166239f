import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { DocumentType } from '../../../src/documents/document.ts';
import { identifyPath } from '../../../src/documents/identify.ts';
import { CONVENTION, documentType, RFC, STORY } from './document-type.ts';

const TREES: Record<string, { paths: number; types: DocumentType[] }> = {
  lazyspec: {
    paths: 333,
    types: [
      { ...CONVENTION, subdirectory: false },
      documentType({ name: 'dictum', dir: 'docs/convention', prefix: 'DICTUM' }),
      documentType({ name: 'spec', dir: 'docs/specs', prefix: 'SPEC' }),
      RFC,
      STORY,
      documentType({ name: 'iteration', dir: 'docs/iterations', prefix: 'ITERATION' }),
      documentType({ name: 'adr', dir: 'docs/adrs', prefix: 'ADR' }),
      documentType({ name: 'audit', dir: 'docs/audits', prefix: 'AUDIT' }),
    ],
  },
  'rust-rfcs': {
    paths: 665,
    types: [documentType({ name: 'rfc', dir: 'text', prefix: 'RFC', match: ['{n:04}-{title}'] })],
  },
  madr: {
    paths: 64,
    types: [
      documentType({
        name: 'adr',
        dir: 'docs/decisions',
        prefix: 'ADR',
        match: ['{n:04}-{title}.md'],
      }),
    ],
  },
};

function readTree(name: string): { path: string; expected: string }[] {
  const file = new URL(`../../fixtures/trees/${name}.tsv`, import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [path = '', type, id] = line.split('\t');
    return { path, expected: `${type} ${id}` };
  });
}

describe('identifyPath on real trees', () => {
  it.each(Object.entries(TREES))(
    'gives every path of %s its document',
    (name, { paths, types }) => {
      const tree = readTree(name);
      const mismatches = tree.flatMap(({ path, expected }) => {
        const { type = '-', id = '-' } = identifyPath(path, types) ?? {};
        const actual = `${type} ${id}`;
        return actual === expected ? [] : [{ path, expected, actual }];
      });
      expect(mismatches).toEqual([]);
      expect(tree).toHaveLength(paths);
    },
  );
});
