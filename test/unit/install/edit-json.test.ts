import { describe, expect, it } from '@jest/globals';
import { LazyspecError } from '../../../src/errors.ts';
import { readJson, removeJson, setJson } from '../../../src/install/edit-json.ts';

const PATH = ['simple-git-hooks', 'pre-commit'];

/** Setting gives `after`, and removing gives `before` again. */
const FILES: [name: string, before: string, after: string][] = [
  ['nothing at all', '{}', '{\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  }\n}'],
  [
    'nothing, on two lines',
    '{\n}\n',
    '{\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  }\n\n}\n',
  ],
  ['a space', '{ }', '{ "simple-git-hooks": { "pre-commit": "gate" } }'],
  [
    'one line',
    '{"name":"x", "files" : ["a","b"]  }\n',
    '{"name":"x", "files" : ["a","b"], "simple-git-hooks": { "pre-commit": "gate" }  }\n',
  ],
  [
    'odd spacing, one-line arrays and escapes',
    '{\n  "name" :   "caf\\u00e9\\/",\n\n  "files": ["a",   "b"]\n}\n',
    '{\n  "name" :   "caf\\u00e9\\/",\n\n  "files": ["a",   "b"],\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  }\n}\n',
  ],
  [
    'tabs',
    '{\n\t"name": "x"\n}',
    '{\n\t"name": "x",\n\t"simple-git-hooks": {\n\t\t"pre-commit": "gate"\n\t}\n}',
  ],
  [
    'four spaces, and other hooks',
    '{\n    "simple-git-hooks": {\n        "pre-push": "test"\n    },\n    "x": 1\n}\n',
    '{\n    "simple-git-hooks": {\n        "pre-push": "test",\n        "pre-commit": "gate"\n    },\n    "x": 1\n}\n',
  ],
  [
    'other hooks on one line',
    '{\n  "simple-git-hooks": {"pre-push":"test"},\n  "x": 1\n}\n',
    '{\n  "simple-git-hooks": {"pre-push":"test", "pre-commit": "gate"},\n  "x": 1\n}\n',
  ],
  [
    'braces on lines of their own',
    '{\n  "a":\n  {\n    "b": 1\n  }\n  }\n',
    '{\n  "a":\n  {\n    "b": 1\n  },\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  }\n  }\n',
  ],
];

const WITH_COMMENTS: [name: string, before: string, after: string][] = [
  [
    'a comment behind the last key',
    '{\n  "a": 1 // one, and only\n  // the end\n}\n',
    '{\n  "a": 1, // one, and only\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  }\n  // the end\n}\n',
  ],
  [
    'a comma at the end',
    '{\n  "a": 1, // one\n}\n',
    '{\n  "a": 1, // one\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  },\n}\n',
  ],
  [
    'comments only',
    '{ // none\n}\n',
    '{\n  "simple-git-hooks": {\n    "pre-commit": "gate"\n  } // none\n}\n',
  ],
];

const CASES = [
  ...FILES.map((file) => [...file, {}] as const),
  ...WITH_COMMENTS.map((file) => [...file, { comments: true }] as const),
];

describe('setJson and removeJson', () => {
  it.each(CASES)('set a key and take it back in a file with %s', (_, before, after, options) => {
    expect(setJson('x.json', before, PATH, 'gate', options)).toBe(after);
    expect(removeJson('x.json', after, PATH, { ...options, pruneEmpty: true })).toBe(before);
  });

  it.each(CASES)('keep CRLF, byte order mark and the last line in a file with %s', (_, ...row) => {
    const [before, after, options] = row;
    const hasBreak = before.includes('\n');
    for (const change of [
      (text: string) => text.replaceAll('\n', hasBreak ? '\r\n' : '\n'),
      (text: string) => `\uFEFF${text}`,
      (text: string) => text.trimEnd(),
    ]) {
      expect(setJson('x.json', change(before), PATH, 'gate', options)).toBe(change(after));
      expect(removeJson('x.json', change(after), PATH, { ...options, pruneEmpty: true })).toBe(
        change(before),
      );
    }
  });
});

describe('setJson', () => {
  it('replaces a value and nothing beside it', () => {
    const text = '{"*.ts": ["biome"],\n "*.md":   "x" }\n';
    expect(setJson('x.json', text, ['*.ts'], ['biome', 'gate'])).toBe(
      '{"*.ts": [ "biome", "gate" ],\n "*.md":   "x" }\n',
    );
  });

  it('lays out a value over several lines where its key has a line', () => {
    expect(setJson('x.json', '{\n\t"a": 1\n}\n', ['a'], ['b'])).toBe(
      '{\n\t"a": [\n\t\t"b"\n\t]\n}\n',
    );
  });

  it.each([
    ['{\n  "a": 1\n}', ['a', 'b'], 'x.json:2: a should be an object'],
    ['[1]', ['a'], 'x.json:1: the file should be an object'],
    ['{"a": 1, "a": 2}', ['a'], 'x.json:1: cannot be edited safely'],
  ])('refuses to edit %j at %j', (text, path, message) => {
    expect(() => setJson('x.json', text, path, 3)).toThrow(LazyspecError);
    expect(() => setJson('x.json', text, path, 3)).toThrow(message);
  });
});

describe('removeJson', () => {
  it.each([
    ['{"a": 1, "b": 2}', ['a'], '{"b": 2}'],
    ['{"a": 1, "b": 2}', ['b'], '{"a": 1}'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['b'], '{\n  "a": 1,\n  "c": 3\n}'],
    ['{\n  "a": 1,\n  "b": 2\n}', ['a'], '{\n  "b": 2\n}'],
    ['{"a": {"b": 1}}', ['a', 'b'], '{"a": {}}'],
    ['{"a": {"b": 1}}', ['a', 'c'], '{"a": {"b": 1}}'],
    ['{"a": {"b": 1}}', ['x', 'y'], '{"a": {"b": 1}}'],
  ])('takes from %j what is at %j', (before, path, after) => {
    expect(removeJson('x.json', before, path)).toBe(after);
  });

  it('prunes what is empty, up to the whole, and nothing that has a comment', () => {
    const options = { pruneEmpty: true, comments: true };
    expect(removeJson('x.json', '{"a": {"b": {"c": 1}}}', ['a', 'b', 'c'], options)).toBe('{}');
    const text = '{\n  "a": {\n    // why\n    "b": 1\n  }\n}';
    expect(removeJson('x.json', text, ['a', 'b'], options)).toBe('{\n  "a": {\n    // why\n  }\n}');
  });
});

describe('readJson', () => {
  it.each([
    ['{\n  // why\n  "a": 1\n}', 'x.json:2: is not valid JSON: invalid comment token'],
    ['{\n  "a": 1,\n}', 'x.json:3: is not valid JSON: property name expected'],
    ['', 'x.json:1: is not valid JSON: value expected'],
    ['{"a": 1', 'x.json:1: is not valid JSON: close brace expected'],
  ])('tells the line of what is wrong in %j', (text, message) => {
    expect(() => readJson('x.json', text)).toThrow(message);
  });

  it('takes comments and trailing commas where they are allowed', () => {
    expect(readJson('.x', '// why\n{"a": [1,],}', { comments: true })).toEqual({ a: [1] });
  });
});
