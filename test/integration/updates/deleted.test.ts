import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { D2, World } from './world.ts';

describe('a branch that is deleted and created again', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create();
    await world.commit(world.bob, 'dev', { [D2]: 'two\nby bob\n' }, 'main');
    await world.at('dev');
  });
  afterEach(() => world.served.dispose());

  const kept = () => world.served.at('refs/lazyspec/deleted/');

  async function deleted(): Promise<void> {
    expect(await world.server(':dev')).toEqual([]);
    expect(await world.served.at('refs/heads/dev')).toBe('');
  }

  it('needs a lease on what its new commit sets back', async () => {
    await deleted();
    expect(await world.server('dev~1:dev')).toEqual(['RFC-002']);
    expect(await world.server('dev:dev')).toEqual([]);
  });

  it('is judged by its last tip', async () => {
    await deleted();
    await world.ada.lease(['claim', 'RFC-002']);
    expect(await world.server('dev~1:dev')).toEqual([]);
    await world.ada.lease(['release', 'RFC-002']);
    // A second later, for tips are kept by the time.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await deleted();
    expect(await world.server('dev~1:dev')).toEqual([]);
  });

  it('is a new one after thirty days, when its last tip is no longer kept', async () => {
    await deleted();
    const ref = await world.served.git(
      'for-each-ref',
      '--format=%(refname)',
      'refs/lazyspec/deleted',
    );
    const old = ref.replace(/[0-9]+$/, `${Math.floor(Date.now() / 1000) - 31 * 24 * 3600}`);
    await world.served.git('update-ref', old, await kept());
    await world.served.git('update-ref', '-d', ref);
    expect(await world.server('dev~1:dev')).toEqual([]);
    await deleted();
    expect(await world.served.git('for-each-ref', old)).toBe('');
  });

  it('leaves a ref that nobody sees or removes, and that keeps the commits', async () => {
    const tip = await world.ada.git('rev-parse', 'dev');
    await deleted();
    expect(await kept()).toBe(tip);
    expect(await world.ada.git('ls-remote', 'origin')).not.toContain('refs/lazyspec/deleted');
    const ref = await world.served.git(
      'for-each-ref',
      '--format=%(refname)',
      'refs/lazyspec/deleted',
    );
    await world.served.set('lazyspec.administrator', 'ada');
    world.served.protect();
    for (const refspec of [`:${ref}`, `+main:${ref}`, `main:${ref}1`]) {
      expect((await world.ada.push(['--no-verify', 'origin', refspec])).status).toBe(1);
    }
    await world.served.git('config', '--unset-all', 'transfer.hideRefs');
    for (const refspec of [`:${ref}`, `+main:${ref}`, `main:${ref}1`]) {
      expect((await world.ada.push(['--no-verify', 'origin', refspec])).status).toBe(1);
    }
    await world.served.git('reflog', 'expire', '--expire=now', '--all');
    await world.served.git('gc', '--quiet', '--prune=now');
    expect(await world.served.git('cat-file', '-t', tip)).toBe('commit');
  });

  it('changes nothing for a branch whose deletion git has refused', async () => {
    await world.served.git('config', 'receive.denyDeletes', 'true');
    await expect(world.server(':dev')).rejects.toThrow('deletion prohibited');
    expect(await kept()).not.toBe('');
    await world.ada.commit({ 'README.md': '# More\n' });
    expect(await world.server('dev:dev')).toEqual([]);
  });
});
