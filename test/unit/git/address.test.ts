import { describe, expect, it } from '@jest/globals';
import { placeKey } from '../../../src/git/address.ts';

describe('two addresses', () => {
  it.each([
    ['https://example.org/team/docs.git', 'git@example.org:team/docs'],
    ['ssh://git@Example.org:22/team/docs/', 'https://jane@example.org/team/docs'],
    ['jane@example.org:/srv/docs', 'ssh://joe@example.org/srv//docs'],
    ['file:///srv/docs', '/srv/docs/'],
  ])('are of one repository: %s and %s', (one, other) => {
    expect(placeKey(one)).toBe(placeKey(other));
  });

  it.each([
    ['jane@example.org:docs', 'joe@example.org:docs'],
    ['example.org:docs', 'example.com:docs'],
    ['https://example.org/team/docs', 'https://example.org/other/docs'],
    ['/srv/docs', '/srv/docs.old'],
    ['https://example.org/srv/docs', '/srv/docs'],
  ])('are of two, as far as can be told: %s and %s', (one, other) => {
    expect(placeKey(one)).not.toBe(placeKey(other));
  });
});
