/**
 * The ref store on nodegit's native ref API: reads and lists refs and ordinary leases, writes
 * leases, and moves one ref by compare-and-swap, without starting git. All else is git's
 * (plumbing.ts): what the guards do not let through, what is out of the ordinary, very many leases
 * at once, and what nodegit 0.27.0 does not do safely beside other writers, which is to create and
 * to delete refs.
 */
import { join } from 'node:path';
import type { NativeRepository, Nodegit } from './nodegit-binding.ts';
import { NATIVE, nativeCode } from './nodegit-binding.ts';
import { isMove, isOurRef, isPlain } from './nodegit-guards.ts';
import { readLease, writeLeases } from './nodegit-objects.ts';
import type { RefStore, StoredLease, SwapOutcome } from './ref-store.ts';

/** Above so many leases one git is faster than a call for each (`npm run bench:backends`). */
const MANY = 50;

export interface NodegitStoreSettings {
  nodegit: Nodegit;
  /** The git directory that all work trees share: theirs are the refs below refs/lazyspec. */
  commonDir: string;
  /** The same store over git. */
  plumbing: RefStore;
}

export function nodegitStore({ nodegit, commonDir, plumbing }: NodegitStoreSettings): RefStore {
  const objects = join(commonDir, 'objects');
  // Anew for each call: what is open keeps packed refs in memory, and may miss that they changed.
  const open = () => nodegit.Repository.open(commonDir);

  async function readAll(
    repository: NativeRepository,
    refs: readonly string[],
  ): Promise<StoredLease[]> {
    const found: StoredLease[] = [];
    const others: string[] = [];
    for (const ref of refs) {
      const oid = await idOf(ref);
      if (oid === 'absent') continue;
      const lease = oid && (await readLease(nodegit, repository, objects, oid));
      if (lease) found.push({ ref, oid, ...lease });
      else others.push(ref);
    }
    return [...found, ...(await plumbing.read(others))].sort(byName);

    async function idOf(ref: string): Promise<string | undefined> {
      if (!isOurRef(ref)) return undefined;
      try {
        return (await nodegit.Reference.nameToId(repository, ref)).tostrS();
      } catch (error) {
        return nativeCode(error) === NATIVE.absent ? 'absent' : undefined;
      }
    }
  }

  return {
    async read(refs, after) {
      await after;
      const wanted = [...new Set(refs)];
      const repository = wanted.length > MANY ? undefined : await open().catch(leaveToGit);
      return repository ? readAll(repository, wanted) : plumbing.read(wanted);
    },

    ids: (refs) => plumbing.ids(refs),

    async list(prefix) {
      const repository = await open().catch(leaveToGit);
      const all = repository && (await nodegit.Reference.list(repository).catch(leaveToGit));
      const names = all?.filter((name) => name.startsWith(prefix));
      if (!repository || !names || names.length > MANY) return plumbing.list(prefix);
      return readAll(repository, names);
    },

    async write(commits) {
      if (commits.length > MANY || !commits.every(isPlain)) return plumbing.write(commits);
      try {
        return await writeLeases(nodegit, await open(), commits);
      } catch {
        // Nothing points at what was written so far.
        return plumbing.write(commits);
      }
    },

    async swap(changes) {
      if (!isMove(changes)) return plumbing.swap(changes);
      const [{ ref, expected, next }] = changes;
      try {
        await nodegit.Reference.createMatching(await open(), ref, next, 1, expected, '');
        return { kind: 'applied' };
      } catch (error) {
        return failedMove(error) ?? plumbing.swap(changes);
      }
    },

    remember: (changes) => plumbing.remember(changes),
  };
}

/** What nodegit cannot do git either can, or has the words for it. */
const leaveToGit = () => undefined;

/** Undefined for a failure that does not tell; the ref has not been moved by it. */
function failedMove(error: unknown): SwapOutcome | undefined {
  switch (nativeCode(error)) {
    case NATIVE.absent:
    case NATIVE.modified:
      return { kind: 'stale' };
    case NATIVE.locked:
      return { kind: 'contended', detail: (error as Error).message };
    default:
      return undefined;
  }
}

/** As git orders refs: by their bytes. */
function byName(one: StoredLease, other: StoredLease): number {
  return Buffer.compare(Buffer.from(one.ref), Buffer.from(other.ref));
}
