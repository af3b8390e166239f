/** What each manager catches: acts by managers. The test tries every cell. */
import { TITLES } from './managers.ts';
import type { Row, Table } from './table.ts';

const all = (outcome: Row['git'], others: Partial<Row> = {}): Row => {
  const row = Object.fromEntries(TITLES.map((title) => [title, outcome])) as Row;
  return { ...row, ...others };
};

export const EXPECTED: Table = {
  'commit of an edit': all('commit'),
  'commit -a': all('commit'),
  'commit <path>': all('commit'),
  'new document': all('commit'),
  deletion: all('commit'),
  'rename, both names': all('commit'),
  'rename out of the folder': all('commit'),
  'file becomes a symlink': all('commit'),
  'change of mode': all('commit'),
  'commit --amend': all('commit'),
  'reword of a commit without documents': all('passes'),
  'conclusion of a merge with a conflict in a document': all('commit'),
  "conclusion of a merge with others' documents": all('passes'),
  'clean merge that makes a third version': all('merge'),
  "clean merge with others' documents": all('passes'),
  'octopus merge that makes a third version': all('merge'),
  'cherry-pick': all('push'),
  revert: all('push'),
  'rebase of unpushed commits': all('push'),
  am: all('push'),
  'commit --no-verify': all('push'),
  'push of a tag': all('push'),
  'push of two branches, the second with a change': all('push'),
  'push of a branch that is not checked out': all('push'),
  'deletion of a remote branch': all('passes'),
  'commit without documents': all('passes'),
  'commit of an edit in a new work tree': all('commit', { husky: 'passes' }),
  // lint-staged itself is not there yet, and the hook that calls it fails.
  'commit without documents in a new work tree': all('passes', { 'lint-staged': 'commit' }),
  'document that I hold': all('passes'),
  'new document while I hold another': all('passes'),
};
