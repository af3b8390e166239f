import { describe, expect, it } from '@jest/globals';
import { placeKey } from '../../../src/git/address.ts';

describe('two addresses', () => {
  it.each([
    ['https://example.org/team/docs.git', 'git@example.org:team/docs'],
    ['ssh://git@Example.org:22/team/docs/', 'https://jane@example.org/team/docs'],
    ['jane@example.org:/srv/docs', 'ssh://joe@example.org/srv//docs'],
    ['file:///srv/docs', '/srv/docs/'],
    ['file:///srv/my%20docs', '/srv/my docs'],
    ['https://example.org/team/my%20docs', 'ssh://git@example.org/team/my%20docs.git'],
    ['git@github.com:team/docs.git', 'https://github.com/Team/Docs'],
    ['git@github.com:team/docs.git', 'ssh://git@ssh.github.com:443/team/docs.git'],
    ['git@github.com:team/docs.git', 'org-123@github.com:team/docs.git'],
    ['git@github.com:team/docs.git', 'https://www.github.com/team/docs/'],
    ['git@gitlab.com:team/docs.git', 'ssh://git@altssh.gitlab.com:443/team/docs.git'],
    ['git@bitbucket.org:team/docs.git', 'ssh://git@altssh.bitbucket.org:443/team/docs.git'],
    [
      'git@ssh.dev.azure.com:v3/org/project/docs',
      'https://org@dev.azure.com/org/project/_git/docs',
    ],
    ['https://dev.azure.com/o/my%20p/_git/r', 'git@ssh.dev.azure.com:v3/o/my%20p/r'],
    ['https://example.org:443/team/docs', 'ssh://git@example.org:22/team/docs'],
    ['https://dev.azure.com/org/_git/docs', 'git@ssh.dev.azure.com:v3/org/docs/docs'],
    [
      'https://org.visualstudio.com/DefaultCollection/project/_git/docs',
      'org@vs-ssh.visualstudio.com:v3/org/project/docs',
    ],
    [
      'https://org.visualstudio.com/project/_git/docs',
      'https://dev.azure.com/org/project/_git/docs',
    ],
  ])('are of one repository: %s and %s', (one, other) => {
    expect(placeKey(one)).toBe(placeKey(other));
  });

  it.each([
    ['jane@example.org:docs', 'joe@example.org:docs'],
    ['example.org:docs', 'example.com:docs'],
    ['https://example.org/team/docs', 'https://example.org/other/docs'],
    ['/srv/docs', '/srv/docs.old'],
    ['ssh://git@example.org:2222/team/docs', 'ssh://git@example.org:2223/team/docs'],
    ['ssh://git@example.org:2222/team/docs', 'https://example.org:8443/team/docs'],
    ['ssh://jane@example.org/~/docs', 'ssh://joe@example.org/~/docs'],
    ['https://dev.azure.com/org/v3/_git/docs', 'https://dev.azure.com/org/docs/_git/docs'],
    ['git@github-work:team/docs.git', 'git@github.com:team/docs.git'],
    ['https://github.com/team/docs', 'https://gitlab.com/team/docs'],
    ['https://example.org/Team/docs', 'https://example.org/team/docs'],
    ['https://dev.azure.com/org/project/_git/a', 'https://dev.azure.com/org/project/_git/b'],
    ['https://example.org/srv/docs', '/srv/docs'],
  ])('are of two, as far as can be told: %s and %s', (one, other) => {
    expect(placeKey(one)).not.toBe(placeKey(other));
  });
});
