import type { Authorship } from '../git/authorship.ts';
import { authorshipOf } from '../git/authorship.ts';
import type { Git } from '../git/run.ts';
import { isPossibleAgent } from './agent.ts';

/** By which a commit says who made it (`[gate] trailer` has the hooks add it). */
export const TRAILER = 'Lazyspec-Agent';

/**
 * Who has to hold what a commit changes, by its id: whom its trailers name, any one of them, or
 * else its author. Who runs this is not asked: on a machine of CI that is nobody's name.
 */
export async function requiredAgents(
  git: Git,
  ids: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const authorship = await authorshipOf(git, ids, TRAILER);
  return new Map([...authorship].map(([id, named]) => [id, agentsOf(named)]));
}

function agentsOf({ author, trailers }: Authorship): string[] {
  const named = [...new Set(trailers.filter(isPossibleAgent))].sort();
  return named.length > 0 ? named : [author];
}
