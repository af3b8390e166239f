/**
 * `npm run bench`: what the hook costs a commit. Whole `git commit` processes, the cases in turn
 * in each round, so that a machine that slows down slows all of them; medians, and ratios to a
 * commit without a hook.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 30);
const SPEC = join('docs', 'rfcs', 'RFC-001-title.md');
const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const world = mkdtempSync(join(tmpdir(), 'lazyspec-bench-'));
process.on('exit', () => rmSync(world, { recursive: true, force: true }));

// NODE_EXTRA_CA_CERTS makes Node 20 start 70 ms later, and is no business of this.
const { PATH } = process.env;
const env = { PATH, HOME: world, GIT_CONFIG_NOSYSTEM: '1', LAZYSPEC_AGENT_ID: 'bench' };

function run(cwd, program, ...args) {
  const ran = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr}`);
}

writeFileSync(
  join(world, '.gitconfig'),
  '[user]\n\tname = bench\n\temail = bench@example.invalid\n',
);
run(world, 'git', 'init', '--quiet', '--bare', 'remote.git');
run(world, 'git', 'clone', '--quiet', 'remote.git', 'plain');
const plain = join(world, 'plain');
mkdirSync(join(plain, dirname(SPEC)), { recursive: true });
writeFileSync(join(plain, '.lazyspec.toml'), '[coordination]\n');
writeFileSync(join(plain, SPEC), '# Spec\n');
writeFileSync(join(plain, 'main.c'), '\n');
run(plain, 'git', 'add', '--all');
run(plain, 'git', 'commit', '--quiet', '--message', 'Begin');
run(plain, 'git', 'push', '--quiet', 'origin', 'HEAD');

/** A copy of the clone with a hook of its own. */
function clone(name, prepare) {
  const folder = join(world, name);
  cpSync(plain, folder, { recursive: true });
  prepare(folder);
  return folder;
}
const ours = (folder) =>
  run(folder, process.execPath, join(dist, 'hooks.js'), 'install', '--quiet');

const cases = [
  { name: 'no hook', folder: plain, file: 'main.c' },
  {
    name: 'a hook that does nothing (sh, exit 0)',
    file: 'main.c',
    folder: clone('empty', (folder) => {
      const hook = join(folder, '.git', 'hooks', 'pre-commit');
      writeFileSync(hook, '#!/bin/sh\nexit 0\n');
      chmodSync(hook, 0o755);
    }),
  },
  { name: 'ours, nothing governed staged', folder: clone('ungoverned', ours), file: 'main.c' },
  {
    name: 'ours, one claimed document, remote on a path',
    file: SPEC,
    folder: clone('governed', (folder) => {
      ours(folder);
      run(folder, process.execPath, join(dist, 'lease.js'), 'claim', 'RFC-001', '--quiet');
    }),
  },
];

function commit({ folder, file }) {
  appendFileSync(join(folder, file), 'x\n');
  run(folder, 'git', 'add', file);
  const start = performance.now();
  run(folder, 'git', 'commit', '--quiet', '--message', 'x');
  return performance.now() - start;
}

const times = cases.map(() => []);
for (const one of cases) commit(one); // warm-up
for (let round = 0; round < ROUNDS; round++) {
  cases.forEach((one, index) => {
    times[index].push(commit(one));
  });
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * q)];
const base = quantile(times[0], 0.5);
const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim();
console.log(
  `${git}, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${arch()}; ${ROUNDS} rounds\n`,
);
console.log('median   p10-p90        ratio  git commit with');
cases.forEach(({ name }, index) => {
  const [low, median, high] = [0.1, 0.5, 0.9].map((q) => quantile(times[index], q));
  const spread = `${low.toFixed(1)}-${high.toFixed(1)}`.padEnd(13);
  console.log(
    `${median.toFixed(1).padStart(6)} ms ${spread} ${(median / base).toFixed(2).padStart(6)}  ${name}`,
  );
});
