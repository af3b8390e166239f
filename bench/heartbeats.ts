/**
 * Heartbeats of many agents as the remote sees them: `git receive-pack`, spoken to directly, so that
 * what is measured is the remote and not the programs that would push.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

interface GitObject {
  type: 'commit' | 'tree' | 'blob';
  content: Buffer;
}

/** Numbers of the types in a pack (gitformat-pack). */
const TYPE = { commit: 1, tree: 2, blob: 3 };

function idOf({ type, content }: GitObject): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** A lease commit, its tree and its blob, as a heartbeat pushes them. */
export function leaseObjects(agent: string, time: number, nonce: string) {
  const record = { agent, acquired: time, expires: time + 3600, ttl: 3600, nonce };
  const blob: GitObject = {
    type: 'blob',
    content: Buffer.from(`${JSON.stringify(record, null, 2)}\n`),
  };
  const entry = Buffer.concat([Buffer.from('100644 lease.json\0'), Buffer.from(idOf(blob), 'hex')]);
  const tree: GitObject = { type: 'tree', content: entry };
  const who = `${agent} <lease@example.invalid> ${time} +0000`;
  const commit: GitObject = {
    type: 'commit',
    content: Buffer.from(`tree ${idOf(tree)}\nauthor ${who}\ncommitter ${who}\n\nrenew\n`),
  };
  return { id: idOf(commit), objects: [commit, tree, blob] };
}

function pack(objects: readonly GitObject[]): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const parts = objects.flatMap(({ type, content }) => [
    sizeOf(TYPE[type], content.length),
    deflateSync(content),
  ]);
  const body = Buffer.concat([header, ...parts]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** Four bits of the size beside the type, then seven in each byte. */
function sizeOf(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 127);
  }
  return Buffer.from(bytes);
}

export interface Heartbeat {
  ref: string;
  before: string;
  after: string;
  objects: readonly GitObject[];
}

/** One push of one lease. @returns the bytes that went over the line, there and back */
export function push(repository: string, env: NodeJS.ProcessEnv, beat: Heartbeat): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['receive-pack', repository], { env, stdio: 'pipe' });
    const chunks: Buffer[] = [];
    let sent = 0;
    let asked = false;
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // All refs of the repository come first, and end with a flush.
      if (asked || !chunk.subarray(-4).equals(Buffer.from('0000'))) return;
      asked = true;
      const command = `${beat.before} ${beat.after} ${beat.ref}\0 report-status atomic`;
      const line = `${(command.length + 4).toString(16).padStart(4, '0')}${command}0000`;
      const question = Buffer.concat([Buffer.from(line, 'latin1'), pack(beat.objects)]);
      sent = question.length;
      child.stdin.end(question);
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', () => {
      const answer = Buffer.concat(chunks);
      const said = answer.subarray(-400).toString('latin1');
      if (said.includes(`ok ${beat.ref}`)) resolve(sent + answer.length);
      else reject(new Error(`receive-pack: ${said.slice(-200)}`));
    });
  });
}
