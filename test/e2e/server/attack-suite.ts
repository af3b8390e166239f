/** Every attack, tried over one server by each account against the other; then the accounts' own work. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../helpers/sandbox.ts';
import { PACKAGE, run } from '../../helpers/sandbox.ts';
import { tellMissing } from '../../helpers/servers/kinds.ts';
import type { Kind, Rival, Server } from '../../helpers/servers/server.ts';
import { RIVALS } from '../../helpers/servers/server.ts';
import type { Attack, Push } from './attack.ts';
import { filledIn } from './attack.ts';
import { ATTACKS } from './attacks.ts';
import { ownWork } from './own-work.ts';
import { pushRaw } from './raw-push.ts';
import type { Scene } from './scene.ts';
import { plantedSandbox, refsOf, sceneFor } from './scene.ts';

const HOOK = join(PACKAGE, 'templates', 'pre-receive');

export function attackSuite(kind: Kind): void {
  tellMissing('attacks', kind);
  describe(`over ${kind.title}`, () => {
    const test = kind.missing ? it.skip : it;
    let sandbox: Sandbox;
    let server: Server;
    const scenes = new Map<Rival, Scene>();

    beforeAll(async () => {
      if (kind.missing) return;
      sandbox = await plantedSandbox();
      server = await kind.start(sandbox, HOOK);
      for (const me of RIVALS) scenes.set(me, await sceneFor(sandbox, server, me));
    });
    afterAll(() => sandbox?.dispose());

    describe.each(RIVALS)('by %s', (me) => {
      test.each(attacksBy(me).map((attack) => [attack.title, attack] as const))(
        'nothing comes of %s',
        async (_, attack) => {
          const scene = scenes.get(me);
          if (!scene) throw new Error('there is no scene');
          const start = await refsOf(sandbox, server);
          try {
            const { terminal, before, after } = await attempt(attack, scene, sandbox, server);
            expect(after).toBe(before);
            const names = { me, other: scene.other, id: attack.on?.(scene) ?? '' };
            expect(terminal).toContain(filledIn(attack.told, names));
          } finally {
            await restore(sandbox, server, start);
          }
        },
      );
    });

    describe.each(RIVALS)('%s at work', (me) => {
      for (const [title, act] of Object.entries(ownWork)) {
        test(title, async () => {
          const scene = scenes.get(me);
          if (!scene) throw new Error('there is no scene');
          await act(scene, sandbox, server);
        });
      }
    });
  });
}

function attacksBy(me: Rival): readonly Attack[] {
  return ATTACKS.filter(({ heavy }) => !heavy || me === RIVALS[0]);
}

interface Tried {
  /** What the attacker read, without the `remote: ` of each line. */
  terminal: string;
  before: string;
  after: string;
}

async function attempt(
  attack: Attack,
  scene: Scene,
  sandbox: Sandbox,
  server: Server,
): Promise<Tried> {
  const first = attack.first ? await push(scene, await attack.first(scene)) : '';
  const before = await refsOf(sandbox, server);
  const terminal = await push(scene, await attack.push(scene));
  return { terminal: `${first}${terminal}`, before, after: await refsOf(sandbox, server) };
}

async function push(scene: Scene, what: Push): Promise<string> {
  if ('raw' in what) return pushRaw(scene, what.raw);
  const { clone } = scene;
  const args = ['push', '--no-verify', '--porcelain', '--force', 'origin', ...what];
  const { stdout, stderr } = await clone.tryGit(args);
  return `${stdout}${stderr}`.replace(/^remote: (.*?) *$/gm, '$1');
}

/** Puts back what the first push of an attack was allowed to do. */
async function restore(sandbox: Sandbox, server: Server, start: string): Promise<void> {
  const now = await refsOf(sandbox, server);
  if (now === start) return;
  const wanted = refsIn(start);
  const lines = [
    ...[...refsIn(now).keys()].filter((ref) => !wanted.has(ref)).map((ref) => `delete ${ref}`),
    ...[...wanted].map(([ref, oid]) => `update ${ref} ${oid}`),
  ];
  const ran = await run('git', ['update-ref', '--no-deref', '--stdin'], {
    cwd: server.repository,
    env: sandbox.env,
    input: `${lines.join('\n')}\n`,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
}

function refsIn(listed: string): Map<string, string> {
  const lines = listed.split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ')).map(([oid = '', ref = '']) => [ref, oid]));
}
