import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './problems-of.ts';

function type(keys: Record<string, string | string[]>): string {
  const all = { name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC', ...keys };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return `[[types]]\n${lines.join('\n')}\n`;
}

describe('rules about types', () => {
  it.each([
    [
      'names',
      { name: 'RFC', prefix: 'X' },
      'types[1].name',
      'is "RFC", as types[0].name is already',
    ],
    ['prefixes', { name: 'x', prefix: 'rfc-' }, 'types[1].prefix', 'as types[0].prefix is already'],
  ])('refuse two equal %s, whatever their case', async (_, second, key, said) => {
    expect(await problemsOf(type({}) + type(second))).toEqual([
      { key, message: expect.stringContaining(said), line: expect.any(Number) },
    ]);
  });

  it.each([
    'a..b',
    'a@{b',
    'a.lock',
    'a.',
    '.a',
    '-a',
    'a b',
    'a~',
    'a^',
    'a:',
    'a?',
    'a*',
    'a[',
    'a\\',
    'a/b',
    'a\u0001',
  ])('refuse %j as a name and as a prefix', async (text) => {
    const said = expect.stringContaining('which git does not take as part of a ref');
    expect(await problemsOf(type({ name: text }))).toMatchObject([
      { key: 'types[0].name', message: said },
    ]);
    expect(await problemsOf(type({ prefix: text }))).toMatchObject([
      { key: 'types[0].prefix', message: said },
    ]);
  });

  it('refuse a prefix that is a dash only', async () => {
    expect(await problemsOf(type({ prefix: '-' }))).toHaveLength(1);
  });

  it.each(['/docs', '..', 'docs/../..', 'docs\\rfcs', 'C:/docs', '../x'])(
    'refuse the dir %s, which is not inside of the repository',
    async (dir) => {
      expect(await problemsOf(type({ dir }))).toEqual([
        {
          key: 'types[0].dir',
          message: expect.stringContaining('a folder of the repository'),
          line: 3,
        },
      ]);
    },
  );

  it.each(['.', './docs', 'docs/', 'docs/..rfcs', '~docs', 'my docs'])(
    'accept the dir %s',
    async (dir) => {
      expect(await problemsOf(type({ dir }))).toEqual([]);
    },
  );

  it.each([' docs/rfcs', 'docs/rfcs ', '\tdocs', 'docs\u00a0', '\ufeffdocs'])(
    'refuse the dir %j, which has a blank around it, and say what is meant',
    async (dir) => {
      const meant = JSON.stringify(dir.trim());
      const message = `is ${JSON.stringify(dir)}, with a blank around it; did you mean ${meant}?`;
      expect(await problemsOf(type({ dir }))).toEqual([{ key: 'types[0].dir', message, line: 3 }]);
    },
  );

  it.each([' ', '   '])('refuse the dir %j, which is nothing but blanks', async (dir) => {
    expect(await problemsOf(type({ dir }))).toMatchObject([{ key: 'types[0].dir', line: 3 }]);
  });

  it.each([' {n}-{title}.md', '{n}.md '])('refuse the pattern %j with a blank', async (match) => {
    const message = `is ${JSON.stringify(match)}: it has a blank around it`;
    expect(await problemsOf(type({ match }))).toMatchObject([{ key: 'types[0].match', message }]);
  });

  it('refuse a pattern whose syntax is unknown, alone or in a list', async () => {
    expect(await problemsOf(type({ match: '{n}-{slug}.md' }))).toEqual([
      {
        key: 'types[0].match',
        message: 'is "{n}-{slug}.md": "{slug}" is none of {n}, {n:04}, {title}, {date}, {type}',
        line: 5,
      },
    ]);
    expect(await problemsOf(type({ match: ['{n}', '{n}-{slug}.md'] }))).toMatchObject([
      { key: 'types[0].match[1]', line: 5 },
    ]);
  });
});

describe('rules about durations', () => {
  it.each([
    [
      'grace_period = "61m"',
      'coordination.grace_period',
      'grace_period (61m) is longer than lease_duration (60m, the default)',
    ],
    [
      'lease_duration = "1m"',
      'coordination.lease_duration',
      'grace_period (2m, the default) is longer than lease_duration (1m)',
    ],
    [
      'max_lease_duration = "24h"\nlease_duration = "25h"',
      'coordination.lease_duration',
      'lease_duration (25h) is longer than max_lease_duration (24h)',
    ],
    [
      'max_lease_duration = "59m"',
      'coordination.max_lease_duration',
      'lease_duration (60m, the default) is longer than max_lease_duration (59m)',
    ],
    [
      'max_clock_skew = "87601h"',
      'coordination.max_clock_skew',
      'is "87601h"; allowed: at most 10 years',
    ],
  ])('refuse %s', async (toml, key, message) => {
    expect(await problemsOf(`[coordination]\n${toml}`)).toEqual([
      { key, message, line: toml.split('\n').length + 1 },
    ]);
  });

  it('let the maximum follow a long lease_duration', async () => {
    expect(await problemsOf('[coordination]\nlease_duration = "48h"')).toEqual([]);
  });

  it.each(['gate', 'coordination'])(
    'refuse a timeout of [%s] that no timer holds',
    async (table) => {
      expect(await problemsOf(`[${table}]\ntimeout = "25h"`)).toEqual([
        { key: `${table}.timeout`, message: 'is "25h"; allowed: at most 24h', line: 2 },
      ]);
      expect(await problemsOf(`[${table}]\ntimeout = "${'9'.repeat(400)}h"`)).toHaveLength(1);
      expect(await problemsOf(`[${table}]\ntimeout = "24h"`)).toEqual([]);
    },
  );

  it('do not hold a value that was refused for its form against another', async () => {
    const toml = '[coordination]\nlease_duration = "2x"\ngrace_period = "90m"';
    expect(await problemsOf(toml)).toMatchObject([{ key: 'coordination.lease_duration' }]);
  });

  it('go on where other keys are wrong', async () => {
    const toml = '[coordination]\nremote = 1\ngrace_period = "90m"';
    expect(await problemsOf(toml)).toMatchObject([
      { key: 'coordination.remote' },
      { key: 'coordination.grace_period' },
    ]);
  });

  it('are silent where nothing is coordinated', async () => {
    expect(await problemsOf('[gate]\ntimeout = "5s"')).toEqual([]);
  });
});
