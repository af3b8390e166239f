/** The commits from one to another: what a job of CI is asked about, when they are there already. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { isOid, lineOf, linesOf, oddAnswer } from './answer.ts';
import { HISTORY } from './commits.ts';
import type { History } from './history.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

/** @throws {LazyspecError} USAGE for a text that is not `<a>..<b>` */
export function parseRange(range: string): { from: string; to: string } {
  const [from, to, ...rest] = range.split('..');
  if (!from || !to || rest.length > 0 || range.startsWith('-') || to.startsWith('.')) {
    throw notARange(range);
  }
  return { from, to };
}

export function notARange(range: string, details: string[] = []): LazyspecError {
  return new LazyspecError('USAGE', `'${range}' is not a range of commits`, {
    remedy: 'Name two commits that this clone has: --range origin/main..HEAD',
    details,
  });
}

/** The id of the commit that each of some names means; undefined: none that is here. */
export async function resolveCommits(
  git: Git,
  names: readonly string[],
): Promise<(string | undefined)[]> {
  if (names.some((name) => name.includes('\n'))) return names.map(() => undefined);
  const input = names.map((name) => `${name}^{commit}\n`).join('');
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype)'];
  const { stdout } = await mustRun(git, args, { ...HISTORY, input });
  const lines = linesOf('cat-file', stdout);
  if (lines.length !== names.length) throw oddAnswer('cat-file');
  return lines.map((line) => {
    const [oid, type] = line.split(' ');
    if (isOid(oid) && type === 'commit') return oid;
    if (/ (missing|ambiguous)$/.test(line)) return undefined;
    throw oddAnswer('cat-file');
  });
}

/** @throws {LazyspecError} USAGE if a shallow clone does not know what one of some commits changes */
export function assertWhole(history: History, shallow: ReadonlySet<string>): void {
  const unknown = [...history.keys()].filter((id) => shallow.has(id));
  if (unknown.length === 0) return;
  throw new LazyspecError(
    'USAGE',
    'this clone is shallow: it does not have the parents of all commits to be judged',
    { remedy: WHOLE_HISTORY, details: unknown.slice(0, 3).map((id) => `cut off at ${id}`) },
  );
}

export const WHOLE_HISTORY =
  'Fetch the whole history: fetch-depth: 0 in GitHub Actions, GIT_DEPTH: 0 in GitLab CI, elsewhere git fetch --unshallow';

/** The commits whose parents a shallow clone has not fetched; none in any other. */
export function shallowCommits(commonDir: string): Set<string> {
  let text: string;
  try {
    text = readFileSync(join(commonDir, 'shallow'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
  return new Set(linesOf('shallow', Buffer.from(text)));
}

/** The ref that the name of a commit means, in full; undefined where it means none. */
export async function fullName(git: Git, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--symbolic-full-name', '--verify', '--end-of-options', name];
  const { stdout } = await mustRun(git, args);
  return stdout.length === 0 ? undefined : lineOf('rev-parse', stdout);
}
