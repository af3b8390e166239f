/** Whole commits: without a hook, with ours, and with those of others. */
import { rmSync, writeFileSync } from 'node:fs';
import { installManagers } from '../test/helpers/managers.ts';
import { documentPath } from '../test/helpers/many.ts';
import type { Clone } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { excess, of, paired, ratio, spread } from './measure.ts';
import type { Findings } from './report.ts';
import { milliseconds, ratioFigure } from './report.ts';
import {
  CODE,
  claimed,
  commitOf,
  git,
  hookFile,
  installOurs,
  node,
  nothing,
  project,
} from './worlds.ts';

const ID = 'RFC-00001';
const OURS = 'ours, nothing governed staged';
const CLAIMED = 'ours, one claimed document, remote on a path';
const ELSEWHERE = 'ours, one document that was claimed elsewhere, the first time';
const LEFTHOOK = 'lefthook, a job for other files';
const NONE = 'no hook';

/** As their users set them up, with nothing to do for the files that are committed. */
const PEERS: Record<string, (clone: Clone) => void> = {
  'a hook that does nothing (sh, exit 0)': (clone) => hookFile(clone, 'exit 0'),
  [LEFTHOOK]: (clone) => {
    const job =
      'pre-commit:\n  jobs:\n    - name: empty\n      glob: "*.never"\n      run: "true"\n';
    writeFileSync(clone.at('lefthook.yml'), job);
    must(clone, 'lefthook', 'install');
  },
  'husky, true': (clone) => {
    must(clone, 'husky');
    writeFileSync(clone.at('.husky', 'pre-commit'), 'true\n');
  },
  'lint-staged, no file matches': (clone) => {
    const manifest = { private: true, 'lint-staged': { '*.never': 'true' } };
    writeFileSync(clone.at('package.json'), JSON.stringify(manifest));
    hookFile(clone, 'node_modules/.bin/lint-staged --quiet');
  },
};

/** As where the lease was claimed or renewed elsewhere: Node is to judge. */
function forgetPassed(clone: Clone): void {
  rmSync(clone.at('.git', 'lazyspec', 'passed-.git.sh'), { force: true });
}

/** A program of node_modules/.bin, which may be a script of Node's. */
function must(clone: Clone, program: string, ...args: string[]): void {
  node(clone, clone.at('node_modules', '.bin', program), ...args);
}

export async function commits({ rounds, progress }: Settings): Promise<Findings> {
  progress('installing the peers');
  const managers = await installManagers('husky', 'lefthook', 'lint-staged');
  const sandbox = await project(3);
  try {
    const cases = [nothing(sandbox), commitOf(NONE, await sandbox.clone('none'), CODE)];
    for (const [name, setUp] of Object.entries(PEERS)) {
      const clone = await sandbox.clone(`peer-${cases.length}`);
      managers.into(clone);
      writeFileSync(clone.at('.git', 'info', 'exclude'), 'node_modules\n');
      setUp(clone);
      git(clone, 'add', '--all');
      git(clone, 'commit', '--quiet', '--allow-empty', '--message', 'Set up');
      cases.push(commitOf(name, clone, CODE));
    }
    const ours = await sandbox.clone('ours');
    installOurs(ours);
    cases.push(commitOf(OURS, ours, CODE));
    const own = await sandbox.clone('own');
    installOurs(own);
    claimed(own, [ID]);
    cases.push(commitOf(CLAIMED, own, documentPath(ID)));
    const other = await sandbox.clone('other');
    installOurs(other);
    git(other, 'config', 'user.name', 'own'); // whose lease it is
    const commit = commitOf(ELSEWHERE, other, documentPath(ID));
    cases.push({ ...commit, before: () => [commit.before?.(), forgetPassed(other)] });

    const samples = await paired(cases, rounds, progress);
    const against = 'the same commit with no hook';
    const added = (name: string, goal?: number) =>
      ratioFigure(
        `git commit: ${name}; what it adds`,
        excess(samples, name, NONE, 'node -e 0'),
        'node -e 0',
        goal,
      );
    return {
      figures: [
        ratioFigure(`git commit: ${OURS}`, ratio(samples, OURS, NONE), against, 1.9),
        ratioFigure(`git commit: ${OURS}`, ratio(samples, OURS, LEFTHOOK), LEFTHOOK, 0.5),
        added(CLAIMED, 2.2),
        added(ELSEWHERE),
        ...Object.keys(PEERS).map((name) =>
          ratioFigure(`git commit: ${name}`, ratio(samples, name, NONE), against),
        ),
      ],
      curves: [
        {
          title: 'The same in milliseconds',
          columns: ['git commit with', 'median', 'p10', 'p90'],
          rows: cases.map(({ name }) => {
            const { median, low, high } = spread(of(samples, name));
            return [name, milliseconds(median), milliseconds(low), milliseconds(high)];
          }),
        },
      ],
    };
  } finally {
    await sandbox.dispose();
    managers.dispose();
  }
}
