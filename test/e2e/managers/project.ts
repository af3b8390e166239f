/**
 * One project whose commits a hook manager looks after: a bare remote with some history, a clone
 * of it, the manager from the npm registry, and the packed program as a dependency.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packedPackage } from '../../helpers/packed.ts';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { run, Sandbox } from '../../helpers/sandbox.ts';
import type { SetUp } from './managers.ts';
import { MARK, MARK_SCRIPT, pinned } from './managers.ts';

const text = (...lines: string[]) => `${lines.join('\n')}\n`;
const page = (top: string, middle: string, bottom: string) =>
  text(top, '', 'One.', 'Two.', middle, 'Three.', 'Four.', '', bottom);

export const rfc = (number: number) => `docs/rfcs/RFC-00${number}-title.md`;

const FILES = {
  '.gitignore': 'node_modules/\n',
  '.lazyspec.toml': '[coordination]\nremote = "origin"\n',
  'README.md': page('# Project', '', 'The end.'),
  [MARK]: MARK_SCRIPT,
  ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [rfc(n), page(`# RFC ${n}`, '', 'End.')])),
};

/** What others have done, and pushed with a claim: branches of the first commit. */
const BRANCHES: Record<string, Record<string, string>> = {
  /** Merges cleanly. */
  others: { [rfc(4)]: page('# RFC 4', '', 'The end of others.') },
  /** Changes another part of a document than main did. */
  elsewhere: { [rfc(5)]: page('# RFC 5', '', 'The end of elsewhere.') },
  /** Changes the same line of a document as main did. */
  conflict: { [rfc(1)]: page('# RFC 1', 'Theirs.', 'End.') },
  /** Changes a document, and the same line of another file as main did. */
  crossing: { 'README.md': page('# Project', 'Theirs.', 'The end.'), [rfc(4)]: 'Of others.\n' },
};
const MAIN: [message: string, files: Record<string, string>][] = [
  ['Change RFC-003', { [rfc(3)]: page('# RFC 3', 'Ours.', 'End.') }],
  [
    'Go on',
    {
      'README.md': page('# Project', 'Ours.', 'The end.'),
      [rfc(1)]: page('# RFC 1', 'Ours.', 'End.'),
      [rfc(5)]: page('# RFC 5, of main', '', 'End.'),
    },
  ],
];

export interface Project {
  sandbox: Sandbox;
  clone: Clone;
  /** Where the jobs of the manager note that they ran. */
  marks: string;
}

/** A project whose manager is set up and committed; of ours nothing but the dependency is there. */
export async function managedProject(setUp: SetUp): Promise<Project> {
  const manifest = { private: true, ...setUp.manifest };
  const sandbox = await Sandbox.create({
    ...FILES,
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    ...setUp.files,
  });
  const marks = join(sandbox.folder, 'marks');
  sandbox.env.MARKS = marks;
  if (setUp.path) sandbox.env.PATH = `${setUp.path}:${sandbox.env.PATH}`;
  await writeHistory(sandbox);
  const clone = await sandbox.clone('agent-a');
  await installPackages(clone, setUp);
  for (const line of setUp.lines) await type(clone, line);
  await clone.git('add', '--all');
  await clone.git('commit', '--quiet', '--message', 'Set up');
  await clone.git('push', '--quiet', 'origin', 'HEAD');
  rmSync(marks, { force: true });
  return { sandbox, clone, marks };
}

async function writeHistory(sandbox: Sandbox): Promise<void> {
  const ben = await sandbox.clone('ben');
  const commit = async (message: string, files: Record<string, string>) => {
    ben.write(files);
    await ben.git('add', '--all');
    await ben.git('commit', '--quiet', '--message', message);
  };
  for (const [branch, files] of Object.entries(BRANCHES)) {
    await ben.git('checkout', '--quiet', '-b', branch, 'main');
    await commit(`Work on ${branch}`, files);
  }
  await ben.git('checkout', '--quiet', 'main');
  for (const [message, files] of MAIN) await commit(message, files);
  await ben.git('push', '--quiet', '--all', 'origin');
}

async function installPackages(clone: Clone, { packages }: SetUp): Promise<void> {
  const { tarball } = await packedPackage();
  const names = pinned(packages);
  const flags = ['--save-dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const ran = await run('npm', ['install', ...flags, ...names, tarball], {
    cwd: clone.path,
    env: npmEnvironment(),
  });
  if (ran.status === 0) return;
  throw new Error(`npm could not install ${names.join(', ')} with the tarball: ${ran.stderr}`);
}

/** The developer's own npm, with its registry and cache; nothing of the script that runs us. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(INIT_CWD|npm_(lifecycle|package)_.*|npm_(command|execpath|config_local_prefix))$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** What a person types into a shell; it has to succeed. @returns its stdout */
export async function type(clone: Clone, line: string): Promise<string> {
  const { status, stdout, stderr } = await run('sh', ['-c', line], {
    cwd: clone.path,
    env: clone.sandbox.env,
  });
  if (status !== 0) throw new Error(`${line}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Has the packed program install the hooks. @returns the manager that it found */
export async function installHooks(clone: Clone, { args }: SetUp): Promise<string> {
  const line = ['npx --no-install lazyspec-hooks install --json', ...args].join(' ');
  return JSON.parse(await type(clone, line)).manager;
}

/** Commits and pushes what install has changed, where it is anything. */
export async function commitConfiguration(clone: Clone): Promise<void> {
  await clone.git('add', '--all');
  if ((await clone.git('status', '--porcelain')) === '') return;
  await clone.git('commit', '--quiet', '--message', 'Guard the documents');
  await clone.git('push', '--quiet', 'origin', 'HEAD');
}

/** What the manager's own jobs have noted since it was last asked. */
export function takeMarks({ marks }: Project): string[] {
  if (!existsSync(marks)) return [];
  const lines = readFileSync(marks, 'utf8').split('\n').filter(Boolean);
  rmSync(marks);
  return lines;
}

export function said({ stdout, stderr }: Ran): string {
  return `${stdout}${stderr}`;
}
