/** The ways in which a document may be changed, and others that may not be refused. */
import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Clone, Ran } from '../../helpers/sandbox.ts';
import { rfc, type } from './project.ts';

/** A git command as it ended. */
export interface Attempt extends Ran {
  command: string;
}

export interface Act {
  title: string;
  /** The documents that a refusal names; none: nothing may be refused. */
  documents: readonly string[];
  /** In a linked work tree, as git makes it: of what git ignores, nothing is there. */
  linked?: true;
  /** @returns the last command: the one that a hook may refuse */
  perform(clone: Clone): Promise<Attempt>;
  /** What is pushed after that; the branch itself where not given. */
  push?: readonly string[];
}

export async function attempt(
  clone: Clone,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Attempt> {
  return { ...(await clone.tryGit(args, { env })), command: args[0] ?? '' };
}

const commit = (clone: Clone, ...args: string[]) =>
  attempt(clone, ['commit', '--message', 'Change', ...args]);

/** A commit that no hook was asked about. */
async function slipIn(clone: Clone, files: Record<string, string>): Promise<Attempt> {
  clone.write(files);
  await clone.git('add', '--all');
  return commit(clone, '--no-verify');
}

async function stageAndCommit(clone: Clone, ...args: string[]): Promise<Attempt> {
  await clone.git('add', '--all');
  return commit(clone, ...args);
}

const NEW = 'New.\n';
const README = { 'README.md': NEW };

/** Starts a merge that git cannot finish, and resolves it. */
async function conclude(clone: Clone, branch: string, files: Record<string, string>) {
  const { status } = await clone.tryGit(['merge', '--no-edit', branch]);
  if (status !== 1) throw new Error(`the merge of ${branch} ended with ${status}`);
  clone.write(files);
  await clone.git('add', '--all');
  return attempt(clone, ['commit', '--no-edit']);
}

export const ACTS: readonly Act[] = [
  {
    title: 'commit of an edit',
    documents: ['RFC-001'],
    async perform(clone) {
      clone.write({ [rfc(1)]: NEW });
      return stageAndCommit(clone);
    },
  },
  {
    title: 'commit -a',
    documents: ['RFC-001'],
    async perform(clone) {
      clone.write({ [rfc(1)]: NEW });
      return commit(clone, '--all');
    },
  },
  {
    title: 'commit <path>',
    documents: ['RFC-001'],
    async perform(clone) {
      clone.write({ [rfc(1)]: NEW, [rfc(2)]: NEW });
      return commit(clone, rfc(1));
    },
  },
  {
    title: 'new document',
    documents: ['RFC-009'],
    async perform(clone) {
      clone.write({ [rfc(9)]: NEW });
      return stageAndCommit(clone);
    },
  },
  {
    title: 'deletion',
    documents: ['RFC-001'],
    async perform(clone) {
      rmSync(clone.at(rfc(1)));
      return stageAndCommit(clone);
    },
  },
  {
    title: 'rename, both names',
    documents: ['RFC-001', 'RFC-009'],
    async perform(clone) {
      renameSync(clone.at(rfc(1)), clone.at(rfc(9)));
      return stageAndCommit(clone);
    },
  },
  {
    title: 'rename out of the folder',
    documents: ['RFC-001'],
    async perform(clone) {
      renameSync(clone.at(rfc(1)), clone.at('notes.txt'));
      return stageAndCommit(clone);
    },
  },
  {
    title: 'file becomes a symlink',
    documents: ['RFC-001'],
    async perform(clone) {
      rmSync(clone.at(rfc(1)));
      symlinkSync('../../README.md', clone.at(rfc(1)));
      return stageAndCommit(clone);
    },
  },
  {
    title: 'change of mode',
    documents: ['RFC-001'],
    async perform(clone) {
      chmodSync(clone.at(rfc(1)), 0o755);
      return stageAndCommit(clone);
    },
  },
  {
    title: 'commit --amend',
    documents: ['RFC-001'],
    async perform(clone) {
      await slipIn(clone, README);
      clone.write({ [rfc(1)]: NEW });
      return stageAndCommit(clone, '--amend');
    },
  },
  {
    title: 'reword of a commit without documents',
    documents: [],
    async perform(clone) {
      await slipIn(clone, README);
      await slipIn(clone, { 'notes.txt': NEW });
      return attempt(clone, ['rebase', '--interactive', 'HEAD~2'], {
        GIT_SEQUENCE_EDITOR: 'sed -i 1s/^pick/reword/',
        GIT_EDITOR: 'sed -i 1s/^/Again:/',
      });
    },
  },
  {
    title: 'conclusion of a merge with a conflict in a document',
    documents: ['RFC-001'],
    perform: (clone) => conclude(clone, 'origin/conflict', { [rfc(1)]: NEW }),
  },
  {
    title: "conclusion of a merge with others' documents",
    documents: [],
    perform: (clone) => conclude(clone, 'origin/crossing', README),
  },
  {
    title: 'clean merge that makes a third version',
    documents: ['RFC-005'],
    perform: (clone) => attempt(clone, ['merge', '--no-edit', 'origin/elsewhere']),
  },
  {
    title: "clean merge with others' documents",
    documents: [],
    perform: (clone) => attempt(clone, ['merge', '--no-edit', 'origin/others']),
  },
  {
    title: 'octopus merge that makes a third version',
    documents: ['RFC-005'],
    perform: (clone) => attempt(clone, ['merge', '--no-edit', 'origin/others', 'origin/elsewhere']),
  },
  {
    title: 'cherry-pick',
    documents: ['RFC-004'],
    perform: (clone) => attempt(clone, ['cherry-pick', 'origin/others']),
  },
  {
    title: 'revert',
    documents: ['RFC-003'],
    perform: (clone) => attempt(clone, ['revert', '--no-edit', ':/Change RFC-003']),
  },
  {
    title: 'rebase of unpushed commits',
    documents: ['RFC-002'],
    async perform(clone) {
      await clone.git('checkout', '--quiet', '-b', 'topic', 'HEAD~1');
      await slipIn(clone, { [rfc(2)]: NEW });
      return attempt(clone, ['rebase', 'main']);
    },
    push: ['topic'],
  },
  {
    title: 'am',
    documents: ['RFC-004'],
    async perform(clone) {
      const patch = join(clone.sandbox.folder, 'patch');
      await clone.git('format-patch', '--quiet', '-1', '--output', patch, 'origin/others');
      return attempt(clone, ['am', patch]);
    },
  },
  {
    title: 'commit --no-verify',
    documents: ['RFC-002'],
    perform: (clone) => slipIn(clone, { [rfc(2)]: NEW }),
  },
  {
    title: 'push of a tag',
    documents: ['RFC-002'],
    async perform(clone) {
      await slipIn(clone, { [rfc(2)]: NEW });
      return attempt(clone, ['tag', 'v1']);
    },
    push: ['v1'],
  },
  {
    title: 'push of two branches, the second with a change',
    documents: ['RFC-002'],
    async perform(clone) {
      await clone.git('checkout', '--quiet', '-b', 'first');
      await slipIn(clone, README);
      await clone.git('checkout', '--quiet', '-b', 'second');
      return slipIn(clone, { [rfc(2)]: NEW });
    },
    push: ['first', 'second'],
  },
  {
    title: 'push of a branch that is not checked out',
    documents: ['RFC-002'],
    async perform(clone) {
      await clone.git('checkout', '--quiet', '-b', 'topic');
      await slipIn(clone, { [rfc(2)]: NEW });
      return attempt(clone, ['checkout', '--quiet', 'main']);
    },
    push: ['topic'],
  },
  {
    title: 'deletion of a remote branch',
    documents: [],
    perform: (clone) => attempt(clone, ['status']),
    push: ['--delete', 'others'],
  },
  {
    title: 'commit without documents',
    documents: [],
    async perform(clone) {
      clone.write(README);
      return stageAndCommit(clone);
    },
  },
  {
    title: 'commit of an edit in a new work tree',
    documents: ['RFC-001'],
    linked: true,
    async perform(clone) {
      clone.write({ [rfc(1)]: NEW });
      return stageAndCommit(clone);
    },
  },
  {
    title: 'commit without documents in a new work tree',
    documents: [],
    linked: true,
    async perform(clone) {
      clone.write(README);
      return stageAndCommit(clone);
    },
  },
  {
    title: 'document that I hold',
    documents: [],
    async perform(clone) {
      await claim(clone, 'RFC-002');
      clone.write({ [rfc(2)]: NEW });
      return stageAndCommit(clone);
    },
  },
  {
    title: 'new document while I hold another',
    documents: [],
    async perform(clone) {
      await claim(clone, 'RFC-002');
      clone.write({ [rfc(9)]: NEW });
      return stageAndCommit(clone);
    },
  },
];

async function claim(clone: Clone, id: string): Promise<void> {
  await type(clone, `node_modules/.bin/lazyspec-lease claim ${id}`);
}
