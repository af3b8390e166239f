/** Racers over one ref, who note what they were told; and git packing refs beside them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefStore, SwapOutcome } from '../../src/git/ref-store.ts';
import type { Clone } from '../helpers/sandbox.ts';
import { contentOf, lease } from './ref-store-suite.ts';

/** Tries that are lost before a racer gives up: far more than any race takes. */
const PATIENCE = 500;

/** Only these say that nothing has happened, and that another try may help. */
function lost(outcome: SwapOutcome): boolean {
  return outcome.kind === 'stale' || outcome.kind === 'contended';
}

/** Adds one to what a ref holds until it was told `wins` times that it had. @returns how often */
export async function count(store: RefStore, ref: string, wins: number): Promise<number> {
  let won = 0;
  for (let tries = 0; won < wins && tries < PATIENCE; tries++) {
    const [seen] = await store.read([ref]);
    if (!seen) throw new Error(`${ref} was not to be seen`);
    const [next = ''] = await store.write([lease(String(Number(contentOf(seen)) + 1))]);
    const outcome = await store.swap([{ ref, expected: seen.oid, next }]);
    if (outcome.kind === 'applied') won += 1;
    else if (lost(outcome)) await sleep(20 * Math.random());
    else throw new Error(JSON.stringify(outcome));
  }
  return won;
}

/** Creates a ref, finds itself alone, and deletes it, `turns` times. @returns what went wrong */
export async function holdInTurn(
  store: RefStore,
  ref: string,
  turns: number,
  holders: Set<RefStore>,
): Promise<string[]> {
  const wrong: string[] = [];
  let held = 0;
  for (let tries = 0; held < turns && tries < PATIENCE; tries++) {
    const [oid = ''] = await store.write([lease(`${Math.random()}`)]);
    const created = await store.swap([{ ref, expected: undefined, next: oid }]);
    if (created.kind !== 'applied') {
      if (!lost(created)) wrong.push(JSON.stringify(created));
      await sleep(20 * Math.random());
      continue;
    }
    held += 1;
    holders.add(store);
    if (holders.size > 1) wrong.push('two were told that they had created it');
    await sleep(5);
    const [seen] = await store.read([ref]);
    if (seen?.oid !== oid) wrong.push(`holds ${oid} and sees ${seen?.oid}`);
    holders.delete(store);
    for (let again = 0; again < PATIENCE; again++) {
      const deleted = await store.swap([{ ref, expected: oid, next: undefined }]);
      if (deleted.kind === 'applied') break;
      if (deleted.kind !== 'contended') wrong.push(`deleting: ${JSON.stringify(deleted)}`);
      await sleep(20 * Math.random());
    }
  }
  return held === turns ? wrong : [...wrong, `held it only ${held} times`];
}

/** Packs all refs over and over until others are done. @returns how often */
export async function packRefsUntil(clone: Clone, done: Promise<unknown>): Promise<number> {
  let over = false;
  const end = () => {
    over = true;
  };
  done.then(end, end);
  let packed = 0;
  while (!over) {
    if ((await clone.tryGit(['pack-refs', '--all'])).status === 0) packed += 1;
    await sleep(5);
  }
  return packed;
}
