import type { Authorship } from '../git/authorship.ts';
import { authorshipOf } from '../git/authorship.ts';
import type { Git } from '../git/run.ts';
import { isPossibleAgent } from './agent.ts';

/** By which a commit says who made it (`[gate] trailer` has the hooks add it). */
export const TRAILER = 'Lazyspec-Agent';

/**
 * Who has to hold what a commit changes, by its id: whom its trailers name, any one of them, or
 * else its author; nobody, if that is an exempt author. Who runs this is not asked: on a machine of CI that is nobody's name.
 */
export async function requiredAgents(
  git: Git,
  ids: readonly string[],
  exempt: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const authorship = await authorshipOf(git, ids, TRAILER);
  return new Map([...authorship].map(([id, named]) => [id, agentsOf(named, exempt)]));
}

function agentsOf({ author, email, trailers }: Authorship, exempt: readonly string[]): string[] {
  const named = [...new Set(trailers.filter(isPossibleAgent))].sort();
  if (named.length === 0 && exempt.includes(`${author} <${email}>`)) return [];
  return (named.length > 0 ? named : [author]).map((name) => name.normalize('NFC'));
}
