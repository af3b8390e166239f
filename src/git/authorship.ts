/** Whom commits name: their author, and whoever stands in a trailer of their message. */
import { isOid, linesOf, oddAnswer } from './answer.ts';
import { HISTORY } from './commits.ts';
import type { Git } from './run.ts';
import { mustRun } from './run.ts';

export interface Authorship {
  /** As it was written into the commit; '' where there is none. */
  author: string;
  email: string;
  /** The values of the trailer, in their order. */
  trailers: string[];
}

/**
 * One git for any number of commits.
 * @param key of the trailer, such as `Signed-off-by`; in any case of letters
 */
export async function authorshipOf(
  git: Git,
  ids: readonly string[],
  key: string,
): Promise<Map<string, Authorship>> {
  if (ids.length === 0) return new Map();
  // What neither a name nor an unfolded value can hold parts them.
  const format = `%H%x00%an%x00%ae%x00%(trailers:key=${key},valueonly,unfold,separator=%x00)`;
  const { stdout } = await mustRun(
    git,
    [
      // No setting of this clone may make another line the trailer.
      ...['-c', 'trailer.separators=:', 'rev-list', '--no-walk=unsorted', '--no-commit-header'],
      ...['--encoding=UTF-8', `--format=${format}`, '--stdin'],
    ],
    { ...HISTORY, input: `${ids.join('\n')}\n` },
  );
  const found = new Map<string, Authorship>();
  for (const line of linesOf('rev-list', stdout)) {
    const [oid, author, email, ...trailers] = line.split('\0');
    if (!isOid(oid) || author === undefined || email === undefined) throw oddAnswer('rev-list');
    const named = trailers.map((one) => one.trim()).filter(Boolean);
    found.set(oid, { author, email, trailers: named });
  }
  if (!ids.every((id) => found.has(id))) throw oddAnswer('rev-list');
  return found;
}
