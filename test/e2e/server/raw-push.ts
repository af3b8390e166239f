/** What a client sends that is not git: any old value, any ref twice, no look at anything before. */
import { createHash } from 'node:crypto';
import { run } from '../../helpers/sandbox.ts';
import type { Scene } from './scene.ts';

export const ZERO = '0'.repeat(40);

export interface RawUpdate {
  ref: string;
  old: string;
  next: string;
}

/** @returns what the server answers, as a terminal would show it */
export async function pushRaw(scene: Scene, updates: readonly RawUpdate[]): Promise<string> {
  const lines = updates.map(({ old, next, ref }, index) => {
    const capabilities = index === 0 ? '\0report-status side-band-64k' : '';
    return packet(`${old} ${next} ${ref}${capabilities}`);
  });
  // Of objects that are there already.
  const pack = updates.every(({ next }) => next === ZERO) ? [] : [emptyPack()];
  const request = Buffer.concat([...lines, Buffer.from('0000'), ...pack]);
  const address = await scene.clone.git('config', 'remote.origin.url');
  const answer = address.startsWith('http')
    ? await overHttp(address, request)
    : await overSsh(scene, address, request);
  return textOf(answer);
}

function packet(text: string): Buffer {
  const length = Buffer.byteLength(text) + 4;
  return Buffer.from(`${length.toString(16).padStart(4, '0')}${text}`);
}

function emptyPack(): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  return Buffer.concat([header, createHash('sha1').update(header).digest()]);
}

async function overHttp(address: string, body: Buffer): Promise<Buffer> {
  const { username, password, origin, pathname } = new URL(address);
  const credentials = `${username}:${decodeURIComponent(password)}`;
  const answer = await fetch(`${origin}${pathname}/git-receive-pack`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
    },
    body: new Uint8Array(body),
  });
  return Buffer.from(await answer.arrayBuffer());
}

async function overSsh({ clone }: Scene, address: string, input: Buffer): Promise<Buffer> {
  const { username, hostname, port, pathname } = new URL(address);
  const ssh = await clone.git('config', 'core.sshCommand');
  const destination = username ? `${username}@${hostname}` : hostname;
  const path = decodeURIComponent(pathname);
  const command = `${ssh} -p ${port} ${destination} "git-receive-pack '${path}'"`;
  const ran = await run('sh', ['-c', command], {
    cwd: clone.path,
    env: clone.sandbox.env,
    input,
  });
  return Buffer.from(ran.stdout + ran.stderr);
}

/** What is in the packets, without their lengths and their bands. */
function textOf(answer: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < answer.length; ) {
    const length = Number.parseInt(answer.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length) || length > answer.length)
      return parts.concat(answer.toString('utf8', at)).join('');
    const payload = answer.subarray(at + 4, at + Math.max(length, 4));
    const isBand = (payload[0] ?? 0) <= 3;
    parts.push(payload.toString('utf8', isBand ? 1 : 0));
    at += Math.max(length, 4);
  }
  return parts.join('');
}
