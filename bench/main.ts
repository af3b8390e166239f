/**
 * `npm run bench -- [group …] [--rounds <n>] [--json <file>] [--markdown]`: what this costs, against
 * what others cost, in one run. Ends with status 1 where a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSIONS } from '../test/helpers/managers.ts';
import { PACKAGE } from '../test/helpers/sandbox.ts';
import { claims } from './claims.ts';
import { commits } from './commits.ts';
import { gate } from './gate.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import { load } from './load.ts';
import { profile } from './profile.ts';
import type { Findings, Run } from './report.ts';
import { isMissed, markdown } from './report.ts';
import { server } from './server.ts';
import { start } from './start.ts';
import { tree } from './tree.ts';

export interface Settings {
  rounds: number;
  progress: (text: string) => void;
}

const GROUPS: Record<string, (settings: Settings) => Promise<Findings>> = {
  commits,
  tree,
  gate,
  claims,
  start,
  latency,
  ...growth,
  load,
  profile,
  server,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '30' },
    json: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const chosen = positionals.length > 0 ? positionals : Object.keys(GROUPS);
const unknown = chosen.filter((name) => !(name in GROUPS));
if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds > 0)) {
  console.error(`Groups: ${Object.keys(GROUPS).join(' ')}. Rounds: a number.`);
  process.exit(2);
}

// It makes Node 20 start 70 ms later, and is no business of this.
delete process.env.NODE_EXTRA_CA_CERTS;
process.env.LAZYSPEC_TEST_RUN = mkdtempSync(join(tmpdir(), 'lazyspec-bench-'));
process.on('exit', () => {
  rmSync(process.env.LAZYSPEC_TEST_RUN ?? '', { recursive: true, force: true });
});

const run: Run = { machine: machine(), versions: versions(), rounds, groups: {} };
for (const name of chosen) {
  const found = await GROUPS[name]?.({ rounds, progress: (text) => tell(`${name}: ${text}`) });
  tell('');
  if (found) run.groups[name] = found;
}

const missed = Object.values(run.groups).flatMap(({ figures }) => figures.filter(isMissed));
console.log(markdown(run));
if (!values.markdown) {
  console.log(missed.length === 0 ? '\nEvery goal is met.' : '\nMissed:');
  for (const { work, value, unit, goal } of missed) {
    console.log(`- ${work}: ${value.toFixed(2)} ${unit}, goal ${goal}`);
  }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;

function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text) process.stderr.write(`${text}\n`);
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory} GB, ${process.platform} ${release()}`;
}

function versions(): string {
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim();
  const own = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;
  const peers = Object.entries(VERSIONS).map(([name, version]) => `${name} ${version}`);
  return [`lazyspec-hooks ${own}`, `Node ${process.version}`, git, ...peers].join(', ');
}
