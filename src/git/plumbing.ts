/**
 * The ref store over git's plumbing commands. Each method costs one process, reading three where the
 * refs are not in files or a lease is out of the ordinary.
 */

import { LazyspecError } from '../errors.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { isOid, linesOf, oddAnswer, oidsOf } from './answer.ts';
import { fastImport, IMPORT_BRANCH } from './import-crash.ts';
import { refTransactionFailure } from './messages.ts';
import type { CommitContent } from './object-ids.ts';
import { readContents } from './read-contents.ts';
import { readOrdinary } from './read-ordinary.ts';
import type { RefFiles, Refs } from './ref-files.ts';
import { listRefs, readRefs } from './ref-files.ts';
import type { NewLeaseCommit, RefStore, StoredLease, SwapOutcome } from './ref-store.ts';
import type { Git, GitResult } from './run.ts';
import { isFine, mustRun } from './run.ts';

/** Above this many names, reading all leases is cheaper than an argument list of this length. */
const MANY_REFS = 500;
const FILE = 'lease.json';
const FORMAT = '%(objectname) %(objecttype) %(committerdate:unix) %(refname)';
/** No date of what is no commit; an empty one where a commit is not whole. */
const ROW = /^(?<oid>[0-9a-f]+) (?:commit (?<date>-?\d*)|blob |tree |tag ) (?<ref>refs\/.+)$/;

/** @param files where the refs are, if they can be read without git */
export function plumbingStore(git: Git, files?: RefFiles): RefStore {
  async function readAll(patterns: readonly string[]): Promise<StoredLease[]> {
    const { stdout } = await mustRun(git, ['for-each-ref', `--format=${FORMAT}`, ...patterns]);
    const refs = linesOf('for-each-ref', stdout).map((row) => {
      const { oid = '', date, ref = '' } = ROW.exec(row)?.groups ?? {};
      if (!isOid(oid)) throw oddAnswer('for-each-ref');
      return { ref, oid, committed: date === undefined ? undefined : Number(date) };
    });
    if (new Set(refs.map(({ ref }) => ref)).size < refs.length) throw oddAnswer('for-each-ref');
    const contents = await readContents(
      git,
      refs.map(({ oid }) => oid),
    );
    return refs.map((ref, index) => ({
      ...ref,
      content: contents[index] ?? { problem: 'its lease.json could not be read' },
    }));
  }

  async function ordinary(refs: Refs): Promise<StoredLease[] | undefined> {
    return refs.size === 0 ? [] : readOrdinary(git, Promise.resolve(refs));
  }

  /**
   * While something is awaited, what the refs are at before is read already: mostly they stay there,
   * and what an id stands for never changes. Or git is started meanwhile, to have it ready.
   */
  async function quickly(
    names: readonly string[],
    after?: Promise<unknown>,
  ): Promise<StoredLease[] | undefined> {
    if (!files) {
      await after;
      return undefined;
    }
    const now = () => readRefs(files, names);
    const before = after && now();
    if (after && before?.size !== names.length) return readOrdinary(git, after.then(now));
    const early = before && readOrdinary(git, Promise.resolve(before));
    early?.catch(() => {}); // told where it is awaited
    await after;
    const refs = now();
    if (!refs) return undefined;
    return early && isSame(before, refs) ? early : ordinary(refs);
  }

  return {
    async read(refs, after) {
      const names = [...new Set(refs)];
      const quick = await quickly(names, after);
      if (quick) return quick;
      if (names.length === 0) return [];
      const wanted = new Set(names);
      const found = await readAll(names.length > MANY_REFS ? [LEASE_REFS] : names);
      // A pattern also names everything below it.
      return found.filter(({ ref }) => wanted.has(ref));
    },

    ids: (refs) => files && readRefs(files, refs),

    list: async (prefix) => {
      const refs = files && listRefs(files, prefix);
      return (refs && (await ordinary(refs))) ?? readAll([prefix]);
    },

    async write(commits) {
      if (commits.length === 0) return [];
      const input = importStream(commits);
      const running = fastImport(git, input);
      const [{ commitId }, { stdout }] = await Promise.all([import('./object-ids.ts'), running]);
      const oids = oidsOf('fast-import', stdout, commits.length);
      // Or a lease would be put at whatever commit git named.
      const areOurs = commits.every((commit, index) => {
        const oid = oids[index] ?? '';
        return commitId(contentOf(commit), oid) === oid;
      });
      if (!areOurs) throw oddAnswer('fast-import');
      return oids;
    },

    async swap(changes) {
      const lines = changes.map(({ ref, expected, next }) => {
        if (expected === undefined) return `create ${ref} ${next}`;
        return next === undefined
          ? `delete ${ref} ${expected}`
          : `update ${ref} ${next} ${expected}`;
      });
      return transactionOutcome(await updateRefs(git, lines));
    },

    async remember(changes) {
      const lines = changes.map(({ ref, next }) =>
        next === undefined ? `delete ${ref}` : `update ${ref} ${next}`,
      );
      const result = await updateRefs(git, lines);
      if (isFine(result)) return;
      throw new LazyspecError('GIT_FAILED', "this clone's copy of a lease could not be updated", {
        details: result.stderr.trim().split('\n').slice(0, 3),
      });
    },
  };
}

function updateRefs(git: Git, lines: readonly string[]): Promise<GitResult> {
  const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n');
  return git(['update-ref', '--no-deref', '--stdin'], { input });
}

function transactionOutcome(result: GitResult): SwapOutcome {
  if (result.ended !== 'exit') {
    const cancelled = result.ended === 'cancelled';
    return { kind: 'unknown', detail: 'git update-ref was cut off', cancelled };
  }
  if (result.status === 0 && /^commit: ok$/m.test(result.stdout.toString('utf8'))) {
    return { kind: 'applied' };
  }
  const details = result.stderr.trim().split('\n').filter(Boolean);
  const failure = refTransactionFailure(result.stderr);
  if (failure === 'stale') return { kind: 'stale' };
  if (failure === 'contended') return { kind: 'contended', detail: details[0] ?? '' };
  if (failure === 'refused') {
    return { kind: 'refused', reason: 'git could not update the ref', details };
  }
  // It may have written before whatever ended it.
  const detail = details.join('\n') || 'git update-ref failed without a word';
  return { kind: 'unknown', detail, cancelled: false };
}

/**
 * One process writes blob, tree and commit of any number of leases. The commits are made on a
 * branch that is reset to nothing before the end, so that fast-import itself moves no ref.
 */
function importStream(commits: readonly NewLeaseCommit[]): string {
  const branch = IMPORT_BRANCH;
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const parts = commits.map(({ author, time, message, content }, index) => {
    const mark = index + 1;
    const who = identLine(author, time);
    return [
      `reset ${branch}\n\ncommit ${branch}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`,
      data(message),
      `M 100644 inline ${FILE}\n${data(content)}`,
      `get-mark :${mark}\n`,
    ].join('');
  });
  return `${parts.join('')}reset ${branch}\n\ndone\n`;
}

function identLine(author: string, time: number): string {
  return `${identName(author)} <lease@lazyspec.invalid> ${time} +0000`;
}

function contentOf({ author, time, message, content }: NewLeaseCommit): CommitContent {
  return { who: identLine(author, time), message, file: { name: FILE, content } };
}

/** A name as git allows it in a commit header: nothing that could end the field or the line. */
export function identName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return name.replace(/[<>\u0000-\u001f\u007f]/g, '').trim() || 'lazyspec';
}

function isSame(one: Refs, other: Refs): boolean {
  return one.size === other.size && [...one].every(([ref, oid]) => other.get(ref) === oid);
}
