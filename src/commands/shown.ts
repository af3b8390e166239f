/** Whether the remote shows a lease that it took: one that nobody sees keeps others out, and lets nobody in. */
import { LazyspecError } from '../errors.ts';
import type { Done, Engine } from '../lease/engine.ts';
import { look, noteSighting } from '../lease/engine.ts';
import { notShown } from '../lease/failures.ts';

/** Milliseconds before each look: a mirror that is fetched from may lag behind. */
const PAUSES = [0, 500, 2_000];

/**
 * Looks for leases that were just written, and takes them back if the remote hides them.
 * @throws {LazyspecError} REMOTE_REFUSED
 */
export async function assertShown(engine: Engine, done: readonly Done[]): Promise<void> {
  const shown = await isShown(engine, done);
  if (shown === true) return;
  const changes = done.flatMap(({ ref, view }) =>
    view ? [{ ref, expected: view.commit, next: undefined }] : [],
  );
  const outcome = await engine.remote.swap(changes);
  // It is really gone: somebody has removed it.
  if (outcome.kind === 'stale') return;
  throw notShown(engine.remote.name, { isTakenBack: outcome.kind === 'applied', cause: shown });
}

/** @returns why not, if the remote says so; true also where that cannot be known */
async function isShown(
  engine: Engine,
  done: readonly Done[],
): Promise<true | LazyspecError | undefined> {
  try {
    for (const pause of PAUSES) {
      if (pause > 0) await engine.pause(pause);
      await engine.remote.fetch(done.map(({ ref }) => ref));
      const views = await look(
        engine,
        done.map(({ document }) => document),
      );
      noteSighting(engine, views);
      if ([...views.values()].some(({ state }) => state !== 'absent')) return true;
    }
    return undefined;
  } catch (error) {
    const mayNotRead =
      error instanceof LazyspecError &&
      (error.code === 'REMOTE_AUTH' || error.code === 'REMOTE_NOT_FOUND');
    return mayNotRead ? error : true;
  }
}
