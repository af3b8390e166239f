import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manyIds } from '../../helpers/many.ts';
import { run } from '../../helpers/sandbox.ts';
import type { Person } from '../../helpers/served.ts';
import { Served, TEMPLATE } from '../../helpers/served.ts';
import { traceGit } from '../../helpers/traced.ts';

const COUNT = 10_000;
const ONE = 'docs/rfcs/RFC-001-some-title.md';
const MINUTES = 60_000;

let served: Served;
let ada: Person;

beforeEach(async () => {
  served = await Served.create();
  ada = await served.person('ada');
});
afterEach(() => served.dispose());

/** The hook as git would call it, with a count of the processes of git that it starts. */
async function judged(lines: readonly string[]) {
  const trace = traceGit(served.sandbox.folder);
  const env = { ...served.sandbox.env, ...trace.env, GIT_DIR: '.', LAZYSPEC_PUSHER: 'ada' };
  const input = lines.map((line) => `${line}\n`).join('');
  const ran = await run(TEMPLATE, [], { cwd: served.remote, env, input });
  return { ...ran, processes: trace.read().processes };
}

async function importInto(path: string, stream: string): Promise<void> {
  const env = served.sandbox.env;
  const ran = await run('git', ['fast-import', '--quiet'], { cwd: path, env, input: stream });
  if (ran.status !== 0) throw new Error(ran.stderr);
}

describe(`${COUNT} refs in one push`, () => {
  it(
    'are taken, and refused for the one that may not be',
    async () => {
      const tip = await ada.git('rev-parse', 'HEAD');
      const branches = manyIds(COUNT).map((id) => `create refs/heads/many/${id} ${tip}\n`);
      const env = served.sandbox.env;
      const options = { cwd: ada.clone.path, env, input: branches.join('') };
      await run('git', ['update-ref', '--stdin'], options);
      await ada.commit({ [ONE]: 'changed' });
      const every = 'refs/heads/many/*:refs/heads/many/*';
      const refused = await ada.push(['--quiet', 'origin', every, 'HEAD:refs/heads/one']);
      expect(refused.stderr).toContain('RFC-001: document is not claimed');
      expect(await served.git('for-each-ref', '--count=1', 'refs/heads/many')).toBe('');
      const taken = await ada.push(['--quiet', 'origin', every]);
      expect(taken.stderr).toBe('');
      expect(taken.status).toBe(0);
    },
    10 * MINUTES,
  );

  it(
    'cost a bounded number of processes where branches that are there go on',
    async () => {
      const tip = await ada.git('rev-parse', 'HEAD');
      const ids = manyIds(COUNT);
      const stream = ids.map((id) => {
        return [
          `reset refs/heads/many/${id}\nfrom ${tip}\n\n`,
          `commit refs/next/${id}\ncommitter a <a@b> 1 +0000\ndata 1\nx\nfrom ${tip}\n`,
          `M 100644 inline code/${id}\ndata 1\nx\n`,
        ].join('');
      });
      await importInto(served.remote, stream.join(''));
      const format = '--format=%(objectname) %(refname:lstrip=2)';
      const next = await served.git('for-each-ref', format, 'refs/next/');
      const lines = next.split('\n').map((line) => {
        const [commit, id] = line.split(' ');
        return `${tip} ${commit} refs/heads/many/${id}`;
      });
      const { stderr, status, processes } = await judged(lines);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(processes.length).toBeLessThan(12);
    },
    10 * MINUTES,
  );

  it(
    'cost a bounded number of processes where they are leases, and are told in a few lines',
    async () => {
      const time = Math.floor(Date.now() / 1000);
      const ids = manyIds(COUNT);
      const lease = (agent: string, id: string) =>
        JSON.stringify({ agent, acquired: time, expires: time + 600, nonce: id });
      const stream = ids.map((id, index) => {
        const content = lease(index < COUNT / 2 ? 'ada' : 'eve', id);
        return [
          `reset refs/next/${id}\n\ncommit refs/next/${id}\ncommitter a <a@b> ${time} +0000\n`,
          `data 1\nx\nM 100644 inline lease.json\ndata ${content.length}\n${content}\n`,
        ].join('');
      });
      await importInto(served.remote, stream.join(''));
      const format = '--format=%(objectname) %(refname:lstrip=2)';
      const next = await served.git('for-each-ref', format, 'refs/next/');
      const lines = next.split('\n').map((line) => {
        const [commit, id] = line.split(' ');
        return `${'0'.repeat(40)} ${commit} refs/lazyspec/leases/rfc/${id}`;
      });
      const own = await judged(lines.slice(0, COUNT / 2));
      expect(own.stderr).toBe('');
      expect(own.status).toBe(0);
      const all = await judged(lines);
      expect(all.status).toBe(1);
      expect(all.stderr).toContain(`this push was refused for ${COUNT / 2} reasons`);
      expect(all.stderr.split('\n').length).toBeLessThan(100);
      expect(all.processes.length).toBeLessThan(16);
    },
    10 * MINUTES,
  );

  it(
    'are refused where too many are merged at once, with what to do',
    async () => {
      const tip = await ada.git('rev-parse', 'HEAD');
      const tree = await ada.git('rev-parse', 'HEAD^{tree}');
      const commit = (parents: string[]) =>
        served.git('commit-tree', tree, ...parents.flatMap((one) => ['-p', one]), '-m', 'x');
      const side = await commit([tip]);
      const merge = await commit([tip, side]);
      const refs = manyIds(60).map((id) => `refs/heads/many/${id}`);
      const input = refs.map((ref) => `create ${ref} ${tip}\n`).join('');
      const options = { cwd: served.remote, env: served.sandbox.env, input };
      await run('git', ['update-ref', '--stdin'], options);
      const many = await judged(refs.map((ref) => `${tip} ${merge} ${ref}`));
      expect(many.stderr).toContain('more branches than can be judged in one push');
      expect(many.status).toBe(1);
      expect((await judged(refs.slice(0, 3).map((ref) => `${tip} ${merge} ${ref}`))).status).toBe(
        0,
      );
    },
    MINUTES,
  );
});
