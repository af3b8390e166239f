/** What npm would publish, as tools see it that know how packages go wrong, and compilers of any age. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../helpers/packed.ts';
import { PACKAGE, run } from '../helpers/sandbox.ts';

const TOOLS = [
  'publint@0.3.25',
  '@arethetypeswrong/cli@0.18.5',
  'old-typescript@npm:typescript@5.4.5',
];

const PROGRAM = `
import type { ErrorCode, ListedLease, WrittenLease } from 'lazyspec-hooks';
import { claim, gate, LazyspecError, leases } from 'lazyspec-hooks';

export async function mine(root: string, signal: AbortSignal): Promise<string[]> {
  const options = { root, signal, env: { LAZYSPEC_AGENT_ID: 'agent-7' } };
  const [first]: WrittenLease[] = await claim(options, { documents: ['RFC-001'], wait: 60 });
  const { ok, documents } = await gate(options, { range: 'main..HEAD' });
  const listed: ListedLease[] = await leases(options, { mine: true });
  return [first?.expires ?? '', String(ok), ...documents.map(({ id }) => id), ...listed.map(({ ref }) => ref)];
}

export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof LazyspecError ? error.code : undefined;
}
`;

describe('the package, as it is published', () => {
  let folder: string;
  let tarball: string;

  beforeAll(async () => {
    ({ tarball } = await packedPackage());
    folder = mkdtempSync(join(tmpdir(), 'lazyspec published-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    const npm = await run('npm', ['install', ...quick, ...TOOLS, tarball], {
      cwd: folder,
      env: process.env,
    });
    if (npm.status !== 0) throw new Error(npm.stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function passes(script: string, ...args: string[]): Promise<void> {
    const ran = await run(process.execPath, [script, ...args], { cwd: folder, env: process.env });
    const { status, stdout, stderr } = ran;
    expect({ status, told: stdout + stderr }).toEqual({ status: 0, told: expect.any(String) });
  }
  const tool = (...path: string[]) => join(folder, 'node_modules', ...path);

  it('has nothing that publint finds', async () => {
    await passes(tool('publint', 'src', 'cli.js'), tarball, '--strict');
  });

  it('has no types that are wrong for anybody', async () => {
    await passes(tool('@arethetypeswrong', 'cli', 'dist', 'index.js'), tarball);
  });

  const compilers = {
    'TypeScript 5.4': () => tool('old-typescript', 'bin', 'tsc'),
    'the TypeScript of this project': () =>
      join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc'),
  };
  describe.each(Object.entries(compilers))('is understood by %s', (name, tsc) => {
    it.each([
      ['a module of Node', 'node16', 'node16', 'mts'],
      ['a script of Node', 'node16', 'node16', 'cts'],
      ['what is bundled', 'esnext', 'bundler', 'ts'],
    ])('in %s, with no other types installed', async (_, module, moduleResolution, extension) => {
      const project = join(folder, `${name}-${extension}`.replaceAll(' ', '-'));
      mkdirSync(project);
      writeFileSync(join(project, `program.${extension}`), PROGRAM);
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2022', strict: true, noEmit: true },
        ...{ skipLibCheck: false, types: [] },
      };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      await passes(tsc(), '-p', project);
    });
  });
});
