import { describe, expect, it } from '@jest/globals';
import { readTree } from '../../../src/git/tree.ts';
import type { Entry } from '../../helpers/trees.ts';
import { treeBytes } from '../../helpers/trees.ts';

const ID = '12'.repeat(20);
const file = (name: string): Entry => ['100644', name, ID];
const folder = (name: string): Entry => ['40000', name, ID];

function problemIn(...entries: Entry[]) {
  return readTree(treeBytes(entries), 20, () => {});
}

describe('a tree', () => {
  it('is well formed as git writes it, with folders sorted as if a slash ended their names', () => {
    const entries = [file('a-b'), file('a.b'), folder('a'), file('a0'), folder('b')];
    expect(problemIn(...entries)).toBeUndefined();
    expect(problemIn()).toBeUndefined();
    expect(problemIn(file('...'), file('.gitignore'), file('.gitmodules'))).toBeUndefined();
  });

  it.each<[string, Entry[], string, string]>([
    ['a slash in a name', [file('docs/a.md')], 'docs/a.md', 'has a slash in its name'],
    ['a slash that two names have', [file('d/a'), file('d/b')], 'd/a', 'has a slash in its name'],
    ['a file twice', [file('a'), file('a')], 'a', 'is there twice'],
    ['a folder twice', [folder('a'), folder('a')], 'a', 'is there twice'],
    ['a file and a folder of one name', [file('a'), folder('a')], 'a', 'is there twice'],
    [
      'a file and a folder of one name, with others between them',
      [file('a'), file('a-'), file('a-b'), file('a.md'), folder('a')],
      'a',
      'is there twice',
    ],
    ['a folder before a file of its name', [folder('a'), file('a')], 'a', 'is there twice'],
    ['names out of order', [file('b'), file('a')], 'a', 'is out of order'],
    ['a folder where a file would be', [folder('a'), file('a.b')], 'a.b', 'is out of order'],
    [
      'a name that is the beginning of the one before',
      [file('ab'), file('a')],
      'a',
      'is out of order',
    ],
    ['no name', [file('')], '', 'has no name'],
    ['the folder itself', [folder('.')], '.', 'has a name that no file can have'],
    ['the folder above', [folder('..')], '..', 'has a name that no file can have'],
    ['the folder of git', [folder('.git')], '.git', 'has a name that no file can have'],
    ['the folder of git in capitals', [folder('.GIT')], '.GIT', 'has a name that no file can have'],
    ['no id', [['100644', 'a', '00'.repeat(20)]], 'a', 'has no id'],
    ['a mode that is no number', [['10064x', 'a', ID]], '10064x a', 'cannot be read'],
    ['no mode', [['', 'a', ID]], ' a', 'cannot be read'],
    ['an id that is cut off', [['100644', 'a', '1234']], '100644 a', 'cannot be read'],
  ])('is malformed with %s', (_, entries, entry, what) => {
    expect(problemIn(...entries)).toEqual({ entry: expect.stringContaining(entry), what });
  });

  it('may have modes that git reads as others, and submodules', () => {
    const odd: Entry[] = [
      ['100664', 'a', ID],
      ['160000', 'b', ID],
      ['040000', 'c', ID],
      ['120777', 'd', ID],
    ];
    expect(problemIn(...odd)).toBeUndefined();
  });

  it('sorts a folder as a folder whatever else its mode says', () => {
    const odd: Entry = ['0040755', 'a', ID];
    expect(problemIn(file('a-b'), odd)).toBeUndefined();
    expect(problemIn(odd, file('a-b'))?.what).toBe('is out of order');
  });

  it('tells all its folders, also behind what is wrong with it', () => {
    const found: string[] = [];
    const bytes = treeBytes([folder('z'), folder('ä'), file('a/b'), folder('docs')]);
    readTree(bytes, 20, (name, oid) => found.push(`${Buffer.from(name, 'latin1')} ${oid}`));
    expect(found).toEqual([`z ${ID}`, `ä ${ID}`, `docs ${ID}`]);
  });

  it('may have ids of 32 bytes', () => {
    const long = '34'.repeat(32);
    const bytes = treeBytes([
      ['100644', 'a', long],
      ['100644', 'a/b', long],
    ]);
    expect(readTree(bytes, 32, () => {})?.entry).toBe('a/b');
  });
});
