/** Real servers for the sandbox's remote, on loopback, stopped with the sandbox. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from './sandbox.ts';

/** A port that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `git daemon` over the remote, with pushing allowed. @returns the remote's address */
export async function gitDaemon(sandbox: Sandbox): Promise<string> {
  const port = await freePort();
  const child = spawn(
    'git',
    [
      'daemon',
      '--reuseaddr',
      '--export-all',
      '--enable=receive-pack',
      `--base-path=${sandbox.folder}`,
      '--listen=127.0.0.1',
      `--port=${port}`,
    ],
    // A group of its own: git runs the daemon proper as a child.
    { env: sandbox.env, stdio: 'ignore', detached: true },
  );
  sandbox.onDispose(() => {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  });
  await untilListening(port);
  return `git://127.0.0.1:${port}/remote.git`;
}

export async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      // Not `end`: it waits until sshd's greeting is read, and would keep jest's worker alive.
      socket.once('connect', () => resolve(Boolean(socket.destroy())));
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(25);
  }
  throw new Error(`nothing listens on port ${port}`);
}

/**
 * `git http-backend` behind Node's own web server. @returns the remote's address
 * @param portal answer as a captive portal does while it returns true: 200, and a page
 */
export async function gitHttp(sandbox: Sandbox, portal = () => false): Promise<string> {
  const server = createServer((request, response) => {
    if (portal()) {
      response.setHeader('content-type', 'text/html');
      response.end('<html>Please log in</html>');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...sandbox.env,
        GIT_PROJECT_ROOT: sandbox.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'somebody',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        ...(request.headers['content-encoding'] && {
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
        }),
        ...(request.headers['git-protocol'] && {
          GIT_PROTOCOL: String(request.headers['git-protocol']),
        }),
      },
    });
    request.pipe(backend.stdin).on('error', () => {});
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk) => chunks.push(chunk));
    backend.on('close', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      for (const line of answer.subarray(0, end).toString('utf8').split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else if (name) response.setHeader(name, value);
      }
      response.end(answer.subarray(end + 4));
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  sandbox.onDispose(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/remote.git`;
}
