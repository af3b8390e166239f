/** A remote and a store for which damaged copies of leases are dropped, and fetched again. */
import { LazyspecError } from '../errors.ts';
import type { RefStore, StoredLease } from './ref-store.ts';
import type { Remote } from './remote.ts';

/** A lease is three objects and a ref, and git may name one at a time. */
const ROUNDS = 5;
/** Texts of git for an object that is damaged; the ref that led to it may be gone. */
const NAMES_OBJECT = /loose object|object file|unable to unpack|bad object|missing object|inflate:/;
/** A copy where a folder of the remote's leases has to be. */
const OBSTACLE = /'(refs\/lazyspec\/[^']+)' exists; cannot create/;

export interface Healing {
  /** Drops what is damaged. @returns the refs whose copies were dropped */
  drop: (advertised: ReadonlyMap<string, string>) => Promise<string[]>;
  warn: (message: string) => void;
}

export function healing(
  remote: Remote,
  store: RefStore,
  { drop, warn }: Healing,
): { remote: Remote; store: RefStore } {
  let fetched: Parameters<Remote['fetch']> | undefined;
  const told = new Set<string>();

  /** @param said by git @returns whether it is worth trying again */
  async function heal(said: string, round = 1): Promise<boolean> {
    const ids = NAMES_OBJECT.test(said)
      ? await remote.advertised?.().catch(() => undefined)
      : undefined;
    const dropped = await drop(ids ?? new Map()).catch((): string[] => []);
    const [, obstacle] = OBSTACLE.exec(said) ?? [];
    if (obstacle) {
      await store.remember([{ ref: obstacle, expected: undefined, next: undefined }]);
      dropped.push(obstacle);
    }
    const news = dropped.filter((ref) => !told.has(ref));
    for (const ref of news) told.add(ref);
    if (news.length > 0) warn(droppedLine(news));
    // Nothing is left to drop if another command has just done it.
    return dropped.length > 0 || (round === 1 && NAMES_OBJECT.test(said));
  }

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
        if (round >= ROUNDS || !found.some(isIncomplete) || !(await heal(''))) return found;
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
        const helps = outcome.kind === 'damaged' && (await heal(outcome.detail));
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
  return error.code === 'GIT_FAILED' || NAMES_OBJECT.test(said) ? said : undefined;
}

function droppedLine(refs: readonly string[]): string {
  const names = refs.map((ref) => ref.replace(/^refs\/lazyspec\/(leases\/[^/]+\/)?/, ''));
  const which = names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
  return `damaged copies of leases in this clone were dropped, to be fetched again: ${which}`;
}
