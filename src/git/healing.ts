/** A remote and a store for which damaged copies of leases are dropped, and fetched again. */
import { LazyspecError } from '../errors.ts';
import type { RefStore, StoredLease } from './ref-store.ts';
import type { Remote } from './remote.ts';

/** A lease is three objects and a ref, and git may name one at a time. */
const ROUNDS = 5;

/** @param heal drops what is damaged. @returns whether it is worth trying again */
export function healing(
  remote: Remote,
  store: RefStore,
  heal: (said: string, round: number) => Promise<boolean>,
): { remote: Remote; store: RefStore } {
  let fetched: Parameters<Remote['fetch']> | undefined;

  async function fetch(...call: Parameters<Remote['fetch']>): Promise<void> {
    fetched = call;
    for (let round = 1; ; round++) {
      try {
        return await remote.fetch(...call);
      } catch (error) {
        const said = saidOfClone(error);
        if (said === undefined || round >= ROUNDS || !(await heal(said, round))) throw error;
      }
    }
  }

  async function reading(read: () => Promise<StoredLease[]>): Promise<StoredLease[]> {
    for (let round = 1; ; round++) {
      try {
        const found = await read();
        if (round >= ROUNDS || !found.some(isIncomplete) || !(await heal('', round))) return found;
      } catch (error) {
        const said = saidOfClone(error);
        if (said === undefined || round >= ROUNDS || !(await heal(said, round))) throw error;
      }
      if (fetched) await fetch(...fetched);
    }
  }

  return {
    remote: {
      ...remote,
      fetch,
      async swap(...call) {
        const outcome = await remote.swap(...call);
        const helps = outcome.kind === 'damaged' && (await heal(outcome.detail, 1));
        return helps ? remote.swap(...call) : outcome;
      },
    },
    store: {
      ...store,
      read: (refs, after) => {
        let awaited = after;
        return reading(() => {
          const first = store.read(refs, awaited);
          awaited = undefined;
          return first;
        });
      },
      list: (prefix) => reading(() => store.list(prefix)),
    },
  };
}

/** git says no more of a lease whose file it cannot read. */
function isIncomplete({ content }: StoredLease): boolean {
  return !Buffer.isBuffer(content) && content.problem.startsWith('it has no ');
}

/** What git said of a failure that may be this clone's; undefined for one that is the remote's. */
function saidOfClone(error: unknown): string | undefined {
  if (!(error instanceof LazyspecError)) return undefined;
  const said = [error.message, ...error.details].join('\n');
  return error.code === 'GIT_FAILED' || /\.git\/(?:\S*\/)?objects\//.test(said) ? said : undefined;
}
