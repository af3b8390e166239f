import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FOREIGN, MERGES, OWN_WORK, SETTING_BACK } from './rows.ts';
import { World } from './world.ts';

describe('the documents that an update needs a lease on', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create();
  });
  afterEach(() => world.served.dispose());

  it.each([...SETTING_BACK, ...OWN_WORK, ...MERGES, ...FOREIGN])(
    'are the right ones, before a push and on the server: $title',
    async ({ make, prePush, server }) => {
      const refspec = await make(world);
      const found = { prePush: await world.prePush(refspec), server: await world.server(refspec) };
      expect(found).toEqual({ prePush, server });
    },
  );
});
