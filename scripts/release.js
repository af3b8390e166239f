/**
 * `npm run release -- <version>`: makes a release commit and its tag, or nothing. Publishing is left to the
 * workflow that the tag starts (.github/workflows/release.yml), so that npm can tell where it was built.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `npm run release -- <major|minor|patch|x.y.z> [--dry-run] [--skip-check]

Wants a clean main that is what its upstream is. Runs npm run check, gives the changes under
"Unreleased" their version and date, looks at what npm would pack, commits, and tags. Nothing is
pushed; what to push is printed.

  --dry-run     say what would be released, and change nothing
  --skip-check  leave out npm run check`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (name) => join(root, name);
const CHANGED = ['package.json', 'package-lock.json', 'CHANGELOG.md'];

class Refusal extends Error {}

/** @returns stdout, without the last newline */
function run(program, args, { inherit = false } = {}) {
  const stdio = inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio,
  });
  if (error) throw new Refusal(`${program}: ${error.message}`);
  if (status === 0) return (stdout ?? '').replace(/\n$/, '');
  throw new Refusal(
    `${program} ${args.join(' ')} has failed${stderr ? `:\n${stderr.trim()}` : ''}`,
  );
}
const git = (...args) => run('git', args);

function assertReady() {
  if (git('status', '--porcelain') !== '') {
    throw new Refusal('the work tree is not clean. Commit or stash what git status shows.');
  }
  const branch = git('branch', '--show-current');
  if (branch !== 'main') throw new Refusal(`this is ${branch || 'no branch'}. git switch main`);
  git('fetch', '--quiet', '--tags');
  if (git('rev-parse', 'HEAD') !== git('rev-parse', '@{upstream}')) {
    throw new Refusal('main is not what its upstream is. git pull --ff-only, or git push');
  }
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

function nextVersion(asked, current) {
  const numbers = VERSION.exec(current)?.slice(1).map(Number);
  if (!numbers) throw new Refusal(`package.json has the version ${current}, which is none`);
  const [major, minor, patch] = numbers;
  const next =
    {
      major: `${major + 1}.0.0`,
      minor: `${major}.${minor + 1}.0`,
      patch: `${major}.${minor}.${patch + 1}`,
    }[asked] ?? asked;
  if (!VERSION.test(next)) throw new Refusal(`${asked} is no version.\n\n${USAGE}`);
  const difference = VERSION.exec(next)
    .slice(1)
    .map((number, i) => Number(number) - numbers[i]);
  // The first release may be of the version that is there already.
  if ((difference.find((one) => one !== 0) ?? 0) < 0) {
    throw new Refusal(`${next} comes before ${current}`);
  }
  if (git('tag', '--list', `v${next}`) !== '') throw new Refusal(`there is a tag v${next} already`);
  return next;
}

const UNRELEASED = '## Unreleased\n';

function released(changes, version) {
  const [before, after] = changes.split(UNRELEASED);
  const own = after?.split(/^## /m)[0].trim();
  if (!own)
    throw new Refusal('CHANGELOG.md has nothing under "Unreleased": what is there to release?');
  const date = new Date().toISOString().slice(0, 10);
  return `${before}${UNRELEASED}\n## ${version} (${date})\n${after}`;
}

/** Everything that package.json promises is packed, and nothing that is only for us. */
function assertPacked() {
  const output = run('npm', ['pack', '--dry-run', '--json', '--silent']);
  const [{ files, unpackedSize }] = JSON.parse(output.slice(output.indexOf('[\n')));
  const packed = new Set(files.map(({ path }) => path));
  const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const promised = JSON.stringify([
    manifest.bin,
    manifest.man,
    manifest.main,
    manifest.types,
    manifest.exports,
  ]);
  const named = [...promised.matchAll(/"(?:\.\/)?([^"*]+\.[a-z0-9.]+)"/g)].map(([, path]) => path);
  const missing = [...named, 'LICENSE', 'README.md'].filter((path) => !packed.has(path));
  if (missing.length > 0) throw new Refusal(`npm would not pack ${missing.join(', ')}`);
  const ours = [...packed].filter((path) => /^(src|test|bench|scripts|\.)/.test(path));
  if (ours.length > 0) throw new Refusal(`npm would pack ${ours.slice(0, 5).join(', ')}`);
  return `${packed.size} files, ${Math.round(unpackedSize / 1000)} kB`;
}

function release(asked, { dryRun, skipCheck }) {
  const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  if (!manifest.repository) {
    throw new Refusal(
      'package.json does not say where its source is, which npm wants for provenance.\nnpm pkg set repository.type=git repository.url=git+https://…',
    );
  }
  assertReady();
  const version = nextVersion(asked, manifest.version);
  const head = git('rev-parse', 'HEAD');
  const changes = released(readFileSync(at('CHANGELOG.md'), 'utf8'), version);
  if (dryRun) {
    console.log(`v${version} would be released: ${assertPacked()}. Nothing was changed.`);
    return;
  }
  if (!skipCheck) {
    run('npm', ['run', 'check'], { inherit: true });
    // It has taken its time: what is released is what was checked.
    if (git('rev-parse', 'HEAD') !== head || git('status', '--porcelain') !== '') {
      throw new Refusal('something was changed during the check. Say it again.');
    }
  }

  // Whatever runs is ended by the signal, fails, and is taken back.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  const before = new Map(CHANGED.map((name) => [name, readFileSync(at(name))]));
  let commit;
  try {
    run('npm', ['version', version, '--no-git-tag-version', '--allow-same-version', '--silent']);
    writeFileSync(at('CHANGELOG.md'), changes);
    const packed = assertPacked();
    git('commit', '--quiet', '--message', `Release ${version}`, '--', ...CHANGED);
    commit = git('rev-parse', 'HEAD');
    git('tag', '--annotate', '--message', `lazyspec-hooks ${version}`, `v${version}`, commit);
    console.log(
      `v${version} is committed and tagged: ${packed}.\nPush it: git push --atomic origin main v${version}`,
    );
  } catch (error) {
    // The commit is taken back only if it is still the last one.
    if (commit) git('update-ref', 'refs/heads/main', head, commit);
    for (const [name, content] of before) writeFileSync(at(name), content);
    git('reset', '--quiet', '--', ...CHANGED);
    throw error;
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      'skip-check': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) console.log(USAGE);
  else if (positionals.length !== 1) throw new Refusal(USAGE);
  else release(positionals[0], { dryRun: values['dry-run'], skipCheck: values['skip-check'] });
} catch (error) {
  const isOurs = error instanceof Refusal || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(isOurs ? `release: ${error.message}` : error);
  process.exitCode = 1;
}
