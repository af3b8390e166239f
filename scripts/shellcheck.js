/** Runs shellcheck over the shell that is shipped or that CI runs, where it is installed. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const files = [
  ...readdirSync('hooks').map((name) => `hooks/${name}`),
  'templates/pre-receive',
  '.ci/run',
  '.ci/newer-git',
];
// Sourced files are written at install, or are the user's own: shellcheck cannot follow them.
const ran = spawnSync('shellcheck', ['--exclude=SC1090,SC1091', ...files], { stdio: 'inherit' });
if (ran.error) console.log('shellcheck is not installed: the shell files are not checked');
else process.exitCode = ran.status ?? 1;
