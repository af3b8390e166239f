/** An ordinary commit in a tree of 50,000 files. */
import type { Settings } from './main.ts';
import { of, paired, ratio, spread } from './measure.ts';
import type { Findings } from './report.ts';
import { ratioFigure } from './report.ts';
import { CODE, commitOf, git, hookFile, installOurs, project } from './worlds.ts';

const FILES = 50_000;

export async function tree({ rounds, progress }: Settings): Promise<Findings> {
  progress(`writing ${FILES} files`);
  const small = await project(3);
  const large = await project(3, FILES);
  try {
    const clones = {
      'small, no hook': await small.clone('none'),
      'small, empty hook': await small.clone('empty'),
      'small, ours': await small.clone('ours'),
      'large, no hook': await large.clone('none'),
      'large, empty hook': await large.clone('empty'),
      'large, ours': await large.clone('ours'),
    };
    for (const size of ['small', 'large'] as const) {
      hookFile(clones[`${size}, empty hook`], 'exit 0');
      installOurs(clones[`${size}, ours`]);
    }
    const diff = ['diff-index', '--cached', '--quiet', 'HEAD', '--', ':(top,literal)docs/rfcs'];
    const cases = [
      ...Object.entries(clones).map(([name, clone]) => commitOf(name, clone, CODE)),
      { name: 'diff-index', act: () => git(clones['large, no hook'], ...diff) },
    ];
    const samples = await paired(cases, rounds, progress);
    const adds = (size: string, base: string, round: number) =>
      (of(samples, `${size}, ours`)[round] ?? 0) - (of(samples, `${size}, ${base}`)[round] ?? 0);
    /** Of what it adds in a small tree with one more git diff-index. */
    const share = (base: string) =>
      spread(
        of(samples, 'diff-index').map(
          (index, round) => adds('large', base, round) / (adds('small', base, round) + index),
        ),
      );
    const work = `git commit in a tree of ${FILES} files`;
    const against = 'what it adds in a small one, and one git diff-index';
    return {
      figures: [
        ratioFigure(`what ours adds to ${work}`, share('no hook'), against, 1),
        ratioFigure(
          `what ours adds to ${work} and with a hook that does nothing`,
          share('empty hook'),
          against,
          1,
        ),
        ...['ours', 'empty hook'].map((name) =>
          ratioFigure(
            `${work}, ${name}`,
            ratio(samples, `large, ${name}`, 'large, no hook'),
            'the same commit with no hook',
          ),
        ),
      ],
      curves: [],
    };
  } finally {
    small.dispose();
    large.dispose();
  }
}
