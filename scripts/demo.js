/**
 * `npm run demo`: the whole story on a throw-away remote and two clones, with the built program
 * and real git. Every step is checked; the first that does not behave ends the demo with status 1.
 * Nothing is left behind, also not after Ctrl-C.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chalk from 'chalk';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SPEC = join('docs', 'rfcs', 'RFC-001-colour-scheme.md');

if (!existsSync(join(root, 'dist', 'lease.js'))) await import('./build.js');

const world = mkdtempSync(join(tmpdir(), 'lazyspec-demo-'));
const tidy = () => rmSync(world, { recursive: true, force: true, maxRetries: 5 });
process.on('exit', tidy);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

// A home and a PATH of its own: nothing of yours is read or changed.
const bin = join(world, 'bin');
mkdirSync(bin);
for (const name of ['hooks', 'lease']) {
  symlinkSync(join(root, 'dist', `${name}.js`), join(bin, `lazyspec-${name}`));
}
const { PATH, TERM } = process.env;
const env = {
  PATH: `${bin}${delimiter}${dirname(process.execPath)}${delimiter}${PATH}`,
  TERM,
  HOME: world,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: join(world, 'gitconfig'),
};
writeFileSync(
  env.GIT_CONFIG_GLOBAL,
  '[init]\n\tdefaultBranch = main\n[user]\n\temail = demo@example.invalid\n[advice]\n\tdetachedHead = false\n',
);

function say(text) {
  console.log(`\n${chalk.cyan(text)}`);
}

/** Types a command and shows what it says. @returns its output, once it ended as expected */
function type(who, command, { status = 0, shows = [] } = {}) {
  console.log(`${chalk.bold(`${who.name}$`)} ${command}`);
  const ran = spawnSync('sh', ['-c', `${command} 2>&1`], {
    cwd: who.folder,
    env,
    encoding: 'utf8',
  });
  const output = ran.stdout ?? '';
  for (const line of output.trimEnd().split('\n')) if (line) console.log(`  ${line}`);
  const missing = shows.filter((text) => !output.includes(text));
  if (ran.status === status && missing.length === 0) return;
  const wrong =
    ran.status === status
      ? `it does not say: ${missing.join(' | ')}`
      : `it ended with status ${ran.status}, and should have with ${status}`;
  console.error(chalk.red(`\nThe demo stops: ${wrong}`));
  process.exit(1);
}

/** Prepares what the story takes for granted, in silence. */
function quietly(folder, ...args) {
  const ran = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
}

function clone(name) {
  const folder = join(world, name);
  quietly(world, 'clone', '--quiet', join(world, 'remote.git'), folder);
  quietly(folder, 'config', 'user.name', name);
  return { name, folder };
}

quietly(world, 'init', '--quiet', '--bare', 'remote.git');
const ada = clone('ada');
mkdirSync(join(ada.folder, dirname(SPEC)), { recursive: true });
writeFileSync(join(ada.folder, SPEC), '# RFC-001: Colour scheme\n');
writeFileSync(join(ada.folder, 'main.c'), 'int main(void) { return 0; }\n');
writeFileSync(join(ada.folder, '.lazyspec.toml'), '[coordination]\nremote = "origin"\n');
quietly(ada.folder, 'add', '--all');
quietly(ada.folder, 'commit', '--quiet', '--message', 'Begin');
quietly(ada.folder, 'push', '--quiet', 'origin', 'HEAD');
const ben = clone('ben');

const edit = (who, line) => appendFileSync(join(who.folder, SPEC), `${line}\n`);

say('Ada and Ben work on the same specs. Each sets up their clone once.');
type(ada, 'lazyspec-hooks install', { shows: ['are installed'] });
type(ben, 'lazyspec-hooks install --quiet');

say('Ben edits a spec that he has not claimed. git refuses the commit, and says what to do.');
edit(ben, 'Blue.');
type(ben, 'git commit -am "Make it blue"', {
  status: 1,
  shows: ['RFC-001: document is not claimed', 'lazyspec-lease claim RFC-001'],
});

say('Ada is faster: she claims it.');
type(ada, 'lazyspec-lease claim RFC-001 --note "choosing a palette"', {
  shows: ['Claimed RFC-001 (agent=ada'],
});

say('Now Ben learns before he has written much who has it, why, and until when.');
type(ben, 'lazyspec-lease claim RFC-001', {
  status: 1,
  shows: ["held by 'ada'", 'choosing a palette', '--wait'],
});

say('Ada commits, pushes, and gives the document back.');
edit(ada, 'Green.');
type(ada, 'git commit -qam "Make it green" && git push -q');
type(ada, 'lazyspec-lease release RFC-001', { shows: ['Released RFC-001'] });

say('Ben takes her version, claims the document, and his commit goes through.');
type(ben, 'git stash -q && git pull -q');
type(ben, 'lazyspec-lease claim RFC-001', { shows: ['Claimed RFC-001 (agent=ben'] });
edit(ben, 'And blue.');
type(ben, 'git commit -qam "Add blue" && git push -q');
type(ben, 'lazyspec-lease release --all', { shows: ['Released RFC-001'] });

say('A commit that touches no spec is nobody’s business: the hook does not even start Node.');
appendFileSync(join(ben.folder, 'main.c'), '/* done */\n');
type(ben, 'git commit -qam "Comment"');

say('Nothing is left on the remote but the commits.');
type(ada, 'lazyspec-lease leases');
type(ada, 'git ls-remote origin', { shows: ['refs/heads/main'] });
tidy();
console.log(chalk.green('\nEvery step did what it should. The throw-away folder is gone.'));
