/** The packed package, installed once by npm, and a registry of npm's kind that has it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packedPackage } from '../helpers/packed.ts';
import { run } from '../helpers/sandbox.ts';

export interface Installed {
  /** The package as it is in node_modules. */
  folder: string;
  /** The folder with its programs. */
  bin: string;
  /** Address of the registry. */
  registry: string;
}

export async function installPacked(): Promise<Installed & { remove(): void }> {
  const { tarball } = await packedPackage();
  const place = mkdtempSync(join(tmpdir(), 'lazyspec-installed-'));
  const home = join(place, 'home');
  mkdirSync(home);
  const options = ['--prefix', place, '--offline', '--no-audit', '--no-fund'];
  const ran = await run('npm', ['install', ...options, tarball], {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: home },
  });
  if (ran.status !== 0) throw new Error(`npm install: ${ran.stderr}`);
  const folder = join(place, 'node_modules', 'lazyspec-hooks');
  const server = await registryOf(folder, tarball);
  return {
    folder,
    bin: join(place, 'node_modules', '.bin'),
    registry: server.address,
    remove() {
      server.close();
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Answers npm's questions about one package. */
async function registryOf(folder: string, tarball: string) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version } = manifest;
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (request.url === `/${name}`) {
      const dist = { tarball: `http://127.0.0.1:${port}/${name}.tgz` };
      const versions = { [version]: { ...manifest, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
    } else if (request.url === `/${name}.tgz`) response.end(readFileSync(tarball));
    else response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
