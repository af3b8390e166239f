#!/usr/bin/env node
// git receive-pack that does what it is asked, and then reports that every ref failed.
import { spawn } from 'node:child_process';

const child = spawn('git', ['receive-pack', ...process.argv.slice(2)], {
  stdio: ['inherit', 'pipe', 'inherit'],
});
let rest = Buffer.alloc(0);
let isReport = false;
child.stdout.on('data', (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 4) {
    const size = Number.parseInt(rest.toString('latin1', 0, 4), 16);
    if (rest.length < size) return;
    const line = rest.toString('latin1', 4, Math.max(size, 4));
    rest = rest.subarray(Math.max(size, 4));
    process.stdout.write(
      size === 0 ? '0000' : packet(isReport ? failed(line) : plain(line)),
      'latin1',
    );
    isReport ||= size === 0;
  }
});

/** @returns the advertisement without side bands, so that the report is not wrapped in one */
function plain(line) {
  return line.replace('side-band-64k', 'xide-band-64k');
}

function failed(line) {
  return line.replace(/^(?:ok|ng) (\S+)[^\n]*/, 'ng $1 Internal Server Error');
}

function packet(line) {
  return (line.length + 4).toString(16).padStart(4, '0') + line;
}
