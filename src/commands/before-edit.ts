/** May an agent's tool write these files? Asked before it does, so that a refusal costs no work. */
import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { identifyPath } from '../documents/identify.ts';
import { LazyspecError } from '../errors.ts';
import { isOid, lineOf, oddAnswer } from '../git/answer.ts';
import type { Change } from '../git/change.ts';
import { guessRoot } from '../git/repository.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import { realPath } from '../real-path.ts';
import type { AgentCall } from './agent-call.ts';
import { changedDocuments } from './changed-documents.ts';
import type { Context, ContextOptions } from './context.ts';
import { createContext } from './context.ts';
import { isGated, judged } from './gate.ts';

/**
 * Files that no repository or no document type governs pass, and nobody is asked about them.
 * @returns why not, if not; of several repositories the first refusal
 * @throws {LazyspecError} as `gate`, and USAGE for a call that names no file
 */
export async function beforeEdit(
  options: ContextOptions,
  { files, cwd }: AgentCall,
): Promise<LazyspecError | undefined> {
  if (files.length === 0) {
    throw new LazyspecError('USAGE', 'the tool call names no file', {
      remedy: 'Ask before tools that write files only, which name them in tool_input.file_path.',
    });
  }
  if (files.length > MOST_FILES) {
    throw new LazyspecError('USAGE', `the tool call names more than ${MOST_FILES} files`, {
      remedy: 'Write them in several calls.',
    });
  }
  const absolute = files.map((file) => absolutePath(file, cwd ?? options.cwd));
  for (const [root, paths] of byRepository(absolute, options.env)) {
    const context = createContext({ ...options, cwd: root });
    const refusal = await judgeFiles(context, paths).catch((error) => {
      // Or else nobody could mend a configuration that is not valid.
      if (isAbout(error, root, paths)) return undefined;
      throw error;
    });
    if (refusal) return refusal;
  }
  return undefined;
}

/** In bytes; what is longer no system opens, and looking for it would take long. */
const LONGEST_PATH = 4096;
/** No tool writes as many at a time. */
const MOST_FILES = 1000;

function absolutePath(file: string, cwd: string): string {
  const path = file.includes('\0') ? '' : resolve(cwd, file);
  if (path !== '' && Buffer.byteLength(path) <= LONGEST_PATH) return path;
  throw new LazyspecError('USAGE', 'the tool call names what can be no file', {
    remedy: 'Name a path of 4096 bytes at most, without null characters.',
  });
}

/** The files below the top of each work tree; a link by its own path, and by that of its target. */
function byRepository(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Map<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of files) {
    const itself = join(realPath(dirname(file)), basename(file));
    for (const path of new Set([itself, realPath(file)])) {
      const root = guessRoot(nearestFolder(dirname(path)), env);
      if (root === undefined || relative(root, path).split(sep)[0] === '.git') continue;
      found.set(root, [...(found.get(root) ?? []), path]);
    }
  }
  return found;
}

function nearestFolder(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFolder || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function judgeFiles(
  context: Context,
  files: readonly string[],
): Promise<LazyspecError | undefined> {
  if (!(await isGated(context))) return undefined;
  const [{ types }, { root }] = await Promise.all([context.config(), context.repository()]);
  const paths = files.map((file) => relative(root, file).split(sep).join('/'));
  const governed = paths.filter((path) => identifyPath(path, types));
  if (governed.length === 0) return undefined;
  const changed = await changedDocuments(context, await editOf(context.git, governed));
  return (await judged(context, changed)).refusal;
}

/** The edit as the change that a commit of it would be; what HEAD does not have, it creates. */
async function editOf(git: Git, paths: readonly string[]): Promise<Change> {
  return {
    files: paths.map((path) => ({ path, status: 'A' })),
    parents: await headIfAny(git),
    renameTargets: async () => new Set(),
  };
}

async function headIfAny(git: Git): Promise<string[]> {
  const name = 'HEAD^{commit}';
  const { stdout } = await mustRun(git, ['cat-file', '--batch-check'], { input: `${name}\n` });
  const [oid, type] = lineOf('cat-file', stdout).split(' ');
  if (isOid(oid) && type === 'commit') return [oid];
  if (oid === name && type === 'missing') return [];
  throw oddAnswer('cat-file');
}

/** Whether an error is about nothing but the configuration that is to be edited. */
function isAbout(error: unknown, root: string, files: readonly string[]): boolean {
  if (!(error instanceof LazyspecError) || error.code !== 'CONFIG_INVALID') return false;
  const { file } = error.data;
  return typeof file === 'string' && files.every((one) => one === resolve(root, file));
}
