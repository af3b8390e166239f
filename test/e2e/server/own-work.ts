/** What an account does with the real programs, over a server that watches. */
import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Sandbox } from '../../helpers/sandbox.ts';
import type { Server } from '../../helpers/servers/server.ts';
import type { Scene } from './scene.ts';
import { ABANDONED, FREE, HELD, leaseRef, path } from './scene.ts';

type Act = (scene: Scene, sandbox: Sandbox, server: Server) => Promise<void>;

/** On the server itself. */
async function holderOf(id: string, sandbox: Sandbox, { repository }: Server): Promise<string> {
  const shown = await sandbox.git(repository, 'show', `${leaseRef(id)}:lease.json`);
  return JSON.parse(shown).agent;
}

async function succeed(scene: Scene, ...args: string[]): Promise<void> {
  const { status, stdout, stderr } = await scene.clone.lease(args);
  expect({ args, status, said: stdout + stderr }).toMatchObject({ status: 0 });
}

/** Commits and pushes a change to a document, as it is done without our hooks. */
async function pushChange(scene: Scene, file: string, branch = 'main') {
  const { clone } = scene;
  await clone.git('fetch', '--quiet', 'origin');
  await clone.git('checkout', '--quiet', '-B', 'work', 'origin/main');
  appendFileSync(clone.at(file), `By ${scene.me}.\n`);
  await clone.git('add', '--all');
  await clone.git('commit', '--quiet', '--no-verify', '--message', `Change ${file}`);
  return clone.tryGit(['push', '--no-verify', 'origin', `HEAD:refs/heads/${branch}`]);
}

export const ownWork: Record<string, Act> = {
  'claims a document, renews the claim, pushes a change, and releases it': async (
    scene,
    sandbox,
    server,
  ) => {
    await succeed(scene, 'claim', FREE);
    expect(await holderOf(FREE, sandbox, server)).toBe(scene.me);
    await succeed(scene, 'heartbeat', FREE);
    expect(await pushChange(scene, path(FREE))).toMatchObject({ status: 0 });
    await succeed(scene, 'release', FREE);
    const refused = await pushChange(scene, path(FREE));
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(`${FREE}: document is not claimed`);
  },
  'pushes a change to a document held since yesterday, on a new branch': async (scene) => {
    const pushed = await pushChange(scene, path(HELD[scene.me]), `of-${scene.me}`);
    expect(pushed).toMatchObject({ status: 0 });
  },
  'pushes a new document': async (scene) => {
    const file = `docs/rfcs/RFC-${scene.me === 'alice' ? 101 : 102}-new.md`;
    expect(await pushChange(scene, file)).toMatchObject({ status: 0 });
  },
  'pushes what is no document': async (scene) => {
    expect(await pushChange(scene, 'README.md')).toMatchObject({ status: 0 });
  },
  'takes over what the other has abandoned': async (scene, sandbox, server) => {
    const id = ABANDONED[scene.other];
    await succeed(scene, 'claim', id, '--force');
    expect(await holderOf(id, sandbox, server)).toBe(scene.me);
    expect(await pushChange(scene, path(id))).toMatchObject({ status: 0 });
  },
  'is told by doctor that the remote compares and swaps': async (scene) => {
    const { stdout } = await scene.clone.hooks(['doctor', '--json']);
    const { findings } = JSON.parse(stdout);
    const swaps = findings.filter(({ check }: { check: string }) => check === 'compare-and-swap');
    expect(swaps).toMatchObject([{ state: 'ok' }]);
  },
};
