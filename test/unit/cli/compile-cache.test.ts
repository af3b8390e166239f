import { describe, expect, it } from '@jest/globals';
import { cacheFolder } from '../../../src/cli/compile-cache.ts';

describe('where compiled code is kept', () => {
  it.each([
    ['/home/ada/.cache/lazyspec-hooks', { HOME: '/home/ada' }],
    ['/fast/lazyspec-hooks', { HOME: '/home/ada', XDG_CACHE_HOME: '/fast' }],
    ['/home/ada/.cache/lazyspec-hooks', { HOME: '/home/ada', XDG_CACHE_HOME: '' }],
  ])('is %s for %j', (folder, env) => expect(cacheFolder(env)).toBe(folder));

  // A relative one would be in whatever repository somebody is in.
  it.each([{}, { HOME: '' }, { HOME: '.' }, { HOME: '/home/ada', XDG_CACHE_HOME: 'cache' }])(
    'is nowhere for %j',
    (env) => expect(cacheFolder(env)).toBeUndefined(),
  );
});
