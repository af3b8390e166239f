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

/** One more element of a list: before, after. */
const LISTS: [name: string, before: string, after: string][] = [
  [
    'nothing at all',
    '{}',
    '{\n  "on": {\n    "edit": [\n      {\n        "run": "gate"\n      }\n    ]\n  }\n}',
  ],
  ['an empty list', '{"on": {"edit": []}}', '{"on": {"edit": [\n  {\n    "run": "gate"\n  }\n]}}'],
  [
    'a list on one line',
    '{"on": {"edit": [1,  {"a":2}]}}',
    '{"on": {"edit": [1,  {"a":2}, { "run": "gate" }]}}',
  ],
  [
    'a list on lines, with tabs',
    '{\n\t"on": {\n\t\t"edit": [\n\t\t\t{"a":   1}\n\t\t]\n\t},\n\t"x": 1\n}\n',
    '{\n\t"on": {\n\t\t"edit": [\n\t\t\t{"a":   1},\n\t\t\t{\n\t\t\t\t"run": "gate"\n\t\t\t}\n\t\t]\n\t},\n\t"x": 1\n}\n',
  ],
  [
    'a list that begins on the line of its bracket',
    '{\n  "on": { "edit": [{\n    "a": 1\n  }] }\n}\n',
    '{\n  "on": { "edit": [{\n    "a": 1\n  }, { "run": "gate" }] }\n}\n',
  ],
];

describe('setJson and removeJson in lists', () => {
  const place = (text: string) => ((JSON.parse(text).on?.edit ?? []) as unknown[]).length;

  it.each(LISTS)('put an element last and take it back in a file with %s', (_, before, after) => {
    const at = ['on', 'edit', place(before)];
    const set = setJson('x.json', before, at, { run: 'gate' });
    expect(JSON.parse(set)).toEqual(JSON.parse(after));
    expect(set).toBe(after);
    expect(removeJson('x.json', set, at, { pruneEmpty: true })).toBe(
      before.replace('{"on": {"edit": []}}', '{}'),
    );
  });

  it('take an element from between others, and the last of a list without the list', () => {
    expect(removeJson('x.json', '[1, 2, 3]', [1])).toBe('[1, 3]');
    expect(removeJson('x.json', '{"a": [\n  1\n]}', ['a', 0])).toBe('{"a": []}');
    expect(removeJson('x.json', '{"a": [1]}', ['a', 4])).toBe('{"a": [1]}');
  });

  it('refuse to take an object for a list', () => {
    expect(() => setJson('x.json', '{"a": {}}', ['a', 0], 1)).toThrow(
      'x.json:1: a should be a list, and is not',
    );
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
