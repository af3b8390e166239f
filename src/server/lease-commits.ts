/** Leases by the commits that refs are at, or are to be put at: pushed by anybody, so trusted in nothing. */
import { linesOf, oddAnswer } from '../git/answer.ts';
import { describeObjects } from '../git/files-at.ts';
import { readContents } from '../git/read-contents.ts';
import type { Git } from '../git/run.ts';
import { mustRun } from '../git/run.ts';
import { viewOf } from '../lease/view.ts';
import type { NextLease } from './lease-rules.ts';

/** `100644 lease.json NUL`, and the id in bytes: a tree of that length that has it has nothing else. */
const ENTRY = '100644 lease.json\0'.length;

/** What each commit says, by its id. Four processes of git for any number. */
export async function leasesAt(
  git: Git,
  commits: readonly string[],
): Promise<Map<string, NextLease>> {
  const asked = [...new Set(commits)];
  if (asked.length === 0) return new Map();
  const [dates, trees, contents] = [
    await committedAt(git, asked),
    await describeObjects(
      git,
      asked.map((commit) => `${commit}^{tree}`),
    ),
    await readContents(git, asked),
  ];
  const leases = asked.map((oid, index): [string, NextLease] => {
    const content = contents[index] ?? { problem: 'it could not be read' };
    const view = viewOf({ oid, committed: dates.get(oid), content });
    return [oid, { view, isAlone: trees[index]?.size === ENTRY + oid.length / 2 }];
  });
  return new Map(leases);
}

/** Committer times, seconds since 1970; of what is no commit, or not here, none. */
async function committedAt(git: Git, oids: readonly string[]): Promise<Map<string, number>> {
  const args = ['rev-list', '--no-walk=unsorted', '--ignore-missing', '--format=%H %ct', '--stdin'];
  const { stdout } = await mustRun(git, args, { input: `${oids.join('\n')}\n` });
  const rows = linesOf('rev-list', stdout).filter((line) => !line.startsWith('commit '));
  return new Map(
    rows.map((row) => {
      const [, oid, date] = /^([0-9a-f]+) (-?\d*)$/.exec(row) ?? [];
      if (oid === undefined || date === undefined) throw oddAnswer('rev-list');
      return [oid, Number(date)];
    }),
  );
}
