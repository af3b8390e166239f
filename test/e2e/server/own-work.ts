/** What an account does with the real programs, over a server that watches. */
import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Clone, Sandbox } from '../../helpers/sandbox.ts';
import type { Server } from '../../helpers/servers/server.ts';
import { ADMINISTRATOR, cloneAs } from '../../helpers/servers/server.ts';
import type { Scene } from './scene.ts';
import { ABANDONED, FREE, HELD, leaseRef, MALFORMED, path } from './scene.ts';

interface Site {
  sandbox: Sandbox;
  server: Server;
}
type Act = (site: Site & { scene: Scene }) => Promise<void>;

/** On the server itself; undefined where there is no lease. */
async function holderOf(id: string, { sandbox, server }: Site): Promise<string | undefined> {
  const refs = await sandbox.git(server.repository, 'for-each-ref', leaseRef(id));
  if (refs === '') return undefined;
  const shown = await sandbox.git(server.repository, 'show', `${leaseRef(id)}:lease.json`);
  return JSON.parse(shown).agent;
}

async function succeed(clone: Clone, ...args: string[]): Promise<void> {
  const { status, stdout, stderr } = await clone.lease(args);
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

export const OWN_WORK: Record<string, Act> = {
  'claims a document, renews the claim, pushes a change, and releases it': async (site) => {
    const { scene } = site;
    await succeed(scene.clone, 'claim', FREE);
    expect(await holderOf(FREE, site)).toBe(scene.me);
    await succeed(scene.clone, 'heartbeat', FREE);
    expect(await pushChange(scene, path(FREE))).toMatchObject({ status: 0 });
    await succeed(scene.clone, 'release', FREE);
    expect(await holderOf(FREE, site)).toBeUndefined();
    const refused = await pushChange(scene, path(FREE));
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(`${FREE}: document is not claimed`);
  },
  'is refused a claim on what the other holds, and told by whom': async ({ scene }) => {
    const { status, stderr } = await scene.clone.lease(['claim', HELD[scene.other]]);
    expect(status).toBe(1);
    expect(stderr).toContain(`'${scene.other}'`);
  },
  'pushes a change to a document held for some time, on a new branch': async ({ scene }) => {
    const pushed = await pushChange(scene, path(HELD[scene.me]), `of-${scene.me}`);
    expect(pushed).toMatchObject({ status: 0 });
  },
  'pushes a new document': async ({ scene }) => {
    const file = `docs/rfcs/RFC-${scene.me === 'alice' ? 101 : 102}-new.md`;
    expect(await pushChange(scene, file)).toMatchObject({ status: 0 });
  },
  'pushes what is no document': async ({ scene }) => {
    expect(await pushChange(scene, 'README.md')).toMatchObject({ status: 0 });
  },
  'takes over what the other has abandoned': async (site) => {
    const { scene } = site;
    const id = ABANDONED[scene.other];
    await succeed(scene.clone, 'claim', id, '--force');
    expect(await holderOf(id, site)).toBe(scene.me);
    expect(await pushChange(scene, path(id))).toMatchObject({ status: 0 });
  },
};

export const ADMINISTRATION: Record<string, (site: Site) => Promise<void>> = {
  "removes somebody's lease, and a malformed one": async (site) => {
    const clone = await cloneAs(site.sandbox, site.server, ADMINISTRATOR);
    await succeed(clone, 'release', HELD.alice, '--expected-holder', 'alice');
    expect(await holderOf(HELD.alice, site)).toBeUndefined();
    await succeed(clone, 'release', MALFORMED, '--expected-holder', '?');
    expect(await holderOf(MALFORMED, site)).toBeUndefined();
  },
  'changes the rules': async ({ sandbox, server }) => {
    const clone = await cloneAs(sandbox, server, ADMINISTRATOR, 'rules');
    await clone.git('fetch', '--quiet', 'origin');
    await clone.git('checkout', '--quiet', '-B', 'work', 'origin/main');
    appendFileSync(clone.at('.lazyspec.toml'), 'lease_duration = "30m"\n');
    await clone.git('commit', '--quiet', '--all', '--message', 'Shorter leases');
    const pushed = await clone.tryGit(['push', 'origin', 'HEAD:main']);
    expect(pushed).toMatchObject({ status: 0 });
  },
  'is told by doctor that the remote compares and swaps': async ({ sandbox, server }) => {
    const clone = await cloneAs(sandbox, server, ADMINISTRATOR, 'doctor');
    const { stdout } = await clone.hooks(['doctor', '--json']);
    const { findings } = JSON.parse(stdout);
    const swaps = findings.filter(({ check }: { check: string }) => check === 'compare-and-swap');
    expect(swaps).toMatchObject([{ state: 'ok' }]);
  },
};
