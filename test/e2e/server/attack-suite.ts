/** Every attack, tried over one server; then what its accounts do with the real programs. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../helpers/sandbox.ts';
import { PACKAGE } from '../../helpers/sandbox.ts';
import { KINDS, tellMissing } from '../../helpers/servers/kinds.ts';
import type { Kind, Rival, Server } from '../../helpers/servers/server.ts';
import { ADMINISTRATOR, must, RIVALS } from '../../helpers/servers/server.ts';
import type { Attack, Push } from './attack.ts';
import { toldTo } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { ADMINISTRATION, OWN_WORK } from './own-work.ts';
import { pushRaw } from './raw-push.ts';
import type { Scene } from './scene.ts';
import { plantedSandbox, refsOf, sceneFor } from './scene.ts';

const HOOK = join(PACKAGE, 'templates', 'pre-receive');

/**
 * Each attack by one of the two, by the other on the next server; with LAZYSPEC_ATTACKS=all by both
 * on every server.
 */
function attacksBy(me: Rival, kind: Kind): readonly Attack[] {
  if (process.env.LAZYSPEC_ATTACKS === 'all') return ATTACKS;
  const turn = RIVALS.indexOf(me) + KINDS.indexOf(kind);
  return ATTACKS.filter((_, index) => (index + turn) % RIVALS.length === 0);
}

export function attackSuite(kind: Kind): void {
  tellMissing('attacks', kind);
  describe(`over ${kind.title}`, () => {
    const test = kind.missing ? it.skip : it;
    let sandbox: Sandbox;
    let server: Server;
    let refs: string;
    const scenes = new Map<Rival, Scene>();
    const sceneOf = (me: Rival): Scene => {
      const scene = scenes.get(me);
      if (!scene) throw new Error('there is no scene');
      return scene;
    };

    beforeAll(async () => {
      if (kind.missing) return;
      sandbox = await plantedSandbox();
      server = await kind.start(sandbox, HOOK);
      for (const me of RIVALS) scenes.set(me, await sceneFor(sandbox, server, me));
      refs = await refsOf(sandbox, server);
    });
    afterAll(() => sandbox?.dispose());

    describe.each(RIVALS)('by %s', (me) => {
      test.each(attacksBy(me, kind).map((attack) => [attack.title, attack] as const))(
        'nothing comes of %s',
        async (_, attack) => {
          const scene = sceneOf(me);
          const first = attack.first ? await push(scene, await attack.first(scene)) : '';
          const before = attack.first ? await refsOf(sandbox, server) : refs;
          const terminal = first + (await push(scene, await attack.push(scene)));
          const after = await refsOf(sandbox, server);
          if (after !== refs) await restore(sandbox, server, refs);
          expect(after).toBe(before);
          expect(terminal).toContain(toldTo(attack, scene));
        },
      );
    });

    test('nothing of what was refused is kept, and the repository is whole', async () => {
      const objects = readdirSync(join(server.repository, 'objects'));
      expect(objects.filter((name) => name.includes('incoming'))).toEqual([]);
      await sandbox.git(server.repository, 'fsck', '--no-dangling');
    });

    describe.each(RIVALS)('%s', (me) => {
      test.each(Object.entries(OWN_WORK))('%s', async (_, act) => {
        await act({ scene: sceneOf(me), sandbox, server });
      });
    });

    describe(ADMINISTRATOR, () => {
      test.each(Object.entries(ADMINISTRATION))('%s', async (_, act) => {
        await act({ sandbox, server });
      });
    });
  });
}

/** @returns what the pusher reads, without the `remote: ` of each line */
async function push(scene: Scene, what: Push): Promise<string> {
  if ('raw' in what) return pushRaw(scene, what.raw);
  const args = ['push', '--no-verify', '--porcelain', '--force', 'origin', ...what];
  const { stdout, stderr } = await scene.clone.tryGit(args);
  return `${stdout}${stderr}`.replace(/^remote: (.*?) *$/gm, '$1');
}

/** Puts back what the first push of an attack was allowed to do. */
async function restore(sandbox: Sandbox, server: Server, refs: string): Promise<void> {
  const wanted = refsIn(refs);
  const there = refsIn(await refsOf(sandbox, server));
  const lines = [
    ...[...there.keys()].filter((ref) => !wanted.has(ref)).map((ref) => `delete ${ref}`),
    ...[...wanted].map(([ref, oid]) => `update ${ref} ${oid}`),
  ];
  await must('git', ['update-ref', '--no-deref', '--stdin'], {
    cwd: server.repository,
    env: sandbox.env,
    input: `${lines.join('\n')}\n`,
  });
}

function refsIn(listed: string): Map<string, string> {
  const lines = listed.split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ')).map(([oid = '', ref = '']) => [ref, oid]));
}
