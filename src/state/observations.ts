/**
 * When this clone first saw each lease commit, by its own clock: what takeover by observation
 * rests on (src/lease/takeover.ts). Kept in the git directory that all work trees share.
 *
 * Two processes may write at once and one note be lost. Losing a note only makes a takeover
 * wait longer, never come sooner.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { writeNote } from './atomic-write.ts';
import { isObject, readJsonNote } from './json-note.ts';

/** A moment as this machine tells it. */
export interface Moment {
  /** Seconds since 1970; may jump. */
  wall: number;
  /** Seconds since the machine started; never jumps back but at a restart. */
  uptime: number;
  /** Differs after a restart, and between machines that share a clone. */
  boot: string;
}

interface Observation {
  commit: string;
  since: Moment;
}

/** By ref. */
export type Notes = ReadonlyMap<string, Observation>;

export interface Observations {
  /**
   * Notes the leases that a look at the remote has just shown.
   * @param seen commit of each lease by ref
   * @param covered whether the look would have shown this ref: if it did not, it is gone
   * @returns seconds that each ref has been seen at this commit, unchanged
   */
  observe(
    seen: ReadonlyMap<string, string>,
    covered: (ref: string) => boolean,
  ): Map<string, number>;
}

/** Whoever may push decides how many leases there are; what is noted of them has an end. */
const MAX_NOTES = 20_000;
/** No document's ref is as long. */
const LONGEST_REF = 500;
const MAX_BYTES = 16 * 1024 * 1024;
/** So many at most are looked at by name, and are noted whatever else there is. */
const BY_NAME = 1_000;

export function observationsIn(
  commonDir: string,
  moment: () => Moment,
  warn: (message: string) => void,
): Observations {
  const file = observedFile(commonDir);
  return {
    observe(seen, covered) {
      const known = read(file, warn);
      const { notes, ages } = observed(known, moment(), seen, covered);
      if (changed(known, notes)) write(file, notes, warn);
      return ages;
    },
  };
}

/** Whether this clone has ever been shown a lease by its remote. */
export function hasSeenLeases(commonDir: string): boolean {
  return existsSync(observedFile(commonDir));
}

const observedFile = (commonDir: string) => join(commonDir, 'lazyspec', 'observed.json');
const allSeen = (commonDir: string) => join(commonDir, 'lazyspec', 'all-seen');

/** Notes that every lease of the remote has just been seen. */
export function noteAllSeen(commonDir: string): void {
  try {
    writeNote(allSeen(commonDir), '');
  } catch {
    // Only an age is lost, which is printed where the remote does not answer.
  }
}

/** Seconds since 1970 when every lease was last seen; undefined if never. */
export function lastAllSeen(commonDir: string): number | undefined {
  const seen = statSync(allSeen(commonDir), { throwIfNoEntry: false });
  return seen && Math.floor(seen.mtimeMs / 1000);
}

/** What is to be noted after a look, and what `observe` says of it: pure. */
export function observed(
  known: Notes,
  now: Moment,
  ...[seen, covered]: Parameters<Observations['observe']>
): { notes: Notes; ages: Map<string, number> } {
  const notes = new Map<string, Observation>();
  for (const [ref, observation] of known) {
    if (!covered(ref) || seen.has(ref)) notes.set(ref, observation);
  }
  const ages = new Map<string, number>();
  for (const [ref, commit] of seen) {
    const age = ageOf(known.get(ref), commit, now);
    if (age === undefined) notes.set(ref, { commit, since: now });
    ages.set(ref, age ?? 0);
  }
  return { notes: bounded(notes, seen), ages };
}

/** The notes that are kept where there are too many: the oldest, which a flood cannot push out. */
function bounded(notes: Notes, seen: ReadonlyMap<string, string>): Notes {
  const fitting = [...notes].filter(([ref]) => ref.length <= LONGEST_REF);
  if (fitting.length <= MAX_NOTES) return new Map(fitting);
  const byName = seen.size <= BY_NAME;
  const first = fitting.filter(([ref]) => byName && seen.has(ref));
  const others = fitting
    .filter(([ref]) => !(byName && seen.has(ref)))
    .sort(([, one], [, other]) => one.since.wall - other.since.wall);
  return new Map([...first, ...others].slice(0, MAX_NOTES));
}

/** The smaller of what both clocks say; undefined: seen for the first time. */
function ageOf(known: Observation | undefined, commit: string, now: Moment): number | undefined {
  if (known?.commit !== commit || known.since.boot !== now.boot) return undefined;
  const age = Math.min(now.wall - known.since.wall, now.uptime - known.since.uptime);
  return age >= 0 ? age : undefined;
}

export function momentNow(): Moment {
  return { wall: Date.now() / 1000, uptime: uptime(), boot: bootId() };
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux. A restart then shows as an uptime that went back.
    return hostname();
  }
}

function read(file: string, warn: (message: string) => void): Map<string, Observation> {
  const notes = readJsonNote(file, MAX_BYTES, isObject, (message) =>
    warn(`${message}: for how long leases have been seen counts from now`),
  );
  const entries = Object.entries(notes ?? {});
  return new Map(entries.filter((entry): entry is [string, Observation] => isNote(entry[1])));
}

function isNote(value: unknown): value is Observation {
  const { commit, since } = (value ?? {}) as Partial<Observation>;
  return (
    typeof commit === 'string' &&
    typeof since?.wall === 'number' &&
    typeof since.uptime === 'number' &&
    typeof since.boot === 'string'
  );
}

function changed(known: Notes, next: Notes): boolean {
  return known.size !== next.size || [...next].some(([ref, note]) => known.get(ref) !== note);
}

function write(file: string, notes: Notes, warn: (message: string) => void) {
  try {
    writeNote(file, `${JSON.stringify(Object.fromEntries(notes))}\n`);
  } catch (error) {
    warn(`what was seen of the leases could not be noted in ${file}: ${String(error)}`);
  }
}
