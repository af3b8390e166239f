/**
 * Runs a program of the tests that is written in TypeScript, which Node 20 cannot:
 * `node scripts/run-program.js test/stress/main.ts [arguments]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
// Ctrl-C is the program's: whoever waits for it sees what it still has to say.
process.on('SIGINT', () => {});
const running = spawn(
  process.execPath,
  ['--enable-source-maps', '--no-warnings', outfile, ...args],
  { stdio: 'inherit' },
);
const [status, signal] = await once(running, 'close');
if (signal) {
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, signal);
}
process.exitCode = status ?? 1;
