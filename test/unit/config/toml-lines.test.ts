import { describe, expect, it } from '@jest/globals';
import { lineOf, tomlLines } from '../../../src/config/toml-lines.ts';

describe('tomlLines', () => {
  it('finds tables, lists of tables and their keys', () => {
    const source =
      'top = 1\r\n[gate] # why\n  create = "any"\n[[types]]\nname = "a"\n\n[[ types ]]\nname="b"';
    expect(Object.fromEntries(tomlLines(source))).toEqual({
      top: 1,
      gate: 2,
      'gate.create': 3,
      types: 4,
      'types[0]': 4,
      'types[0].name': 5,
      'types[1]': 7,
      'types[1].name': 8,
    });
  });

  it('does not take comments and values for keys', () => {
    const source = '# a = 1\n[gate]\nx = [\n  "create = 1",\n]\n';
    expect([...tomlLines(source).keys()]).toEqual(['gate', 'gate.x']);
  });

  it('does not give the keys of a table that it cannot read to the one before', () => {
    const source = '[gate]\ncreate = 1\n[gate.more]\noffline = 1\n["x"]\ntimeout = 1';
    expect([...tomlLines(source).keys()]).toEqual(['gate', 'gate.create']);
  });

  it.each([
    ['a = """\n[gate]\n"""', 'a string over several lines'],
    ["a = '''\n[gate]\n'''", 'a literal string over several lines'],
    ['[gate]\nx = {\n  create = 1 }\ncreate = 2', 'an inline table over several lines'],
  ])('tells nothing rather than guess: %j has %s', (source) => {
    expect(tomlLines(source).size).toBe(0);
  });
});

describe('lineOf', () => {
  const lines = tomlLines('[[types]]\nmatch = [\n  "a",\n]');

  it('takes for an element the line of its list', () => {
    expect(lineOf(lines, ['types', 0, 'match', 0])).toBe(2);
  });

  it('knows no line of a key that it did not see', () => {
    expect(lineOf(lines, ['types', 0, 'prefix'])).toBeUndefined();
  });
});
