/**
 * `npm run bench:backends [rounds]`: what the refs of a clone cost through git and through nodegit,
 * side by side: both in each round, so that a machine that slows down slows both; medians and
 * ratios. First whole commands, then the two stores within one process.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseStore } from '../src/git/choose-store.ts';
import { readGitConfig } from '../src/git/config.ts';
import { builtFolder } from '../src/git/nodegit-load.ts';
import type { NewLeaseCommit, RefStore } from '../src/git/ref-store.ts';
import { openRepository } from '../src/git/repository.ts';
import { createGit } from '../src/git/run.ts';
import { LEASE_REFS } from '../src/lease-refs.ts';
import { packageRoot } from '../src/package-root.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
const NUMBERS = [10, 1000, 5000];
const BACKENDS = ['git', 'nodegit'] as const;
const PROGRAM = join(packageRoot(), 'dist', 'lease.js');

const world = mkdtempSync(join(tmpdir(), 'lazyspec-bench-'));
process.on('exit', () => rmSync(world, { recursive: true, force: true, maxRetries: 5 }));
// NODE_EXTRA_CA_CERTS makes Node 20 start 70 ms later, and is no business of this.
const { PATH, LAZYSPEC_NODEGIT } = process.env;
const env = {
  PATH,
  HOME: world,
  GIT_CONFIG_NOSYSTEM: '1',
  LAZYSPEC_AGENT_ID: 'bench',
  ...(LAZYSPEC_NODEGIT && { LAZYSPEC_NODEGIT }),
};

function run(cwd: string, program: string, args: readonly string[], more = {}): void {
  const ran = spawnSync(program, args, { cwd, env: { ...env, ...more }, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr}`);
}

interface World {
  clone: string;
  stores: Record<(typeof BACKENDS)[number], RefStore>;
  refs: string[];
}

/** A clone of so many leases, whose refs and objects are loose files, or all packed. */
async function worldOf(leases: number, packed: boolean): Promise<World> {
  const clone = join(world, `${leases}-${packed ? 'packed' : 'loose'}`);
  mkdirSync(clone);
  run(clone, 'git', ['init', '--quiet']);
  writeFileSync(join(clone, '.lazyspec.toml'), '[coordination]\nremote = "."\n');
  const git = createGit({ cwd: clone, env });
  const [repository, config] = await Promise.all([
    openRepository(git, clone, env),
    readGitConfig(git),
  ]);
  const storeOf = async (backend: string) => {
    const choice = { git, repository, config, configured: 'auto' as const };
    return (await chooseStore({ ...choice, env: { ...env, LAZYSPEC_BACKEND: backend } })).store;
  };
  const stores = { git: await storeOf('git'), nodegit: await storeOf('nodegit') };
  const refs = Array.from({ length: leases }, (_, index) => `${LEASE_REFS}rfc/RFC-${1000 + index}`);
  const changes = [];
  // As few at a time as are written as loose objects.
  for (let at = 0; at < leases; at += 25) {
    const some = refs.slice(at, at + 25);
    const oids = await stores.git.write(some.map(() => leaseCommit()));
    changes.push(...some.map((ref, index) => ({ ref, expected: undefined, next: oids[index] })));
  }
  await stores.git.swap(changes);
  if (packed) run(clone, 'git', ['gc', '--quiet']);
  return { clone, stores, refs };
}

let written = 0;
function leaseCommit(): NewLeaseCommit {
  const nonce = `${Date.now()}-${written++}`;
  const content = `${JSON.stringify({ agent: 'bench', acquired: 1, expires: 2, ttl: 3, nonce })}\n`;
  return { author: 'bench', time: 1_800_000_000, message: 'claim RFC-1\n', content };
}

type Act = (backend: (typeof BACKENDS)[number]) => Promise<unknown> | unknown;

async function compare(what: string, act: Act, rounds = ROUNDS): Promise<void> {
  const times = { git: [] as number[], nodegit: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    for (const backend of BACKENDS) {
      const start = performance.now();
      await act(backend);
      if (round > 0) times[backend].push(performance.now() - start);
    }
  }
  const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
  const [git, nodegit] = [median(times.git), median(times.nodegit)];
  const cells = [git.toFixed(1), nodegit.toFixed(1), (nodegit / git).toFixed(2)];
  process.stdout.write(`| ${[what, ...cells].join(' | ')} |\n`);
}

/** Claims and gives back what nobody else has. */
async function claim({ stores }: World, backend: (typeof BACKENDS)[number]): Promise<void> {
  const store = stores[backend];
  const ref = `${LEASE_REFS}rfc/NEW-1`;
  await store.read([ref]);
  const [next] = await store.write([leaseCommit()]);
  await store.swap([{ ref, expected: undefined, next }]);
  await store.swap([{ ref, expected: next, next: undefined }]);
}

async function renew({ stores, refs }: World, backend: (typeof BACKENDS)[number]): Promise<void> {
  const [seen] = await stores[backend].read(refs.slice(0, 1));
  if (!seen) throw new Error('the lease is gone');
  const [next] = await stores[backend].write([leaseCommit()]);
  const outcome = await stores[backend].swap([{ ref: seen.ref, expected: seen.oid, next }]);
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
}

const version = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim();
process.stdout.write(
  `${version}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${arch()}; ${ROUNDS} rounds\n\n`,
);
process.stdout.write('| | git, ms | nodegit, ms | ratio |\n| --- | --- | --- | --- |\n');
for (const leases of NUMBERS) {
  for (const packed of [false, true]) {
    const place = await worldOf(leases, packed);
    const { clone, stores, refs } = place;
    const name = `${leases.toLocaleString('en')} ${packed ? 'packed' : 'loose'}`;
    const rounds = Math.max(3, Math.ceil(leases > 100 ? ROUNDS / 3 : ROUNDS));
    const command = (...args: string[]): Act => {
      return (backend) =>
        run(clone, process.execPath, [PROGRAM, ...args], { LAZYSPEC_BACKEND: backend });
    };
    if (leases === NUMBERS[0] && !packed) {
      const nodegit = LAZYSPEC_NODEGIT || builtFolder();
      await compare('load: Node alone, and with nodegit', (backend) => {
        const code = backend === 'git' ? '0' : 'require(process.argv[1])';
        run(clone, process.execPath, ['-e', code, nodegit]);
      });
      await compare('command: `claim`, then `release`', (backend) => {
        for (const word of ['claim', 'release']) command(word, 'RFC-1')(backend);
      });
    }
    await compare(`${name}: command \`leases\``, command('leases', '--quiet'), rounds);
    await compare(`${name}: list`, (backend) => stores[backend].list(LEASE_REFS), rounds);
    await compare(`${name}: read one`, (backend) => stores[backend].read(refs.slice(-1)));
    await compare(`${name}: read 10`, (backend) => stores[backend].read(refs.slice(-10)));
    await compare(`${name}: claim, release`, (backend) => claim(place, backend));
    if (!packed) await compare(`${name}: renew one`, (backend) => renew(place, backend));
    rmSync(clone, { recursive: true, force: true, maxRetries: 5 });
  }
}
