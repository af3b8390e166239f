/**
 * A work tree of this clone in a temporary folder, in which git may commit, merge and push as a
 * person would, and that leaves nothing behind: not in the work tree, the index, the branches,
 * the stash or the configuration of whoever runs doctor.
 */
import { mkdtempSync, realpathSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import type { Config } from '../config/types.ts';
import { LazyspecError } from '../errors.ts';
import { lineOf } from '../git/answer.ts';
import type { Repository } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { createGit, mustRun } from '../git/run.ts';
import { withoutRepository, worktreeRecords } from '../git/work-trees.ts';
import { shellQuote } from '../shell-quote.ts';
import { PROBE_VARIABLE } from './probe-note.ts';
import type { ScratchCommits } from './scratch-commits.ts';
import { SCRATCH_IDENTITY, writeScratchCommits } from './scratch-commits.ts';
import { scratchFiles } from './scratch-content.ts';
import { isWithin, linkInto } from './scratch-links.ts';

const NAME = 'lazyspec-doctor-';
/** Milliseconds after which a run is over, however it ended. */
const OLD = 3_600_000;

/** Settings under which nothing is asked, signed, hidden, or done besides. */
const SETTINGS = [
  'core.sparseCheckout=false',
  'core.fsmonitor=false',
  'core.autocrlf=false',
  'commit.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'merge.verifySignatures=false',
  'merge.autoStash=false',
  'protocol.file.allow=always',
  'push.followTags=false',
  'push.gpgSign=false',
  'rerere.enabled=false',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

export interface ScratchSettings {
  repository: Repository;
  config: Config;
  /** Where git takes hooks from in the user's work tree. */
  hooksFolder: string;
  /** Whether that is by core.hooksPath. */
  hooksPathIsSet: boolean;
  /** Where hook managers have their scripts, from the root. */
  scriptFolders: readonly string[];
  env: NodeJS.ProcessEnv;
  git: Git;
  /** Not cut off when the run is interrupted. */
  cleaning: Git;
  signal: AbortSignal | undefined;
  /** From the root. */
  document: string;
  /** Seconds since 1970. */
  now: number;
}

export interface Scratch {
  path: string;
  document: string;
  commits: ScratchCommits;
  /** A bare repository to push to; its branch `probe` is at the base. */
  remote: string;
  /** Where our hooks note how they judged. */
  note: string;
  /** As a person would run it, hooks and all. */
  git: Git;
  /** Without any hook. */
  quietly: Git;
}

/** Makes the scratch work tree, and removes it whatever happens. */
export async function withScratch<T>(
  settings: ScratchSettings,
  act: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), NAME)));
  // Its name is also the one under which git keeps it.
  const path = join(folder, basename(folder));
  try {
    return await act(await makeScratch(settings, folder, path));
  } finally {
    await removeScratch(settings.cleaning, path);
  }
}

async function makeScratch(
  settings: ScratchSettings,
  folder: string,
  path: string,
): Promise<Scratch> {
  const { repository, config, hooksFolder, hooksPathIsSet, env, git, signal } = settings;
  const { document, now, scriptFolders } = settings;
  const files = await scratchFiles(git, repository.root, config, scriptFolders);
  const commits = await writeScratchCommits(git, files, document, now);
  const noHooks = [...SETTINGS, '-c', `core.hooksPath=${join(folder, 'no-hooks')}`];
  const add = ['worktree', 'add', '--quiet', '--detach', path, commits.head];
  await mustRun(git, [...noHooks, ...add]);
  linkInto(path, repository, hooksFolder);

  const note = join(folder, 'note');
  const scratchEnv = {
    ...withoutRepository(withoutNpm(env)),
    ...SCRATCH_IDENTITY,
    GIT_EDITOR: ':',
    GIT_MERGE_AUTOEDIT: 'no',
    [PROBE_VARIABLE]: note,
  };
  // `core.hooksPath = .git/hooks` leads nowhere in a linked work tree.
  const hooksAtHome =
    hooksPathIsSet && isWithin(repository.commonDir, hooksFolder)
      ? ['-c', `core.hooksPath=${hooksFolder}`]
      : [];
  const inside = createGit({ cwd: path, env: scratchEnv, signal });
  const quietly: Git = (args, call) => inside([...noHooks, ...args], call);

  const remote = join(folder, 'remote.git');
  const format = await mustRun(git, ['rev-parse', '--show-object-format']);
  const objects = `--object-format=${lineOf('rev-parse', format.stdout)}`;
  await mustRun(quietly, ['init', '--quiet', '--bare', '--template=', objects, remote]);
  const begin = ['push', '--quiet', '--no-verify', remote, `${commits.base}:refs/heads/probe`];
  await mustRun(quietly, begin);
  return {
    path,
    document,
    commits,
    remote,
    note,
    git: (args, call) => inside([...SETTINGS, ...hooksAtHome, ...args], call),
    quietly,
  };
}

/** The PATH that a person's git sees: npm puts folders in front of it for what it runs. */
export function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.npm_execpath === undefined) return env;
  const folders = (env.PATH ?? '').split(delimiter);
  const own = folders.filter((folder) => !/node_modules[\\/].bin|node-gyp-bin/.test(folder));
  return { ...env, PATH: own.join(delimiter) };
}

/**
 * @throws {LazyspecError} GIT_FAILED where git still knows the work tree
 */
async function removeScratch(git: Git, path: string): Promise<void> {
  // Links are removed, not followed. git forgets a work tree that is gone already, twice forced
  // because one that was being made when git was killed is locked. Not `rmSync`, which tries again
  // without looking what a hook has written meanwhile (Node 20 and 22).
  await rm(dirname(path), { recursive: true, force: true, maxRetries: 5 });
  const removed = await git(['worktree', 'remove', '--force', '--force', path]);
  if (removed.ended === 'exit' && removed.status === 0) return;
  const records = await worktreeRecords(git);
  if (!records.some((record) => record.startsWith(`worktree ${path}\n`))) return;
  throw new LazyspecError('GIT_FAILED', `the scratch work tree ${path} could not be removed`, {
    remedy: `git worktree remove --force --force ${shellQuote(path)}`,
    details: removed.stderr.trim().split('\n').filter(Boolean),
  });
}

/** Removes what runs have left that were killed more than an hour ago. @returns how many */
export async function removeOldScratch(git: Git, { commonDir }: Repository): Promise<number> {
  const old = (await worktreeRecords(git))
    .map((record) => /^worktree (.*)$/m.exec(record)?.[1] ?? '')
    .filter((path) => isScratch(path) && isOld(join(commonDir, 'worktrees', basename(path))));
  for (const path of old) await removeScratch(git, path);
  return old.length;
}

export function isScratch(path: string): boolean {
  return basename(path).startsWith(NAME) && basename(dirname(path)) === basename(path);
}

function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > OLD;
}
