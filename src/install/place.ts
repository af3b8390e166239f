/** Where something is to be installed: what every manager looks at before it plans. */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fieldsOf, lineOf } from '../git/answer.ts';
import type { Repository } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import type { GitVersion } from '../git/version.ts';
import { gitVersion } from '../git/version.ts';
import type { Hook } from '../hook-names.ts';
import { ALL_HOOKS, HOOKS } from '../hook-names.ts';
import { packageRoot } from '../package-root.ts';
import { realPath } from '../real-path.ts';
import { shellQuote } from '../shell-quote.ts';
import type { InstallRecord } from './record.ts';
import { readRecord } from './record.ts';

export interface Place extends Repository {
  /** The folder that the command was started in, below `root`. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  git: Git;
  gitVersion: GitVersion;
  /** The folder that git takes hooks from in this work tree; absolute. */
  hooksFolder: string;
  record: InstallRecord | undefined;
  /** The hooks of ours that are to be here; the others are not. */
  hooks: readonly Hook[];
  /** The files of others that install has changed, as far as is known; absolute. */
  recorded: readonly string[];
  /** Whether `core.hooksPath` is set for more than this repository. */
  sharedHooksPath: 'global' | 'system' | undefined;
  /** What came with the clone where only an installation should put programs; absolute. */
  clonedPrograms: readonly string[];
  /**
   * The command by which a manager runs one of our hooks, from the top of the work tree: the same
   * in every clone, because it is committed.
   */
  command(hook: Hook): string;
}

export async function findPlace(
  git: Git,
  repository: Repository,
  env: NodeJS.ProcessEnv,
  hooks: readonly Hook[] = HOOKS,
): Promise<Place> {
  // Not as it was typed, which may lead here through a link.
  const cwd = join(repository.root, repository.prefix);
  const [version, hooksFolder, sharedHooksPath, cloned] = await Promise.all([
    gitVersion(git),
    hooksFolderOf(git, cwd),
    hooksPathScope(git),
    clonedPrograms(git, repository.root),
  ]);
  const shipped = shippedFolder({ cwd, root: repository.root });
  const commonDir = sharedDirectory(repository.commonDir);
  const realHooks = realPath(hooksFolder);
  const record = readRecord(join(commonDir, 'lazyspec'));
  return {
    ...repository,
    commonDir,
    cwd,
    env,
    git,
    gitVersion: version,
    // Where .git is a link, or has links in it, the git directory that they lead to.
    hooksFolder: dirname(realHooks) === realPath(commonDir) ? realHooks : hooksFolder,
    record,
    hooks,
    recorded: Object.keys(record?.edited ?? {}),
    sharedHooksPath,
    clonedPrograms: cloned,
    command: (hook) => found(shipped, hook),
  };
}

/** The hooks of ours that are not to be here. */
export function unwantedHooks({ hooks }: Pick<Place, 'hooks'>): Hook[] {
  return ALL_HOOKS.filter((hook) => !hooks.includes(hook));
}

/**
 * The hook as the package of this work tree has it; where there is none, which is so in a new work
 * tree, the copy that install made for the whole clone (hook-copies.ts).
 */
function found(shipped: string | undefined, hook: Hook): string {
  const copy = `h=$(git rev-parse --git-common-dir)/refs/../lazyspec/hooks/${hook}`;
  const script = [
    ...(shipped === undefined
      ? [copy]
      : [`h=${shellQuote(`${shipped}/hooks/${hook}`)}`, `[ -f "$h" ] || ${copy}`]),
    // An empty file, or one of NUL bytes after a power failure, has no line, and sh would let it pass.
    '{ read -r l <"$h"; } 2>/dev/null && exec sh "$h" "$@"',
    'echo "lazyspec-hooks is not installed here, or damaged. Install: npm install. Skip once: --no-verify" >&2',
    'exit 1',
  ].join('; ');
  return `sh -c ${shellQuote(script)} lazyspec-hooks`;
}

