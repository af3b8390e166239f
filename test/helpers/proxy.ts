/** What stands between a client and a server, and fails on purpose. */
import type { IncomingMessage } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import type { Sandbox } from './sandbox.ts';

export interface ConnectionFault {
  /** Which bytes are counted: those that the client sends, or those that the server answers. */
  direction: 'up' | 'down';
  /** Bytes that still pass. */
  after: number;
  /** Both ends are cut off then, or nothing passes any more. */
  how: 'cut' | 'stall';
  /** How many connections fail, counted from the next one. */
  connections: number;
}

export interface FaultyProxy {
  /** The address of the server, by way of the proxy. */
  url: string;
  /** Injects a fault, or takes it away. */
  fail(fault?: ConnectionFault): void;
  /** Bytes that passed since `fail` was last called. */
  passed(): { up: number; down: number };
  /** How many connections have failed since then. */
  failed(): number;
}

/** A TCP proxy in front of a server on loopback. */
export async function tcpProxy(sandbox: Sandbox, url: string): Promise<FaultyProxy> {
  const target = new URL(url);
  let fault: ConnectionFault | undefined;
  let passed = { up: 0, down: 0 };
  let failed = 0;
  let left = 0;
  const sockets = new Set<Socket>();

  const server = createTcpServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({
      port: Number(target.port),
      host: target.hostname,
      allowHalfOpen: true,
    });
    const mine = left > 0 ? fault : undefined;
    if (mine) left -= 1;
    let rest = mine?.after ?? 0;
    let over = false;
    const strike = () => {
      if (!over) failed += 1;
      over = true;
      if (mine?.how !== 'cut') return;
      client.destroy();
      upstream.destroy();
    };
    const forward = (direction: 'up' | 'down', from: Socket, to: Socket) => {
      from.on('data', (chunk: Buffer) => {
        if (over) return;
        const counts = mine?.direction === direction;
        const part = counts ? chunk.subarray(0, rest) : chunk;
        if (counts) rest -= part.length;
        passed[direction] += part.length;
        const struck = counts && rest === 0;
        if (part.length > 0) to.write(part, () => struck && strike());
        else if (struck) strike();
      });
      from.on('end', () => {
        if (!over) to.end();
      });
      from.on('error', () => to.destroy());
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    forward('up', client, upstream);
    forward('down', upstream, client);
    if (mine?.after === 0 && mine.direction === 'up') strike();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  sandbox.onDispose(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: Object.assign(new URL(url), { port: String(port) }).href,
    fail(next) {
      fault = next;
      left = next?.connections ?? 0;
      passed = { up: 0, down: 0 };
      failed = 0;
    },
    passed: () => passed,
    failed: () => failed,
  };
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * An HTTP proxy in front of a server on loopback that answers some requests itself.
 * @returns the address of the server, by way of the proxy
 */
export async function httpProxy(
  sandbox: Sandbox,
  url: string,
  answer: (request: IncomingMessage) => Answer | undefined,
): Promise<string> {
  const target = new URL(url);
  const server = createServer((request, response) => {
    const own = answer(request);
    if (own) {
      request.resume();
      response.writeHead(own.status, { 'content-type': 'text/html', ...own.headers });
      response.end(own.body ?? '');
      return;
    }
    const { method, headers, url: path = '/' } = request;
    const options = { host: target.hostname, port: target.port, method, headers, path };
    const forwarded = httpRequest(options, (answered) => {
      response.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  sandbox.onDispose(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(new URL(url), { port: String(port) }).href;
}
