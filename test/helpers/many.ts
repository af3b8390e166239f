/** Documents and leases by the thousand, written without a process for each. */
import type { Sandbox } from './sandbox.ts';
import { run } from './sandbox.ts';

/** `RFC-00001`, … */
export function manyIds(count: number, from = 1): string[] {
  return Array.from(
    { length: count },
    (_, index) => `RFC-${String(index + from).padStart(5, '0')}`,
  );
}

export function documentPath(id: string): string {
  return `docs/rfcs/${id}-title.md`;
}

export function manyDocuments(count: number): Record<string, string> {
  return Object.fromEntries(manyIds(count).map((id) => [documentPath(id), `# ${id}\n`]));
}

/** Puts leases of other agents, each its own, on the remote; its refs are loose then. */
export async function plantMany(sandbox: Sandbox, ids: readonly string[]): Promise<void> {
  const time = Math.floor(Date.now() / 1000);
  const parts = ids.map((id) => {
    const ref = `refs/lazyspec/leases/rfc/${id}`;
    const lease = { agent: `agent-of-${id}`, acquired: time, expires: time + 86_400, ttl: 86_400 };
    const content = `${JSON.stringify({ ...lease, nonce: id.padStart(32, '0') }, null, 2)}\n`;
    return [
      `reset ${ref}\n\ncommit ${ref}\ncommitter other <lease@example.invalid> ${time} +0000\n`,
      `data 5\nclaim\nM 100644 inline lease.json\ndata ${content.length}\n${content}\n`,
    ].join('');
  });
  const ran = await run('git', ['fast-import', '--quiet', '--done'], {
    cwd: sandbox.remote,
    env: sandbox.env,
    input: `${parts.join('')}done\n`,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
}

/** As a server does that looks after its repositories. */
export async function packRefs(sandbox: Sandbox): Promise<void> {
  await sandbox.git(sandbox.remote, 'pack-refs', '--all');
}
