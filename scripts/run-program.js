/**
 * Runs a program of the tests that is written in TypeScript, which Node 20 cannot:
 * `node scripts/run-program.js test/stress/main.ts [arguments]`.
 */
import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [entry = '', ...args] = process.argv.slice(2);
// As deep below the root as the sources are: what they find by their own place stays where it is.
const folder = `${basename(dirname(entry))}-${basename(entry, '.ts')}`;
const outfile = join(root, '.programs', folder, 'main.js');
await build({
  entryPoints: [join(root, entry)],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const { status, signal } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--no-warnings', outfile, ...args],
  { stdio: 'inherit' },
);
if (signal) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
