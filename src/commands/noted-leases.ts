/**
 * Leases as they were last written or read by this clone, where those were very many at once. What a
 * commit says never changes, so those that are still at the same commits need not be read again: to
 * read a thousand takes longer than all else that the gate does.
 *
 * Two processes may write at once and one note be lost. Those leases are then read.
 */
import { join } from 'node:path';
import type { RefStore } from '../git/ref-store.ts';
import type { HeldView, View } from '../lease/view.ts';
import { writeNote } from '../state/atomic-write.ts';
import { isObject, readJsonNote } from '../state/json-note.ts';
import type { Context } from './context.ts';

/** Fewer at once are read about as fast as the note. */
export const MANY = 100;
/** What is noted has an end. */
const MOST = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** By ref. */
type NotedLeases = ReadonlyMap<string, HeldView>;

/** @param folder `<git common dir>/lazyspec` */
function readNotedLeases(folder: string): NotedLeases {
  const noted = readJsonNote(fileIn(folder), MAX_BYTES, isObject);
  const entries = Object.entries(noted ?? {});
  return new Map(entries.filter((entry): entry is [string, HeldView] => isHeld(entry[1])));
}

/**
 * Notes leases beside those noted before that are not over.
 * @param now seconds since 1970
 * @throws the file system's error
 */
export function noteLeases(folder: string, leases: NotedLeases, now: number): void {
  const before = readNotedLeases(folder);
  if ([...leases].every(([ref, { commit }]) => before.get(ref)?.commit === commit)) return;
  const live = [...before].filter(([, { lease }]) => lease.expires >= now);
  const known = new Map([...live, ...leases]);
  if (known.size > MOST) return;
  writeNote(fileIn(folder), `${JSON.stringify(Object.fromEntries(known))}\n`);
}

/**
 * Very many leases as they were noted, if each is still at the same commit.
 * @param after what they are to be looked at after, as `look`
 * @throws as `after` does
 */
export async function stillAsNoted(
  context: Context,
  store: RefStore,
  refs: readonly string[],
  after: Promise<unknown>,
): Promise<Map<string, View> | undefined> {
  const noted = readNotedLeases(join((await context.repository()).commonDir, 'lazyspec'));
  if (!refs.every((ref) => noted.has(ref))) return undefined;
  await after;
  const at = store.ids(refs);
  const views = new Map<string, View>();
  for (const ref of refs) {
    const view = noted.get(ref);
    if (!view || at?.get(ref) !== view.commit) return undefined;
    views.set(ref, view);
  }
  return views;
}

function fileIn(folder: string): string {
  return join(folder, 'noted-leases.json');
}

function isHeld(value: unknown): value is HeldView {
  const { state, commit, committed, lease } = (value ?? {}) as Partial<HeldView>;
  return (
    state === 'held' &&
    typeof commit === 'string' &&
    typeof committed === 'number' &&
    typeof lease?.agent === 'string' &&
    typeof lease.acquired === 'number' &&
    typeof lease.expires === 'number'
  );
}
