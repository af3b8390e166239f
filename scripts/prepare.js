/** Runs after `npm ci` in a checkout: builds the program, and lets husky run the project's hooks. */
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  process.stdout.write('Development dependencies are left out: nothing is built.\n');
} else {
  // What is published has its types in it.
  if (['pack', 'publish'].includes(process.env.npm_command)) process.argv.push('--types');
  await import('./build.js');
  const { default: husky } = await import('husky');
  process.stdout.write(husky());
}
