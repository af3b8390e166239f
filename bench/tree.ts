/** An ordinary commit in a tree of 50,000 files. */
import type { Settings } from './main.ts';
import { of, paired, ratio, spread } from './measure.ts';
import type { Findings } from './report.ts';
import { ratioFigure } from './report.ts';
import { CODE, commitOf, git, installOurs, project } from './worlds.ts';

const FILES = 50_000;

export async function tree({ rounds, progress }: Settings): Promise<Findings> {
  progress(`writing ${FILES} files`);
  const small = await project(3);
  const large = await project(3, FILES);
  try {
    const clones = {
      'small, no hook': await small.clone('none'),
      'small, ours': await small.clone('ours'),
      'large, no hook': await large.clone('none'),
      'large, ours': await large.clone('ours'),
    };
    installOurs(clones['small, ours']);
    installOurs(clones['large, ours']);
    const diff = ['diff-index', '--cached', '--quiet', 'HEAD', '--', ':(top,literal)docs/rfcs'];
    const cases = [
      ...Object.entries(clones).map(([name, clone]) => commitOf(name, clone, CODE)),
      { name: 'diff-index', act: () => git(clones['large, no hook'], ...diff) },
    ];
    const samples = await paired(cases, rounds, progress);
    const [smallNone, smallOurs, largeNone, largeOurs, index] = cases.map(({ name }) =>
      of(samples, name),
    ) as [number[], number[], number[], number[], number[]];
    const adds = (ours: number[], none: number[], i: number) => (ours[i] ?? 0) - (none[i] ?? 0);
    const share = largeOurs.map(
      (_, i) => adds(largeOurs, largeNone, i) / (adds(smallOurs, smallNone, i) + (index[i] ?? 0)),
    );
    return {
      figures: [
        ratioFigure(
          `what ours adds to git commit in a tree of ${FILES} files`,
          spread(share),
          'what it adds in a small one, and one git diff-index',
          1,
        ),
        ratioFigure(
          `git commit in a tree of ${FILES} files, ours`,
          ratio(samples, 'large, ours', 'large, no hook'),
          'the same commit with no hook',
        ),
      ],
      curves: [],
    };
  } finally {
    small.dispose();
    large.dispose();
  }
}
