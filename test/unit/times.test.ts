import { describe, expect, it } from '@jest/globals';
import { countdown, lengthOfTime, relativeTo, rfc3339 } from '../../src/times.ts';

describe('rfc3339', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_778_504_400, '2026-05-11T13:00:00Z'],
    [253_402_300_799, '9999-12-31T23:59:59Z'],
  ])('writes %d as %s', (seconds, text) => {
    expect(rfc3339(seconds)).toBe(text);
  });
});

describe('lengthOfTime', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [59.5, '1 min'],
    [60, '1 min'],
    [119, '1 min'],
    [19 * 60, '19 min'],
    [3_599, '59 min'],
    [3_600, '1 h'],
    [3_660, '1 h 1 min'],
    [2 * 3_600 + 5 * 60, '2 h 5 min'],
    [48 * 3_600 - 1, '47 h 59 min'],
    [48 * 3_600, '2 days'],
    [10 * 86_400 + 5, '10 days'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(lengthOfTime(seconds)).toBe(text);
  });

  it('has no negative lengths', () => {
    expect(lengthOfTime(-5)).toBe('0 s');
  });
});

describe('relativeTo', () => {
  it.each([
    [1_000, 'now'],
    [1_001, 'in 1 s'],
    [999, '1 s ago'],
    [1_000 + 19 * 60, 'in 19 min'],
    [1_000 - 41 * 60, '41 min ago'],
  ])('tells %d from 1000 as "%s"', (moment, text) => {
    expect(relativeTo(1_000, moment)).toBe(text);
  });
});

describe('countdown', () => {
  it.each([
    [-3, '0:00'],
    [0.2, '0:01'],
    [59, '0:59'],
    [60, '1:00'],
    [3599.5, '1:00:00'],
    [3661, '1:01:01'],
    [90_000, '25:00:00'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(countdown(seconds)).toBe(text);
  });
});
