/** The ref store over git's plumbing commands. Each method costs one process, reading three. */

import { LazyspecError } from '../errors.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import { refTransactionFailure } from './messages.ts';
import { readContents } from './read-contents.ts';
import type { NewLeaseCommit, RefStore, StoredLease, SwapOutcome } from './ref-store.ts';
import type { Git, GitResult } from './run.ts';
import { mustRun } from './run.ts';

/** Above this many names, reading all leases is cheaper than an argument list of this length. */
const MANY_REFS = 500;
const FORMAT = '%(objectname) %(objecttype) %(committerdate:unix) %(refname)';

export function plumbingStore(git: Git): RefStore {
  async function readAll(patterns: readonly string[]): Promise<StoredLease[]> {
    const { stdout } = await mustRun(git, ['for-each-ref', `--format=${FORMAT}`, ...patterns]);
    const rows = stdout.toString('utf8').split('\n').filter(Boolean);
    const refs = rows.map((row) => {
      const [oid = '', type, date = '', ...name] = row.split(' ');
      return { ref: name.join(' '), oid, committed: type === 'commit' ? Number(date) : undefined };
    });
    const contents = await readContents(
      git,
      refs.map(({ oid }) => oid),
    );
    return refs.map((ref, index) => ({
      ...ref,
      content: contents[index] ?? { problem: 'its lease.json could not be read' },
    }));
  }

  return {
    async read(refs) {
      if (refs.length === 0) return [];
      const wanted = new Set(refs);
      const found = await readAll(refs.length > MANY_REFS ? [LEASE_REFS] : refs);
      // A pattern also names everything below it.
      return found.filter(({ ref }) => wanted.has(ref));
    },

    list: (prefix) => readAll([prefix]),

    async write(commits) {
      if (commits.length === 0) return [];
      const { stdout } = await mustRun(git, ['fast-import', '--quiet', '--done'], {
        input: importStream(commits),
      });
      const oids = stdout.toString('utf8').split('\n').filter(Boolean);
      if (oids.length === commits.length) return oids;
      throw new LazyspecError('GIT_FAILED', 'git fast-import did not name every commit it wrote');
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
      if (result.status === 0) return;
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
  if (result.status === 0) return { kind: 'applied' };
  const details = result.stderr.trim().split('\n').filter(Boolean);
  const failure = refTransactionFailure(result.stderr);
  if (failure === 'stale') return { kind: 'stale' };
  if (failure === 'contended') return { kind: 'contended', detail: details[0] ?? '' };
  return { kind: 'refused', reason: 'git could not update the ref', details };
}

/**
 * One process writes blob, tree and commit of any number of leases. The commits are made on a
 * branch that is reset to nothing before the end, so that fast-import itself moves no ref.
 */
function importStream(commits: readonly NewLeaseCommit[]): string {
  const branch = 'refs/lazyspec/unborn';
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const parts = commits.map(({ author, time, message, content }, index) => {
    const mark = index + 1;
    const who = `${identName(author)} <lease@lazyspec.invalid> ${time} +0000`;
    return [
      `reset ${branch}\n\ncommit ${branch}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`,
      data(message),
      `M 100644 inline lease.json\n${data(content)}`,
      `get-mark :${mark}\n`,
    ].join('');
  });
  return `${parts.join('')}reset ${branch}\n\ndone\n`;
}

/** A name as git allows it in a commit header: nothing that could end the field or the line. */
function identName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return name.replace(/[<>\u0000-\u001f\u007f]/g, '').trim() || 'lazyspec';
}
