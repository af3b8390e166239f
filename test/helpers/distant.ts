/** A server that is far away: a proxy in front of it that holds back every byte. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Sandbox } from './sandbox.ts';

/** What has gone through, counted and not estimated. */
export interface Traffic {
  connections: number;
  /** How often an answer came to what had been said: what latency is paid for. */
  roundTrips: number;
  bytes: number;
}

export interface Distant {
  /** The server's address through the proxy. */
  address: string;
  traffic: Traffic;
}

/** @param latency milliseconds that a byte takes, each way */
export async function distant(
  sandbox: Sandbox,
  address: string,
  latency: number,
): Promise<Distant> {
  const url = new URL(address);
  const [port, host] = [Number(url.port), url.hostname];
  const traffic: Traffic = { connections: 0, roundTrips: 0, bytes: 0 };
  const open = new Set<Socket>();
  // Who has said all may still be listening.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    traffic.connections += 1;
    const target = connect({ port, host, allowHalfOpen: true });
    let last = 'answer';
    for (const [from, to, kind] of [
      [client, target, 'question'],
      [target, client, 'answer'],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('data', (chunk) => {
        traffic.bytes += chunk.length;
        if (kind === 'answer' && last === 'question') traffic.roundTrips += 1;
        last = kind;
        setTimeout(() => to.writable && to.write(chunk), latency);
      });
      from.on('end', () => setTimeout(() => to.end(), latency));
      from.on('close', () => open.delete(from));
    }
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  sandbox.onDispose(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  url.port = String((server.address() as AddressInfo).port);
  return { address: url.href, traffic };
}
