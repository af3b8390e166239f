/**
 * `npm run test:nodegit`: the suites of the ref store and of the commands with nodegit really
 * loaded, which every program that is started is a witness of. Fails where it was not.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUITES = ['test/contract/.*\\.nodegit', 'test/integration/(commands|main-job)'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const log = join(root, '.nodegit', 'witness.log');
mkdirSync(dirname(log), { recursive: true });
rmSync(log, { force: true });

const args = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    ...[
      '--experimental-vm-modules',
      '--no-warnings',
      join('node_modules', 'jest', 'bin', 'jest.js'),
    ],
    ...(args.length > 0 ? args : SUITES),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    // Asked for alone, it is used or the command fails.
    env: { ...process.env, LAZYSPEC_TEST_BACKEND: 'nodegit', LAZYSPEC_WITNESS: '1' },
  },
);

const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
const ran = (program, loaded) => {
  return lines.filter((line) => line.startsWith(program) && line.endsWith(loaded)).length;
};
const [leases, native, hooks] = [
  ran('lease.js ', ''),
  ran('lease.js ', ' nodegit'),
  ran('hooks.js run ', ' nodegit'),
];
console.log(`lazyspec-lease was started ${leases} times, ${native} of them with nodegit loaded`);
const wrong = [
  ...(native === 0 ? ['nodegit was loaded into no program'] : []),
  ...(hooks > 0 ? [`nodegit was loaded into ${hooks} hooks, which must never wait for it`] : []),
];
for (const line of wrong) console.error(line);
process.exitCode = status || (wrong.length > 0 ? 1 : 0);
