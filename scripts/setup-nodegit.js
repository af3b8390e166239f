/**
 * `npm run setup:nodegit`: builds nodegit for the Node that runs this, below .nodegit/, where the
 * program looks for it. As root on Debian it installs the headers that are needed; the lock file is
 * left alone. A second run has nothing to do. Exit status: 0 it is there, 1 it does not build,
 * 2 the headers are not to be had.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '0.27.0';
const HEADERS = ['libkrb5-dev', 'libssl-dev'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { platform, arch, execPath, versions } = process;
const all = join(root, '.nodegit');
// As src/git/nodegit-load.ts has it.
const folder = join(all, `${platform}-${arch}-${versions.modules}`);
const log = `${folder}.log`;
const node = `Node ${process.version}`;

/** Whether the nodegit in a folder loads, in a process of its own. @returns what is wrong, or '' */
function wrongWith(place) {
  const code = `process.exitCode = require(process.argv[1]).version === '${VERSION}' ? 0 : 1`;
  const nodegit = join(place, 'node_modules', 'nodegit');
  if (!existsSync(nodegit)) return 'it is not there';
  const { status, stderr } = spawnSync(execPath, ['-e', code, nodegit], { encoding: 'utf8' });
  return status === 0 ? '' : stderr.trim() || `it is not ${VERSION}`;
}

function fail(message, lines, status = 1) {
  console.error(
    [`nodegit was not built: ${message}`, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
  process.exit(status);
}

/** The headers cannot be had: nobody is to blame, and nothing was tried. */
const NO_HEADERS = 2;

const has = (program) => spawnSync(program, ['--version']).error === undefined;

/** Debian's headers that are not installed; none elsewhere, where nobody can be asked. */
function missingHeaders() {
  if (!has('dpkg-query')) return [];
  const isInstalled = (name) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own
    const args = ['--show', '--showformat=${db:Status-Status}', name];
    return spawnSync('dpkg-query', args, { encoding: 'utf8' }).stdout === 'installed';
  };
  return HEADERS.filter((name) => !isInstalled(name));
}

function installHeaders() {
  const missing = missingHeaders();
  if (missing.length === 0) return;
  const install = `apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    fail(`no ${missing.join(', no ')}`, [`Install it: sudo ${install}`], NO_HEADERS);
  }
  console.log(install);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-qq', '-y', ...missing],
  ]) {
    const ran = spawnSync('apt-get', args, { encoding: 'utf8', env });
    // Lists of packages that are old may do.
    if (ran.status !== 0 && args[0] === 'install') {
      const words = ran.stderr.trim().split('\n');
      fail(`apt-get could not install ${missing.join(' and ')}`, words, NO_HEADERS);
    }
  }
}

function buildEnvironment() {
  const prefix = dirname(dirname(execPath));
  // The headers of this very Node, where it has them: npm may be set to those of another.
  const own = existsSync(join(prefix, 'include', 'node', 'node_version.h'));
  return {
    ...process.env,
    PATH: [dirname(execPath), process.env.PATH].join(delimiter),
    BUILD_ONLY: 'true', // no binary of a bucket
    JOBS: String(availableParallelism()),
    ...(own && { npm_config_nodedir: prefix }),
  };
}

/** @returns the exit status of npm */
async function build(place) {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{ "private": true }\n');
  const npm = process.env.npm_execpath ? [execPath, process.env.npm_execpath] : ['npm'];
  const [program, ...args] = [
    ...npm,
    ...['install', `nodegit@${VERSION}`, '--no-package-lock', '--no-audit', '--no-fund'],
    '--foreground-scripts',
  ];
  const output = createWriteStream(log);
  const child = spawn(program, args, {
    cwd: place,
    env: buildEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const status = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  await new Promise((resolve) => output.end(resolve));
  return status;
}

if (!wrongWith(folder)) {
  console.log(`nodegit ${VERSION} is built for ${node} already, in ${relative(root, folder)}.`);
  process.exit();
}
installHeaders();
const started = Date.now();
console.log(`Building nodegit ${VERSION} for ${node}: this takes five minutes or more …`);
const place = join(all, `building-${process.pid}`);
const status = await build(place);
const wrong = status === 0 ? wrongWith(place) : `npm ended with status ${status}`;
if (wrong) {
  const words = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /error/i.test(line));
  rmSync(place, { recursive: true, force: true });
  fail(wrong, [...words.slice(0, 10), `All that was said: ${relative(root, log)}`]);
}
// What it was built from is most of it.
for (const name of ['vendor', 'src', 'include']) {
  rmSync(join(place, 'node_modules', 'nodegit', name), { recursive: true, force: true });
}
rmSync(join(place, 'node_modules', 'nodegit', 'build', 'Release', 'obj.target'), {
  recursive: true,
  force: true,
});
rmSync(folder, { recursive: true, force: true });
renameSync(place, folder);
const minutes = ((Date.now() - started) / 60_000).toFixed(1);
console.log(
  `nodegit ${VERSION} is built for ${node}, in ${relative(root, folder)}: ${minutes} minutes.`,
);
