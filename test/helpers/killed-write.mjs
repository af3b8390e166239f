// Preloaded into a program: kills it, and whoever started it with this, right before the n-th time
// that one of them writes to the file system. The count is kept in a file: one byte a write. What
// goes into a file that is open, and not in place yet, can be left out.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const {
  LAZYSPEC_KILL_AT: at,
  LAZYSPEC_KILL_COUNT: count,
  LAZYSPEC_KILL_COARSE: coarse,
} = process.env;
process.env.LAZYSPEC_KILL_FIRST ??= String(process.pid);

const counted = fs.openSync(count, 'a');
function countWrite() {
  fs.writeSync(counted, '.');
  if (fs.fstatSync(counted).size < Number(at)) return;
  process.kill(Number(process.env.LAZYSPEC_KILL_FIRST), 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}

const names = [
  'writeFile',
  'rename',
  'link',
  'symlink',
  'unlink',
  'rm',
  'rmdir',
  'copyFile',
  'chmod',
];
for (const name of names.map((one) => `${one}Sync`)) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (!coarse || typeof args[0] !== 'number') countWrite();
    return original(...args);
  };
}
syncBuiltinESMExports();
