/** What the server's hook adds to a push: of many commits, of many documents, of none. */
import { appendFileSync, cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { documentPath, manyIds, packRefs } from '../test/helpers/many.ts';
import type { Clone } from '../test/helpers/sandbox.ts';
import { PACKAGE } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import type { Case, Samples } from './measure.ts';
import { excess, paired, ratio } from './measure.ts';
import type { Figure, Findings } from './report.ts';
import { ratioFigure } from './report.ts';
import { CODE, claimed, git, nothing, project, stageDocuments } from './worlds.ts';

const COMMITS = 100;
const DOCUMENTS = 1_000;
const ACCOUNT = 'me';

/** Branches to be pushed, by what is in them. */
const PUSHES = {
  code: 'one commit of code',
  one: 'one commit of one document',
  commits: `${COMMITS} commits of a document each`,
  documents: `one commit of ${DOCUMENTS} documents`,
};

export async function server({ rounds, progress }: Settings): Promise<Findings> {
  progress(`${DOCUMENTS} documents`);
  const sandbox = await project(DOCUMENTS);
  try {
    const clone = await sandbox.clone(ACCOUNT);
    claimed(clone, manyIds(DOCUMENTS));
    await packRefs(sandbox);
    // The same repository twice, with the hook and without.
    const unguarded = join(sandbox.folder, 'unguarded.git');
    cpSync(sandbox.remote, unguarded, { recursive: true });
    const hook = join(PACKAGE, 'templates', 'pre-receive');
    symlinkSync(hook, join(sandbox.remote, 'hooks', 'pre-receive'));
    sandbox.env.LAZYSPEC_PUSHER = ACCOUNT;
    writeBranches(clone);
    const cases = Object.keys(PUSHES).flatMap((branch) => [
      pushOf(clone, branch, branch, sandbox.remote),
      pushOf(clone, `${branch}, no hook`, branch, unguarded),
    ]);
    const samples = await paired([nothing(sandbox), ...cases], rounds, progress);
    return {
      figures: Object.keys(PUSHES).flatMap((branch) => figuresOf(samples, branch)),
      curves: [],
    };
  } finally {
    await sandbox.dispose();
  }
}

function writeBranches(clone: Clone): void {
  const commit = () => git(clone, 'commit', '--quiet', '--no-verify', '--message', 'x');
  const change = (file: string) => {
    appendFileSync(clone.at(file), 'x\n');
    git(clone, 'add', file);
    commit();
  };
  const begin = (branch: string) => git(clone, 'checkout', '--quiet', '-b', branch, 'origin/main');
  begin('code');
  change(CODE);
  begin('one');
  change(documentPath('RFC-00001'));
  begin('commits');
  for (const id of manyIds(COMMITS)) change(documentPath(id));
  begin('documents');
  stageDocuments(clone, DOCUMENTS);
  commit();
}

function pushOf(clone: Clone, name: string, branch: string, remote: string): Case {
  const start = git(clone, 'rev-parse', 'origin/main').trim();
  return {
    name,
    before: () => git(clone, '--git-dir', remote, 'update-ref', 'refs/heads/main', start),
    act: () => git(clone, 'push', '--quiet', '--no-verify', remote, `${branch}:main`),
  };
}

function figuresOf(samples: Samples, branch: string): Figure[] {
  const what = PUSHES[branch as keyof typeof PUSHES];
  const bare = `${branch}, no hook`;
  return [
    ratioFigure(`push of ${what}`, ratio(samples, branch, bare), 'the same with no hook'),
    ratioFigure(
      `what the hook adds to a push of ${what}`,
      excess(samples, branch, bare, 'node -e 0'),
      'node -e 0',
    ),
  ];
}