/** Where the configuration and the hooks are: `git-new-workdir` links them from another clone. */
function sharedDirectory(commonDir: string): string {
  const refs = join(commonDir, 'refs');
  return lstatSync(refs, { throwIfNoEntry: false })?.isSymbolicLink()
    ? dirname(realpathSync(refs))
    : commonDir;
}

/** The folder that git takes hooks from; there need not be one. @param cwd where `git` runs */
export async function hooksFolderOf(git: Git, cwd: string): Promise<string> {
  // Not --path-format=absolute, which fails for a path below a file (`.git/hooks` in a linked tree).
  const { stdout } = await mustRun(git, ['rev-parse', '--git-path', 'hooks']);
  return resolve(cwd, lineOf('rev-parse', stdout));
}

async function hooksPathScope(git: Git): Promise<'global' | 'system' | undefined> {
  const args = ['config', '--show-scope', '--get', 'core.hooksPath'];
  const { stdout } = await mustRun(git, args, { alsoFine: [1] });
  const scope = /^(global|system)\t/.exec(stdout.toString('utf8'))?.[1];
  return scope as 'global' | 'system' | undefined;
}

/** Tracked by git, and so written by whoever may write to the repository. */
async function clonedPrograms(git: Git, root: string): Promise<string[]> {
  const places = ['node_modules', 'node_modules/.bin', 'node_modules/.bin/*'];
  const patterns = places.map((place) => `:(top,glob,icase)**/${place}`);
  const { stdout } = await mustRun(git, ['ls-files', '-z', '--full-name', '--', ...patterns]);
  const paths = fieldsOf('ls-files', stdout);
  return paths.map((path) => join(root, path));
}

/**
 * This package as a dependency of the repository, or of the package in it that we were called from:
 * the path below `root`, with slashes. Undefined where it is none (npx, a global install), or has a
 * version in its path that would be out of date after the next update.
 */
function shippedFolder(place: { cwd: string; root: string }): string | undefined {
  const own = realpathSync(packageRoot());
  const dependency = foldersUp(place)
    .map((folder) => join(folder, 'node_modules', 'lazyspec-hooks'))
    .find((path) => existsSync(path) && realpathSync(path) === own);
  const path = relative(place.root, dependency ?? own)
    .split(sep)
    .join('/');
  // Above the root there is nobody's dependency, and below a folder such as .pnpm are versions.
  const isStable = /^(?:[^./][^/]*\/)*node_modules\/lazyspec-hooks$/.test(path);
  return dependency || isStable ? path : undefined;
}

/**
 * The folder of this package, by a path that outlives updates where there is one: pnpm, bun and others
 * link `node_modules/lazyspec-hooks` to a folder that has the version in its name.
 */
export function lastingPackage(place: Pick<Place, 'cwd' | 'root'>): string {
  const own = realpathSync(packageRoot());
  // Node keeps the path by which it was started, links and all.
  const started = dirname(dirname(process.argv[1] ?? ''));
  const links = foldersUp(place).map((folder) => join(folder, 'node_modules', 'lazyspec-hooks'));
  const found = [...links, started].find((path) => existsSync(path) && realpathSync(path) === own);
  // The folder of node_modules may be linked from a work tree that goes.
  return found === undefined ? own : join(realpathSync(dirname(found)), basename(found));
}

/** The current folder and those above it, up to the top of the work tree. */
export function foldersUp({ cwd, root }: Pick<Place, 'cwd' | 'root'>): string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === root || dirname(folder) === folder) return folders;
  }
}

/** The nearest package.json from the current folder up to the root of the work tree. */
export function packageJsonPath(place: Place): string | undefined {
  return foldersUp(place)
    .map((folder) => join(folder, 'package.json'))
    .find((path) => existsSync(path));
}

/** Every package.json that ours may be in: the nearest, and those that install has changed. */
export function packageJsonPaths(place: Place): string[] {
  const nearest = packageJsonPath(place);
  const recorded = place.recorded.filter((path) => basename(path) === 'package.json');
  return [...new Set([...(nearest ? [nearest] : []), ...recorded])];
}
