/**
 * Loaded into every program that `npm run test:nodegit` starts. As the program ends it writes down
 * which one it was, and whether nodegit's native part was loaded: asked of Node, not of the program.
 */
const { appendFileSync } = require('node:fs');
const { basename, join } = require('node:path');

// As scripts/test-nodegit.js has it.
const log = join(__dirname, '..', '..', '.nodegit', 'witness.log');

process.on('exit', () => {
  const [, program = '', command = ''] = process.argv;
  const loaded = Object.keys(require.cache).some((path) => path.endsWith('nodegit.node'));
  appendFileSync(log, `${basename(program)} ${command} ${loaded ? 'nodegit' : 'none'}\n`);
});
