import { describe, expect, it } from '@jest/globals';
import { editDistance, nearestWord } from '../../../src/nearest.ts';
import { problemsOf } from './problems-of.ts';

const OURS = {
  top: ['types', 'coordination', 'gate'],
  coordination: [
    ...['remote', 'lease_duration', 'grace_period', 'max_push_retries', 'max_clock_skew'],
    ...['max_lease_duration', 'takeover', 'backend', 'timeout'],
  ],
  gate: ['create', 'offline', 'timeout'],
  type: [
    ...['name', 'plural', 'dir', 'prefix', 'numbering', 'subdirectory', 'singleton', 'match'],
    'store',
  ],
};
const FOREIGN = [
  ...['rules', 'github', 'tui', 'numbering', 'naming', 'hooks', 'templates', 'directories'],
  ...['relationships', 'agents', 'certification', 'ui', 'sqids', 'reserved', 'filesystem'],
  ...['documents', 'ref_count_ceiling', 'icon', 'parent_type'],
];
const TYPE = 'name = "rfc"\ndir = "docs/rfcs"\nprefix = "RFC"\n';

describe('an unknown key', () => {
  it.each([
    ['[coordinaton]', 'coordinaton', 'coordination'],
    ['[Coordination]', 'Coordination', 'coordination'],
    ['[COORDINATION]', 'COORDINATION', 'coordination'],
    ['[gates]', 'gates', 'gate'],
    [`[[type]]\n${TYPE}`, 'type', 'types'],
    [
      '[coordination]\nlease_duraton = "1h"',
      'coordination.lease_duraton',
      'coordination.lease_duration',
    ],
    [
      '[coordination]\nlease-duration = "1h"',
      'coordination.lease-duration',
      'coordination.lease_duration',
    ],
    [
      '[coordination]\nleaseDuration = "1h"',
      'coordination.leaseDuration',
      'coordination.lease_duration',
    ],
    ['[gate]\nofline = "refuse"', 'gate.ofline', 'gate.offline'],
    [`[[types]]\n${TYPE}prefx = "X"`, 'types[0].prefx', 'types[0].prefix'],
    [`[[types]]\n${TYPE}mathc = "{n}"`, 'types[0].mathc', 'types[0].match'],
  ])('is an error where it looks like a slip: %s', async (toml, key, meant) => {
    expect(await problemsOf(toml)).toEqual([
      { key, message: `is unknown; did you mean ${meant}?`, line: expect.any(Number) },
    ]);
  });

  it('is left alone where it is one of the lazyspec CLI', async () => {
    const tables = FOREIGN.map((name) => `[${name}]\nremote = 1\n`).join('');
    const inType = `[[types]]\n${TYPE}icon = "x"\nparent_type = "y"\nagents = []\nstore = "z"\n`;
    expect(await problemsOf(tables + inType)).toEqual([]);
  });

  it('is left alone where it is like no word of ours', async () => {
    expect(
      await problemsOf('[anything]\nx = 1\n[gate]\nextra = 1\n[coordination]\nnote = 1'),
    ).toEqual([]);
  });
});

describe('nearestWord', () => {
  it.each(Object.entries(OURS))('takes no word of the lazyspec CLI for one of %s', (_, known) => {
    const hits = FOREIGN.filter((word) => !known.includes(word) && nearestWord(word, known));
    expect(hits).toEqual([]);
  });

  it('finds the nearest of several', () => {
    expect(nearestWord('max_clock_skw', OURS.coordination)).toBe('max_clock_skew');
  });

  it.each([
    ['date', 'gate', 'another first letter in a short word'],
    ['mat', 'match', 'two edits in a short word'],
    ['coordinate', 'coordination', 'three edits in a long word'],
  ])('does not take %s for %s: %s', (word, known) => {
    expect(nearestWord(word, [known])).toBeUndefined();
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', 'abcd', 1],
    ['abc', 'bc', 1],
    ['kitten', 'sitting', 3],
    ['abcd', 'badc', 2],
  ])('counts from %j to %j %d', (one, other, edits) => {
    expect(editDistance(one, other)).toBe(edits);
    expect(editDistance(other, one)).toBe(edits);
  });
});
