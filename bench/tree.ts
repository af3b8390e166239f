/** An ordinary commit in a tree of 50,000 files. */
import { readFileSync } from 'node:fs';
import type { Clone } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { of, paired, ratio, spread } from './measure.ts';
import type { Findings } from './report.ts';
import { ratioFigure } from './report.ts';
import { CODE, commitOf, git, hookCase, hookFile, installOurs, project } from './worlds.ts';

const FILES = 50_000;
const SIZES = ['small', 'large'] as const;

/** What the hook asks about. */
function governed(clone: Clone): string[] {
  const note = readFileSync(clone.at('.git', 'lazyspec', 'governed.sh'), 'utf8');
  return [...note.matchAll(/'(:\(top,literal\)[^']+)'/g)].map(([, pathspec = '']) => pathspec);
}

export async function tree({ rounds, progress }: Settings): Promise<Findings> {
  progress(`writing ${FILES} files`);
  const small = await project(3);
  const large = await project(3, FILES);
  try {
    const clones = {
      'small, no hook': await small.clone('none'),
      'small, ours': await small.clone('ours'),
      'large, no hook': await large.clone('none'),
      'large, empty hook': await large.clone('empty'),
      'large, ours': await large.clone('ours'),
    };
    hookFile(clones['large, empty hook'], 'exit 0');
    for (const size of SIZES) installOurs(clones[`${size}, ours`]);
    const diff = ['diff-index', '--cached', '--name-status', 'HEAD', '--'];
    const cases = [
      ...Object.entries(clones).map(([name, clone]) => commitOf(name, clone, CODE)),
      ...SIZES.map((size) => {
        const { before } = commitOf('', clones[`${size}, ours`], CODE);
        return { ...hookCase(`${size}, hook`, clones[`${size}, ours`]), ...(before && { before }) };
      }),
      {
        name: 'diff-index',
        act: () => git(clones['large, ours'], ...diff, ...governed(clones['large, ours'])),
      },
    ];
    const samples = await paired(cases, rounds, progress);
    const time = (name: string, round: number) => of(samples, name)[round] ?? Number.NaN;
    const adds = (size: string, round: number) =>
      time(`${size}, ours`, round) - time(`${size}, no hook`, round);
    const rounded = (share: (diff: number, round: number) => number) =>
      spread(of(samples, 'diff-index').map(share));
    const work = `git commit in a tree of ${FILES} files`;
    const against = 'what it adds in a small one, and one git diff-index';
    return {
      figures: [
        ratioFigure(
          `what ours adds to ${work}`,
          rounded((diff, round) => adds('large', round) / (adds('small', round) + diff)),
          against,
          1,
        ),
        ratioFigure(
          `the hook by itself, in a tree of ${FILES} files`,
          rounded(
            (diff, round) => time('large, hook', round) / (time('small, hook', round) + diff),
          ),
          'the same in a small one, and one git diff-index',
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
    await small.dispose();
    await large.dispose();
  }
}
