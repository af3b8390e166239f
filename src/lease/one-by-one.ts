/**
 * What need not be all or none: renewing leases, and giving them back. A server without atomic pushes
 * takes one ref at a time, and no lease is to be lost for that.
 */
import type { Executed } from './engine.ts';
import { execute } from './engine.ts';
import { takesOneAtATime } from './failures.ts';

/**
 * As `execute`; where the remote takes one at a time, one document after the other. The refused ones
 * are told then, and the others are done.
 */
export async function executeEach(...call: Parameters<typeof execute>): Promise<Executed> {
  try {
    return await execute(...call);
  } catch (error) {
    if (!takesOneAtATime(error)) throw error;
  }
  const [engine, documents, decide, fetchFirst] = call;
  const results: Executed[] = [];
  for (const document of documents) {
    results.push(await execute(engine, [document], decide, fetchFirst));
  }
  const refused = results.flatMap((one) => ('refused' in one ? one.refused : []));
  const done = results.flatMap((one) => ('done' in one ? one.done : []));
  return refused.length > 0 ? { refused } : { done };
}
