import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGitConfig } from '../../src/git/config.ts';
import { listRefs, readRefs, refFiles } from '../../src/git/ref-files.ts';
import { createGit } from '../../src/git/run.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { commitOf, leaseRefs, RFC_1, RFC_2 } from './worlds.ts';

const LEASES = 'refs/lazyspec/leases/';

describe('refs that are read without git', () => {
  let sandbox: Sandbox;
  let clone: Clone;
  let oids: string[];

  beforeEach(async () => {
    sandbox = await Sandbox.create();
    clone = await sandbox.clone('agent-a');
    oids = [await commitOf(clone, '1'), await commitOf(clone, '2')];
  });
  afterEach(() => sandbox.dispose());

  const files = () => ({ commonDir: clone.at('.git') });
  const list = () => listRefs(files(), LEASES);
  const read = (...names: string[]) => readRefs(files(), names);
  const set = (ref: string, oid = oids[0] ?? '') => clone.git('update-ref', ref, oid);
  function write(path: string, content: string): void {
    mkdirSync(dirname(clone.at('.git', path)), { recursive: true });
    writeFileSync(clone.at('.git', path), content);
  }

  it('are the ones that git lists, after any acts', async () => {
    const name = fc.constantFrom(...[1, 2, 3, 10].map((number) => `rfc/RFC-${number}`), 'adr/A-1');
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ set: name, to: fc.constantFrom(0, 1) }) },
      { weight: 2, arbitrary: fc.record({ remove: name }) },
      { weight: 1, arbitrary: fc.constant('pack' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
        for (const one of acts) {
          if (one === 'pack') await clone.git('pack-refs', '--all');
          else if ('set' in one) await set(LEASES + one.set, oids[one.to]);
          else await clone.git('update-ref', '-d', LEASES + one.remove);
        }
        const known = await leaseRefs(sandbox, clone.path);
        expect(Object.entries(known)).toEqual([...(list() ?? [])]);
        const names = [...Object.keys(known), `${LEASES}rfc/RFC-99`];
        expect(Object.fromEntries(read(...names) ?? [])).toEqual(known);
      }),
      { numRuns: 12 },
    );
  });

  it('are found among many names, loose and packed', async () => {
    await set(RFC_1);
    await clone.git('pack-refs', '--all');
    await set(RFC_2, oids[1]);
    const none = Array.from({ length: 40 }, (_, index) => `${LEASES}rfc/NONE-${index}`);
    expect(read(...none, RFC_1, RFC_2)).toEqual(
      new Map([
        [RFC_1, oids[0]],
        [RFC_2, oids[1]],
      ]),
    );
  });

  it('are none where there are none, and not what lies above or below a name', async () => {
    expect(list()).toEqual(new Map());
    await set(RFC_1);
    expect(read(`${RFC_1}/below`, `${RFC_1}0`)).toEqual(new Map());
    await clone.git('pack-refs', '--all');
    expect(read(`${RFC_1}0`, RFC_1.slice(0, -1))).toEqual(new Map());
  });

  it('are never a branch or a tag that goes by the name of a lease', async () => {
    for (const kind of ['heads', 'tags']) await set(`refs/${kind}/${RFC_1}`);
    expect(list()).toEqual(new Map());
    expect(read(RFC_1)).toEqual(new Map());
    await clone.git('pack-refs', '--all');
    expect(list()).toEqual(new Map());
    expect(read(RFC_1)).toEqual(new Map());
  });

  it('are there while git holds their lock, or has left it', async () => {
    await set(RFC_1);
    write(`${RFC_2}.lock`, '');
    write('packed-refs.lock', '');
    expect(list()).toEqual(new Map([[RFC_1, oids[0]]]));
  });

  it.each([
    ['is a symbolic ref', () => write(RFC_2, `ref: ${RFC_1}\n`)],
    ['is no id', () => write(RFC_2, 'nonsense\n')],
    ['is empty', () => write(RFC_2, '')],
    ['is half an id', () => write(RFC_2, '0123456789\n')],
    ['is a link', () => symlinkSync(clone.at('.git', RFC_1), clone.at('.git', RFC_2))],
    ['has a name that git would refuse', () => write(`${LEASES}rfc/a..b`, `${oids[0]}\n`)],
  ])('are left to git where one %s', async (_, spoil) => {
    await set(RFC_1);
    spoil();
    expect(list()).toBeUndefined();
    expect(read(RFC_1)).toEqual(new Map([[RFC_1, oids[0]]]));
  });

  it.each([
    ['is damaged', (text: string) => text.replace(` ${RFC_1}`, `0 ${RFC_1}`)],
    ['ends early', (text: string) => text.slice(0, text.indexOf(RFC_1) + 5 + LEASES.length)],
    ['is very large', (text: string) => text + '#'.repeat(5_000_000)],
  ])('are left to git where what is packed %s', async (_, spoil) => {
    await set(RFC_1);
    await clone.git('pack-refs', '--all');
    clone.write({ '.git/packed-refs': spoil(clone.read('.git/packed-refs')) });
    expect(list()).toBeUndefined();
    expect(read(RFC_1, RFC_2)).toBeUndefined();
  });

  it('are left to git where they are kept in another way, or a variable may say so', async () => {
    const git = createGit({ cwd: clone.path, env: sandbox.env });
    expect(refFiles(files(), await readGitConfig(git), sandbox.env)).toEqual(files());
    for (const name of ['GIT_REFERENCE_BACKEND', 'GIT_NAMESPACE']) {
      const env = { ...sandbox.env, [name]: 'x' };
      expect(refFiles(files(), await readGitConfig(git), env)).toBeUndefined();
    }
    await clone.git('config', 'extensions.refStorage', 'reftable');
    const config = await readGitConfig(git).catch(() => undefined);
    if (config) expect(refFiles(files(), config, sandbox.env)).toBeUndefined();
  });

  it('are left to git where a name is a folder, a pipe, or may not be read', async () => {
    mkdirSync(clone.at('.git', RFC_1), { recursive: true });
    expect(read(RFC_1)).toBeUndefined();
    rmSync(clone.at('.git', RFC_1), { recursive: true });
    execFileSync('mkfifo', [clone.at('.git', RFC_1)]);
    expect(read(RFC_1)).toBeUndefined();
    expect(list()).toBeUndefined();
    rmSync(clone.at('.git', RFC_1));
    if (process.getuid?.() === 0) return;
    await set(RFC_1);
    chmodSync(clone.at('.git', LEASES), 0);
    expect(list()).toBeUndefined();
    const many = Array.from({ length: 40 }, (_, index) => `${LEASES}rfc/RFC-${index}`);
    expect(read(RFC_1, ...many)).toBeUndefined();
    chmodSync(clone.at('.git', LEASES), 0o755);
  });
});
